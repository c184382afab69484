import type { MergeOperation } from '../model/aggregates.js';
import type { NumberColumn, WideColumn } from '../model/batch.js';
import type { LogicalType } from '../model/value.js';
import type { Page } from './parquet-file.js';
import type { Decode } from './physical-column.js';
import { sharedBytes, sharedFloat64 } from './shared-arrays.js';

/**
 * Numbers of a measure. Integers and decimals go wide when one of them is beyond a double, or, for a sum, when
 * their absolute values together are.
 */
export function numberColumn(
  pages: readonly Page[],
  rows: number,
  type: LogicalType,
  decode: Decode,
  merge: Exclude<MergeOperation, 'sketch'>,
): NumberColumn | WideColumn {
  const values = sharedFloat64(rows);
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
  return { kind: 'number', type, values, validity: nulls === 0 ? null : validity, absSum };
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
