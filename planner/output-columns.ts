import { assert } from '../model/assert.js';
import type { OutputColumn } from '../model/plan.js';
import type { Query } from '../model/query.js';
import { memberColumn, timeColumn } from '../model/schema.js';
import type { DataModel, Dimension, MemberId, Segment } from '../model/schema.js';
import { lookUp } from './find-member.js';
import { measureOf } from './leaf-states.js';

/** The columns of the answer: dimensions, time dimensions with granularity, measures. */
export function outputColumns(model: DataModel, query: Query): OutputColumn[] {
  return query.asked.flatMap(({ kind, member, column: name, granularity }): OutputColumn[] => {
    const column = granularity === null ? memberColumn(member) : timeColumn(member, granularity);
    if (granularity !== null) {
      return [{ kind: 'time', name, column, dimension: dimensionOf(model, member), granularity }];
    }
    if (kind === 'dimension') return [{ kind, name, column, dimension: dimensionOf(model, member) }];
    return kind === 'measure' ? [{ kind, name, column, measure: measureOf(model, member) }] : [];
  });
}

export function segmentOf(model: DataModel, id: MemberId): Segment {
  const found = lookUp(model, id);
  assert(found?.kind === 'segment', 'the id of a segment');
  return found.segment;
}

export function dimensionOf(model: DataModel, id: MemberId): Dimension {
  const found = lookUp(model, id);
  assert(found?.kind === 'dimension', 'the id of a dimension');
  return found.dimension;
}
