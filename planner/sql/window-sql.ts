/** The windows of cumulative measures as a list of values, which every row is joined to whose time lies in them. */
import type { BucketWindow, WindowSeries } from '../../model/window-series.js';
import { dimensionOf } from '../output-columns.js';
import { isNotNull } from './filter-sql.js';
import type { SqlScope } from './sql-scope.js';
import { stringParameter, timeParameter } from './sql-tree.js';
import type { SqlExpression, SqlValues, SqlWindowColumn } from './sql-tree.js';
import { dimensionSql } from './template-sql.js';

export const WINDOW_LABEL: SqlWindowColumn = { kind: 'windowColumn', column: '_label' };
const FROM: SqlWindowColumn = { kind: 'windowColumn', column: '_from' };
const TO: SqlWindowColumn = { kind: 'windowColumn', column: '_to' };

/** Bounds are on the wall clock of the query's zone, as are buckets. */
export function windowsSql(scope: SqlScope, { dimension, timezone, windows }: WindowSeries): SqlValues {
  const utc = dimensionSql(scope, dimensionOf(scope.model, dimension));
  const time: SqlExpression =
    timezone === 'UTC' ? utc : { kind: 'wallClock', time: utc, timezone: stringParameter(timezone) };
  const on: SqlExpression[] = [isNotNull(time)];
  if (windows.some(({ from }) => from !== null)) {
    on.push({ kind: 'compare', operator: '>=', left: time, right: FROM });
  }
  if (windows.some(({ to }) => to !== null)) {
    on.push({ kind: 'compare', operator: '<', left: time, right: TO });
  }
  // A list of values has at least one row; that of no window joins nothing.
  if (windows.length === 0) on.push(isNotNull(WINDOW_LABEL));
  return {
    columns: [WINDOW_LABEL, FROM, TO],
    rows: (windows.length === 0 ? [NO_WINDOW] : windows).map(({ label, from, to }) =>
      [label, from, to].map(momentSql),
    ),
    on: { kind: 'and', operands: on },
  };
}

const NO_WINDOW: Readonly<Record<keyof BucketWindow, null>> = { label: null, from: null, to: null };

/** Of the type of a time, whatever stands beside it. */
function momentSql(localMs: number | null): SqlExpression {
  const operand: SqlExpression =
    localMs === null ? { kind: 'null', type: { kind: 'time' } } : timeParameter(localMs);
  return { kind: 'cast', operand, type: 'time' };
}
