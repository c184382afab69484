/** The oracle's reading of Cube's filter operators, one value at a time. */
import type { CubeFilter, CubeOperator, CubeValue } from './cube-query.js';
import { parseWallTime, wallRange, wallTime } from './oracle-time.js';

/** A value of a row; times are milliseconds since the epoch. */
export type Cell = string | number | bigint | boolean | null;

export type CellType = 'string' | 'number' | 'boolean' | 'time';

/** Whether the filter holds, where `read` gives the value of a member and its type. */
export function passes(
  filter: CubeFilter,
  read: (member: string) => { cell: Cell; type: CellType },
  zone: string,
): boolean {
  if ('and' in filter) return filter.and.every((inner) => passes(inner, read, zone));
  if ('or' in filter) return filter.or.some((inner) => passes(inner, read, zone));
  const { cell, type } = read(filter.member);
  return holds(filter.operator, cell, type, filter.values ?? [], zone);
}

function holds(
  operator: CubeOperator,
  cell: Cell,
  type: CellType,
  values: readonly CubeValue[],
  zone: string,
): boolean {
  switch (operator) {
    case 'set':
      return cell !== null;
    case 'notSet':
      return cell === null;
    case 'equals':
    case 'in':
      return values.some((value) => same(cell, type, value, zone));
    case 'notEquals':
    case 'notIn':
      return !values.some((value) => same(cell, type, value, zone));
    case 'contains':
      return textMatches(cell, values, (text, needle) => text.includes(needle));
    case 'notContains':
      return !textMatches(cell, values, (text, needle) => text.includes(needle));
    case 'startsWith':
      return textMatches(cell, values, (text, needle) => text.startsWith(needle));
    case 'notStartsWith':
      return !textMatches(cell, values, (text, needle) => text.startsWith(needle));
    case 'endsWith':
      return textMatches(cell, values, (text, needle) => text.endsWith(needle));
    case 'notEndsWith':
      return !textMatches(cell, values, (text, needle) => text.endsWith(needle));
    case 'gt':
      return cell !== null && compareWith(cell, type, values[0], zone) > 0;
    case 'gte':
      return cell !== null && compareWith(cell, type, values[0], zone) >= 0;
    case 'lt':
      return cell !== null && compareWith(cell, type, values[0], zone) < 0;
    case 'lte':
      return cell !== null && compareWith(cell, type, values[0], zone) <= 0;
    default:
      return cell !== null && dateHolds(operator, wallTime(Number(cell), zone), values.map(String));
  }
}

function dateHolds(operator: CubeOperator, wall: number, dates: readonly string[]): boolean {
  const { first, last } = wallRange(dates);
  switch (operator) {
    case 'inDateRange':
    case 'onTheDate':
      return first <= wall && wall <= last;
    case 'notInDateRange':
      return wall < first || last < wall;
    case 'beforeDate':
      return wall < first;
    case 'beforeOrOnDate':
      return wall <= last;
    case 'afterDate':
      return wall > last;
    case 'afterOrOnDate':
      return wall >= first;
    default:
      throw new Error(`the oracle does not know the operator '${operator}'`);
  }
}

/** Ascending: numbers by value, strings by their UTF-8 bytes, false before true. NULL has no place here. */
export function compareCells(a: Cell, b: Cell): number {
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b));
  const [x, y] = [a as number | bigint | boolean, b as number | bigint | boolean];
  return x < y ? -1 : x > y ? 1 : 0;
}

function same(cell: Cell, type: CellType, value: CubeValue, zone: string): boolean {
  if (cell === null || value === null) return cell === value;
  return compareWith(cell, type, value, zone) === 0;
}

function compareWith(cell: Cell, type: CellType, value: CubeValue | undefined, zone: string): number {
  switch (type) {
    case 'string':
      return compareCells(cell, String(value));
    case 'number':
      return compareCells(cell, Number(value));
    case 'boolean':
      return compareCells(cell, String(value) === 'true');
    case 'time':
      return compareCells(wallTime(Number(cell), zone), parseWallTime(String(value)));
  }
}

function textMatches(
  cell: Cell,
  values: readonly CubeValue[],
  test: (text: string, needle: string) => boolean,
): boolean {
  if (cell === null) return false;
  const text = String(cell).toLowerCase();
  return values.some((value) => test(text, String(value).toLowerCase()));
}
