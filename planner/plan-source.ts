/** What the source is asked for a query. */
import type { SourcePage, SourcePiece } from '../model/plan.js';
import type { Query } from '../model/query.js';
import { memberColumn, timeColumn } from '../model/schema.js';
import type { DataModel } from '../model/schema.js';
import type { QueryShape } from './match-rollup.js';
import { dimensionOf } from './output-columns.js';
import { pieceRanges } from './time-box.js';

/** @param page null: all groups, in no order */
export function planSource(shape: QueryShape, page: SourcePage | null): SourcePiece {
  const { model, query } = shape;
  return {
    kind: 'source',
    ranges: pieceRanges(query),
    request: {
      dataSource: shape.dataSource,
      tree: shape.tree,
      keys: sourceKeys(model, query),
      states: shape.states,
      segments: query.segments,
      filter: query.filter,
      countedBy: query.countedBy,
      ranges: query.timeDimensions.flatMap(({ dimension, range }) =>
        range === null ? [] : [{ dimension, range }],
      ),
      page,
      timezone: query.timezone,
      filterParams: 'all',
    },
  };
}

function sourceKeys(
  model: DataModel,
  { dimensions, timeDimensions, timezone }: Query,
): SourcePiece['request']['keys'] {
  return [
    ...dimensions.map((member) => ({
      column: memberColumn(member),
      member,
      kind: 'dimension' as const,
      time: dimensionOf(model, member).type === 'time',
      granularity: null,
      timezone,
    })),
    ...timeDimensions.flatMap(({ dimension, granularity }) =>
      granularity === null
        ? []
        : [
            {
              column: timeColumn(dimension, granularity),
              member: dimension,
              kind: 'bucket' as const,
              time: true,
              granularity,
              timezone,
            },
          ],
    ),
  ];
}
