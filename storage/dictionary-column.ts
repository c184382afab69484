import type { DictionaryColumn } from '../model/batch.js';
import { compareValues } from '../model/value.js';
import type { LogicalType, Value } from '../model/value.js';
import type { Page } from './page.js';
import type { Decode, RawValue } from './physical-column.js';
import { sharedCodes } from './shared-arrays.js';
import { sortedTexts } from './sort-texts.js';

type NonNull = Exclude<Value, null>;

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
  return { kind: 'dictionary', type, codes, values: Array.from(order, (i) => values[i]), hasNulls };
}

/** The distinct values as they arrive; for each row 0 for NULL, else 1 + the position of its value. */
function collectValues(
  pages: readonly Page[],
  rows: number,
  decode: Decode,
): { readonly values: readonly NonNull[]; readonly arrivals: Uint32Array } {
  const values: NonNull[] = [];
  const known = new Map<NonNull, number>();
  const arrive = (raw: NonNullable<RawValue>): number => {
    const value = decode(raw);
    let arrival = known.get(value);
    if (arrival === undefined) {
      arrival = values.push(value === 0 ? 0 : value);
      known.set(value, arrival);
    }
    return arrival;
  };
  const arrivals = new Uint32Array(rows);
  let coded: CodedArrivals = { values: [], of: new Uint32Array(0) };
  let row = 0;
  for (const page of pages) {
    const into = arrivals.subarray(row, row + page.rows);
    if (page.codes === null) arriveOneByOne(page, arrive, into);
    else {
      if (coded.values !== page.values)
        coded = { values: page.values, of: new Uint32Array(page.values.length) };
      arriveByCode(page, page.codes, arrive, coded, into);
    }
    row += page.rows;
  }
  return { values, arrivals };
}

type Arrive = (raw: NonNullable<RawValue>) => number;

/** The arrivals of what codes stand for; 0 where none has occurred. */
interface CodedArrivals {
  readonly values: Page['values'];
  readonly of: Uint32Array;
}

function arriveOneByOne({ rows, values, valid }: Page, arrive: Arrive, into: Uint32Array): void {
  let lastRaw: RawValue;
  let lastArrival = 0;
  for (let row = 0, at = 0; row < rows; row++) {
    if (valid !== null && valid[row] === 0) continue;
    const raw = values[at++] as NonNullable<RawValue>;
    if (raw !== lastRaw) {
      lastRaw = raw;
      lastArrival = arrive(raw);
    }
    into[row] = lastArrival;
  }
}

function arriveByCode(
  { rows, values, valid }: Page,
  codes: Uint32Array,
  arrive: Arrive,
  { of }: CodedArrivals,
  into: Uint32Array,
): void {
  for (let row = 0, at = 0; row < rows; row++) {
    if (valid !== null && valid[row] === 0) continue;
    const code = codes[at++];
    let arrival = of[code];
    if (arrival === 0) of[code] = arrival = arrive(values[code] as NonNullable<RawValue>);
    into[row] = arrival;
  }
}

/** Positions of the values in ascending order. Values of the first sort column arrive sorted already. */
function sortedOrder(values: readonly NonNull[]): ArrayLike<number> {
  const isSorted = values.every((value, i) => i === 0 || compareValues(values[i - 1], value) < 0);
  if (isSorted) return Uint32Array.from(values.keys());
  if (values.every((value) => typeof value === 'string')) return sortedTexts(values);
  return Uint32Array.from(values.keys()).sort((a, b) => compareValues(values[a], values[b]));
}
