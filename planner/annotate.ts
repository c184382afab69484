/** Titles and types of the answer's members, as Cube's REST API gives them. */
import type { AskedName, Query } from '../model/query.js';
import type { DataModel, Dimension, Format, Grain, MemberId } from '../model/schema.js';
import { viewMember } from './find-member.js';
import { measureOf } from './leaf-states.js';
import { measureType } from './measure-type.js';
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
  for (const asked of query.asked) {
    const { granularity } = asked;
    if (granularity === null) continue;
    const annotation = describe(model, asked);
    timeDimensions[asked.column] = { ...annotation, granularity: describeGrain(granularity) };
    timeDimensions[asked.name] ??= annotation;
  }
  const allOf = (kind: AskedName['kind']) =>
    Object.fromEntries(
      query.asked.filter((asked) => asked.kind === kind).map((asked) => [asked.name, describe(model, asked)]),
    );
  return {
    measures: allOf('measure'),
    dimensions: allOf('dimension'),
    segments: allOf('segment'),
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

/** A member by the words of the view, where it was asked for by a view's name. */
function describe(model: DataModel, { kind, member, name }: AskedName): MemberAnnotation {
  const words = viewMember(model, name);
  switch (kind) {
    case 'measure': {
      const measure = measureOf(model, member);
      return {
        ...annotation(words ?? measure, measureType(model, measure)),
        drillMembers: measure.drillMembers,
      };
    }
    case 'dimension':
    case 'time': {
      const dimension = dimensionOf(model, member);
      return annotation(words ?? dimension, dimension.type);
    }
    case 'segment':
      return annotation({ ...(words ?? segmentOf(model, member)), format: null }, 'boolean');
  }
}

function annotation(
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
