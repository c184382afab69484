/** Titles and types of the answer's members, as Cube's REST API gives them. */
import type { Query } from '../model/query.js';
import type { DataModel, Dimension, Format, Measure, MemberId } from '../model/schema.js';
import { measureOf } from './leaf-states.js';
import { dimensionOf, segmentOf } from './output-columns.js';

export interface Annotation {
  readonly measures: Readonly<Record<MemberId, MemberAnnotation>>;
  readonly dimensions: Readonly<Record<MemberId, MemberAnnotation>>;
  readonly segments: Readonly<Record<MemberId, MemberAnnotation>>;
  readonly timeDimensions: Readonly<Record<string, MemberAnnotation>>;
}

export interface MemberAnnotation {
  readonly title: string;
  readonly shortTitle: string;
  readonly description?: string;
  readonly type: string;
  readonly format?: Format;
  readonly meta?: unknown;
  readonly drillMembers?: readonly MemberId[];
  readonly granularity?: { readonly name: string; readonly title: string; readonly interval: string };
}

export function annotate(model: DataModel, query: Query): Annotation {
  const timeDimensions: Record<string, MemberAnnotation> = {};
  for (const { dimension, granularity } of query.timeDimensions) {
    if (granularity === null) continue;
    const annotation = member(dimensionOf(model, dimension), 'time');
    const described = { name: granularity, title: granularity, interval: `1 ${granularity}` };
    timeDimensions[`${dimension}.${granularity}`] = { ...annotation, granularity: described };
    timeDimensions[dimension] ??= annotation;
  }
  return {
    measures: Object.fromEntries(query.measures.map((id) => [id, measureAnnotation(measureOf(model, id))])),
    dimensions: Object.fromEntries(
      query.dimensions.map((id) => [id, member(dimensionOf(model, id), dimensionOf(model, id).type)]),
    ),
    segments: Object.fromEntries(
      query.segments.map((id) => [id, member({ ...segmentOf(model, id), format: null }, 'boolean')]),
    ),
    timeDimensions,
  };
}

function measureAnnotation(measure: Measure): MemberAnnotation {
  return { ...member(measure, 'number'), drillMembers: measure.drillMembers };
}

function member(
  described: Pick<Dimension, 'title' | 'shortTitle' | 'description' | 'format' | 'meta'>,
  type: string,
): MemberAnnotation {
  const { title, shortTitle, description, format, meta } = described;
  return {
    title,
    shortTitle,
    ...(description === null ? {} : { description }),
    type,
    ...(format === null ? {} : { format }),
    ...(meta === undefined ? {} : { meta }),
  };
}
