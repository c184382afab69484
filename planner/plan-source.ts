/** What the source is asked for a query. */
import type { SourceKey, SourcePage, SourcePiece } from '../model/plan.js';
import type { Query } from '../model/query.js';
import { memberColumn, timeColumn } from '../model/schema.js';
import type { DataModel } from '../model/schema.js';
import type { WindowSeries } from '../model/window-series.js';
import type { QueryShape } from './match-rollup.js';
import { dimensionOf } from './output-columns.js';
import { pieceRanges } from './time-box.js';

/** @param page null: all groups, in no order */
export function planSource(shape: QueryShape, page: SourcePage | null): SourcePiece {
  const { model, query, windows } = shape;
  return {
    kind: 'source',
    ranges: pieceRanges(query),
    request: {
      dataSource: shape.dataSource,
      tree: shape.tree,
      keys: [...sourceKeys(model, query), ...(windows === null ? [] : windowKeys(windows))],
      states: shape.states,
      segments: query.segments,
      filter: query.filter,
      countedBy: query.countedBy,
      ranges: query.timeDimensions.flatMap(({ dimension, range }) =>
        range === null ? [] : [{ dimension, range }],
      ),
      ...(windows === null ? {} : { windows }),
      page,
      timezone: query.timezone,
      filterParams: 'all',
    },
  };
}

function windowKeys({ dimension, timezone, key }: WindowSeries): SourceKey[] {
  if (key === null) return [];
  return [{ ...key, member: dimension, kind: 'window', time: true, timezone }];
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
