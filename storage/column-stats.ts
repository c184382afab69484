import { isDeepStrictEqual } from 'node:util';
import { unreachable } from '../model/assert.js';
import type {
  DictionaryColumn,
  NarrowColumn,
  NumberColumn,
  StoredColumn,
  WideColumn,
} from '../model/batch.js';
import type { ColumnStats } from '../model/catalog.js';
import { LIMITS } from '../model/limits.js';
import { canonicalInteger } from '../model/value.js';
import type { Value } from '../model/value.js';

/** Counts of NULLs and distinct values, exact bounds and sums; null where they are unknown, see docs/format.md. */
export function columnStats(name: string, column: StoredColumn): ColumnStats {
  const distinct = column.kind === 'dictionary' ? column.values.length : null;
  const nulls = countNulls(column);
  return { name, type: column.type, nulls, ...boundsOf(column), distinct, total: totalOf(column) };
}

/** Whether statistics say the same, where both say something: older versions neither counted distinct values nor added. */
export function isSameStats(a: readonly ColumnStats[], b: readonly ColumnStats[]): boolean {
  const counted = (each: ColumnStats, other: ColumnStats | undefined): ColumnStats => ({
    ...each,
    distinct: other?.distinct === undefined ? null : (each.distinct ?? null),
    total: other?.total === undefined ? null : (each.total ?? null),
  });
  return isDeepStrictEqual(
    a.map((each, i) => counted(each, b[i])),
    b.map((each, i) => counted(each, a[i])),
  );
}

interface Bounds {
  readonly min: Value;
  readonly max: Value;
}

const UNKNOWN: Bounds = { min: null, max: null };

function countNulls(column: StoredColumn): number {
  let nulls = 0;
  switch (column.kind) {
    case 'dictionary':
      if (column.hasNulls) for (const code of column.codes) nulls += Number(code === column.values.length);
      return nulls;
    case 'number':
    case 'narrow':
      if (column.validity !== null) for (const valid of column.validity) nulls += 1 - valid;
      return nulls;
    case 'wide':
      for (const value of column.values) nulls += Number(value === null);
      return nulls;
    case 'sketch':
      for (let i = 1; i < column.offsets.length; i++)
        nulls += Number(column.offsets[i] === column.offsets[i - 1]);
      return nulls;
    default:
      return unreachable(column);
  }
}

function boundsOf(column: StoredColumn): Bounds {
  switch (column.kind) {
    case 'dictionary':
      return dictionaryBounds(column);
    case 'number':
      return numberBounds(column);
    case 'narrow':
      return narrowBounds(column);
    case 'wide':
      return wideBounds(column);
    case 'sketch':
      return UNKNOWN;
    default:
      return unreachable(column);
  }
}

function dictionaryBounds({ values }: DictionaryColumn): Bounds {
  const min = values.at(0) ?? null;
  const max = values.at(values.length - 1) ?? null;
  return isLongText(min) || isLongText(max) || Number.isNaN(max) ? UNKNOWN : { min, max };
}

function isLongText(value: Value): boolean {
  return typeof value === 'string' && value.length > LIMITS.statisticsTextMax;
}

function numberBounds({ values, validity }: NumberColumn): Bounds {
  let min = Infinity;
  let max = -Infinity;
  let found = false;
  for (let row = 0; row < values.length; row++) {
    if (validity !== null && validity[row] === 0) continue;
    const value = values[row];
    if (Number.isNaN(value)) return UNKNOWN;
    if (value < min) min = value;
    if (value > max) max = value;
    found = true;
  }
  return found ? { min, max } : UNKNOWN;
}

function narrowBounds({ base, codes, validity }: NarrowColumn): Bounds {
  let min = Infinity;
  let max = -Infinity;
  for (let row = 0; row < codes.length; row++) {
    if (validity !== null && validity[row] === 0) continue;
    if (codes[row] < min) min = codes[row];
    if (codes[row] > max) max = codes[row];
  }
  return min > max ? UNKNOWN : { min: base + min, max: base + max };
}

function wideBounds({ values }: WideColumn): Bounds {
  let min: bigint | null = null;
  let max: bigint | null = null;
  for (const value of values) {
    if (value === null) continue;
    if (min === null || value < min) min = value;
    if (max === null || value > max) max = value;
  }
  return min === null || max === null ? UNKNOWN : { min: canonicalInteger(min), max: canonicalInteger(max) };
}

/** Null: there is no value, or none that is exact. */
function totalOf(column: StoredColumn): number | bigint | null {
  if (column.type.kind !== 'integer' && column.type.kind !== 'decimal') return null;
  if (column.kind === 'number') return totalOfNumbers(column.values, 0, column);
  if (column.kind === 'narrow') return totalOfNumbers(column.codes, column.base, column);
  return column.kind === 'wide' ? totalOfWide(column.values) : null;
}

/** NULL slots hold 0. */
function totalOfNumbers(
  numbers: Float64Array | NarrowColumn['codes'],
  base: number,
  { validity, absSum }: NumberColumn | NarrowColumn,
): number | bigint | null {
  if (validity === null ? numbers.length === 0 : !validity.includes(1)) return null;
  if (!Number.isSafeInteger(absSum)) {
    return totalOfWide(Array.from(numbers, (number) => BigInt(base + number)));
  }
  let total = 0;
  for (let row = 0; row < numbers.length; row++) total += base + numbers[row];
  return canonicalInteger(total);
}

function totalOfWide(values: readonly (bigint | null)[]): number | bigint | null {
  let total: bigint | null = null;
  for (const value of values) if (value !== null) total = (total ?? 0n) + value;
  return total === null ? null : canonicalInteger(total);
}
