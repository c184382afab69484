/** Titles and types of the answer's members, as Cube's REST API gives them. */
import type { Query } from '../model/query.js';
import { timeName } from '../model/schema.js';
import type { DataModel, Dimension, Grain, Measure, MemberId } from '../model/schema.js';
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
  readonly format?: string;
  readonly drillMembers?: readonly MemberId[];
  readonly granularity?: GranularityAnnotation;
}

export interface GranularityAnnotation {
  readonly name: string;
  readonly title: string;
  readonly interval: string;
  readonly offset?: string;
  readonly origin?: string;
}

export function annotate(model: DataModel, query: Query): Annotation {
  const timeDimensions: Record<string, MemberAnnotation> = {};
  for (const { dimension, granularity } of query.timeDimensions) {
    if (granularity === null) continue;
    const annotation = member(dimensionOf(model, dimension), 'time');
    const described = { ...annotation, granularity: describeGrain(granularity) };
    timeDimensions[timeName(dimension, granularity)] = described;
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

function describeGrain(granularity: Grain): GranularityAnnotation {
  if (typeof granularity === 'string') {
    return { name: granularity, title: granularity, interval: `1 ${granularity}` };
  }
  const { name, title, interval, offset, origin } = granularity;
  return {
    name,
    title,
    interval,
    ...(offset === null ? {} : { offset }),
    ...(origin === null ? {} : { origin }),
  };
}

function measureAnnotation(measure: Measure): MemberAnnotation {
  return { ...member(measure, 'number'), drillMembers: measure.drillMembers };
}

function member(
  described: Pick<Dimension, 'title' | 'shortTitle' | 'description' | 'format'>,
  type: string,
): MemberAnnotation {
  const { title, shortTitle, description, format } = described;
  return {
    title,
    shortTitle,
    ...(description === null ? {} : { description }),
    type,
    ...(format === null ? {} : { format }),
  };
}
