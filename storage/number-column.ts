import type { MergeOperation } from '../model/aggregates.js';
import type { NarrowColumn, NumberColumn, WideColumn } from '../model/batch.js';
import type { LogicalType } from '../model/value.js';
import type { Page } from './parquet-file.js';
import type { Decode } from './physical-column.js';
import { sharedBytes, sharedCodes, sharedFloat64 } from './shared-arrays.js';

/**
 * Numbers of a measure. Integers and decimals go wide when one of them is beyond a double, or, for a sum, when
 * their absolute values together are; they go narrow where 32 bits hold their range.
 */
export function numberColumn(
  pages: readonly Page[],
  rows: number,
  type: LogicalType,
  decode: Decode,
  merge: Exclude<MergeOperation, 'sketch'>,
): NumberColumn | NarrowColumn | WideColumn {
  const values = new Float64Array(rows);
  const validity = sharedBytes(rows);
  let nulls = 0;
  let absSum = 0;
  let row = 0;
  for (const page of pages) {
    for (let i = 0; i < page.length; i++, row++) {
      const raw = page[i];
      if (raw === null || raw === undefined) {
        nulls++;
        continue;
      }
      const value = decode(raw);
      if (typeof value !== 'number') return wideColumn(pages, rows, type, decode);
      values[row] = value;
      validity[row] = 1;
      absSum += Math.abs(value);
    }
  }
  if (merge === 'sum' && type.kind !== 'double' && absSum > Number.MAX_SAFE_INTEGER) {
    return wideColumn(pages, rows, type, decode);
  }
  const known = { type, validity: nulls === 0 ? null : validity, absSum };
  const narrow = type.kind === 'double' || !NARROWED.has(merge) ? null : narrowCodes(values);
  if (narrow !== null) return { kind: 'narrow', ...known, ...narrow };
  const shared = sharedFloat64(rows);
  shared.set(values);
  return { kind: 'number', ...known, values: shared };
}

/** How columns are merged that go narrow: the kernels of others take doubles alone. */
const NARROWED: ReadonlySet<MergeOperation> = new Set(['sum', 'min', 'max']);

/** Null: the range is too wide, or there is no row. */
function narrowCodes(values: Float64Array): Pick<NarrowColumn, 'base' | 'codes'> | null {
  let base = Infinity;
  let greatest = -Infinity;
  for (const value of values) {
    if (value < base) base = value;
    if (value > greatest) greatest = value;
  }
  const range = greatest - base;
  if (values.length === 0 || !(range < 2 ** 32)) return null;
  const codes = sharedCodes(values.length, range);
  for (let row = 0; row < values.length; row++) codes[row] = values[row] - base;
  return { base, codes };
}

function wideColumn(pages: readonly Page[], rows: number, type: LogicalType, decode: Decode): WideColumn {
  const values = Array.from<bigint | null>({ length: rows }).fill(null);
  let row = 0;
  for (const page of pages) {
    for (let i = 0; i < page.length; i++, row++) {
      const raw = page[i];
      if (raw !== null && raw !== undefined) values[row] = BigInt(decode(raw));
    }
  }
  return { kind: 'wide', type, values };
}
