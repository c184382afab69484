import type { DictionaryColumn } from '../model/batch.js';
import { compareValues } from '../model/value.js';
import type { LogicalType, Value } from '../model/value.js';
import type { Page } from './parquet-file.js';
import type { Decode } from './physical-column.js';
import { sharedCodes } from './shared-arrays.js';

type NonNull = Exclude<Value, null>;

const SURROGATE = /[\uD800-\uDFFF]/;

/** Replaces values by their positions among the sorted distinct values. −0 becomes 0. */
export function dictionaryColumn(
  pages: readonly Page[],
  rows: number,
  type: LogicalType,
  decode: Decode,
): DictionaryColumn {
  const { values, arrivals } = collectValues(pages, rows, decode);
  const order = sortedOrder(values);
  const codeOfArrival = new Uint32Array(values.length + 1).fill(values.length);
  for (let code = 0; code < order.length; code++) codeOfArrival[order[code] + 1] = code;
  const hasNulls = arrivals.includes(0);
  const codes = sharedCodes(rows, hasNulls ? values.length : values.length - 1);
  for (let row = 0; row < rows; row++) codes[row] = codeOfArrival[arrivals[row]]!;
  return { kind: 'dictionary', type, codes, values: order.map((i) => values[i]), hasNulls };
}

/** The distinct values as they arrive; for each row 0 for NULL, else 1 + the position of its value. */
function collectValues(
  pages: readonly Page[],
  rows: number,
  decode: Decode,
): { readonly values: readonly NonNull[]; readonly arrivals: Uint32Array } {
  const values: NonNull[] = [];
  const known = new Map<NonNull, number>();
  const arrivals = new Uint32Array(rows);
  let row = 0;
  for (const page of pages) {
    let lastRaw: Page[number];
    let lastArrival = 0;
    for (let i = 0; i < page.length; i++, row++) {
      const raw = page[i];
      if (raw === null || raw === undefined) continue;
      if (raw !== lastRaw) {
        const value = decode(raw);
        let arrival = known.get(value);
        if (arrival === undefined) {
          arrival = values.push(value === 0 ? 0 : value);
          known.set(value, arrival);
        }
        lastRaw = raw;
        lastArrival = arrival;
      }
      arrivals[row] = lastArrival;
    }
  }
  return { values, arrivals };
}

/** Positions of the values in ascending order. Values of the first sort column arrive sorted already. */
function sortedOrder(values: readonly NonNull[]): readonly number[] {
  const order = values.map((_, i) => i);
  const isSorted = values.every((value, i) => i === 0 || compareValues(values[i - 1], value) < 0);
  if (isSorted) return order;
  // Between units that are no surrogates the order of UTF-16 is that of UTF-8, and the engine's own is much faster.
  const isNative = values.every((value) => typeof value === 'string' && !SURROGATE.test(value));
  if (isNative) return order.sort((a, b) => (values[a] < values[b] ? -1 : 1));
  return order.sort((a, b) => compareValues(values[a], values[b]));
}
