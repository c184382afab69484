import type { MergeOperation } from '../model/aggregates.js';
import type { NarrowColumn, NumberColumn, WideColumn } from '../model/batch.js';
import type { LogicalType } from '../model/value.js';
import { rowValues } from './page.js';
import type { Page } from './page.js';
import { keepsNumbers } from './physical-column.js';
import type { Decode, RawValue } from './physical-column.js';
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
  const decoded = decoder(decode);
  for (const page of pages) {
    const found = decoded(page.values);
    if (found === null) return wideColumn(pages, rows, type, decode);
    const { codes, valid } = page;
    for (let i = 0, at = 0; i < page.rows; i++, row++) {
      if (valid !== null && valid[i] === 0) {
        nulls++;
        continue;
      }
      const value = found[codes === null ? at : codes[at]];
      at++;
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

/** Decodes the values of a page, and those that pages share once; null: one of them is beyond a double. */
function decoder(decode: Decode): (values: Page['values']) => Float64Array | null {
  const keeps = keepsNumbers(decode);
  let last: Page['values'] | null = null;
  let numbers: Float64Array | null = null;
  return (values) => {
    if (values === last) return numbers;
    last = values;
    numbers = keeps && values instanceof Float64Array ? values : decodeNumbers(values, decode);
    return numbers;
  };
}

function decodeNumbers(values: Page['values'], decode: Decode): Float64Array | null {
  const numbers = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = decode(values[i] as NonNullable<RawValue>);
    if (typeof value !== 'number') return null;
    numbers[i] = value;
  }
  return numbers;
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
  for (const page of pages.map(rowValues)) {
    for (let i = 0; i < page.length; i++, row++) {
      const raw = page[i];
      if (raw !== null && raw !== undefined) values[row] = BigInt(decode(raw));
    }
  }
  return { kind: 'wide', type, values };
}
