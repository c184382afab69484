/** What the source is asked for a query. */
import type { Box } from '../model/cover.js';
import type { SourceKey, SourcePage, SourcePiece, SourceRequest } from '../model/plan.js';
import type { Query } from '../model/query.js';
import { memberColumn, timeColumn } from '../model/schema.js';
import type { DataModel } from '../model/schema.js';
import type { WindowSeries } from '../model/window-series.js';
import type { QueryShape } from './match-rollup.js';
import { dimensionOf } from './output-columns.js';
import { askedBox, plainBox } from './time-box.js';

/** @param page null: all groups, in no order */
export function planSource(shape: QueryShape, page: SourcePage | null): SourcePiece {
  return sourcePiece(shape, [plainBox(askedBox(shape.query))], page, 'all');
}

/**
 * The rows of boxes within what is asked, beside those that rollups hold. Their times are not the query's, so that
 * FILTER_PARAMS stand for them only where they do early what the filters do anyway.
 */
export function planRest(shape: QueryShape, boxes: readonly Box[]): SourcePiece {
  return sourcePiece(shape, boxes, null, 'push-down');
}

function sourcePiece(
  shape: QueryShape,
  boxes: readonly Box[],
  page: SourcePage | null,
  filterParams: SourceRequest['filterParams'],
): SourcePiece {
  const { model, query, windows } = shape;
  return {
    kind: 'source',
    boxes,
    request: {
      dataSource: shape.dataSource,
      tree: shape.tree,
      keys: [...sourceKeys(model, query), ...(windows === null ? [] : windowKeys(windows))],
      states: shape.states,
      segments: query.segments,
      filter: query.filter,
      countedBy: query.countedBy,
      boxes,
      ...(windows === null ? {} : { windows }),
      page,
      timezone: query.timezone,
      filterParams,
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
