/** How DuckDB merges states of several columns into those of an aggregating index. */
import { assert, unreachable } from '../model/assert.js';
import type { BuildColumn } from '../model/plan.js';
import { quoteIdentifier } from './quote-duckdb.js';

/**
 * One column of a state over the rows of a group. Moments are taken about the mean of the group, which each row of
 * `withCentres` knows; the formulas are those of `model/moments.ts`.
 */
export function mergedStateSql(
  merge: 'moments' | 'comoments' | 'first' | 'last',
  column: BuildColumn,
): string {
  const names = stateOf(column);
  const part = names.indexOf(column.name);
  switch (merge) {
    case 'first':
    case 'last':
      return byTimeSql(merge, names, part);
    case 'moments':
      return momentSql(names, part);
    case 'comoments':
      return comomentSql(names, part);
    default:
      return unreachable(merge);
  }
}

/** The staged rows, each with the means of its group for all moments that are kept. */
export function withCentres(table: string, columns: readonly BuildColumn[], keys: readonly string[]): string {
  const centres = columns.flatMap((column) => {
    if (!isMean(column)) return [];
    const [count] = stateOf(column).map(quoteIdentifier);
    const mean = quoteIdentifier(column.name);
    // The mean of what is always the same is that very value.
    return [
      `CASE WHEN min(${mean}) OVER w = max(${mean}) OVER w THEN min(${mean}) OVER w ` +
        `ELSE sum(${count} * ${mean}) OVER w / sum(${count}) OVER w END AS ${centreOf(column.name)}`,
    ];
  });
  if (centres.length === 0) return table;
  return `(SELECT *, ${centres.join(', ')} FROM ${table} WINDOW w AS (PARTITION BY ${keys.join(', ')}))`;
}

/** Of moments the second column, of pairs the third too. */
function isMean(column: BuildColumn): boolean {
  const merge = column.role.kind === 'measure' ? column.role.merge : null;
  const part = merge === 'moments' || merge === 'comoments' ? stateOf(column).indexOf(column.name) : 0;
  return part === 1 || (part === 2 && merge === 'comoments');
}

function centreOf(mean: string): string {
  return quoteIdentifier(`${mean}$centre`);
}

function byTimeSql(end: 'first' | 'last', names: readonly string[], part: number): string {
  const [value, time] = names.map(quoteIdentifier);
  if (part === 1) return `${end === 'first' ? 'min' : 'max'}(${time})`;
  const pick = end === 'first' ? 'arg_min' : 'arg_max';
  return `${pick}(${value}, row(${time}, ${value})) FILTER (WHERE ${time} IS NOT NULL)`;
}

function momentSql(names: readonly string[], part: number): string {
  const [count, mean, m2] = names.map(quoteIdentifier);
  if (part === 0) return `sum(${count})`;
  const centre = centreOf(names[1]);
  if (part === 1) return `max(${centre})`;
  return finiteSql([m2], `sum(${m2}) + sum(${count} * (${mean} - ${centre}) * (${mean} - ${centre}))`);
}

function comomentSql(names: readonly string[], part: number): string {
  const [count, meanX, meanY, m2X, m2Y, c] = names.map(quoteIdentifier);
  const [centreX, centreY] = [centreOf(names[1]), centreOf(names[2])];
  const [dX, dY] = [`(${meanX} - ${centreX})`, `(${meanY} - ${centreY})`];
  switch (part) {
    case 0:
      return `sum(${count})`;
    case 1:
      return `max(${centreX})`;
    case 2:
      return `max(${centreY})`;
    case 3:
      return finiteSql([m2X], `sum(${m2X}) + sum(${count} * ${dX} * ${dX})`);
    case 4:
      return finiteSql([m2Y], `sum(${m2Y}) + sum(${count} * ${dY} * ${dY})`);
    default:
      return finiteSql([m2X, m2Y, c], `sum(${c}) + sum(${count} * ${dX} * ${dY})`);
  }
}

/** NaN where a state is NaN, since an input was; else infinite where the moment is beyond a double. */
function finiteSql(moments: readonly string[], merged: string): string {
  const isNaN = moments.map((moment) => `isnan(max(${moment}))`).join(' OR ');
  return (
    `CASE WHEN ${isNaN} THEN CAST('NaN' AS DOUBLE) ` +
    `WHEN NOT isfinite(${merged}) THEN CAST('Infinity' AS DOUBLE) ELSE ${merged} END`
  );
}

function stateOf({ state, name }: BuildColumn): readonly string[] {
  assert(state !== undefined, `${name} is of several columns`);
  return state;
}
