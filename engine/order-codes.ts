import type { GroupedCodes } from '../model/batch.js';
import { compareValues } from '../model/value.js';

export interface CodeOrder extends GroupedCodes {
  readonly descending: boolean;
}

/** The place of each code that occurs among those that do, in order; NULL last in both directions. */
export interface CodeRanks {
  /** By code. */
  readonly rankOf: Int32Array;
  /** More than the greatest rank. */
  readonly size: number;
}

export function rankCodes({ codes, dictionary, descending }: CodeOrder, rows: Uint32Array): CodeRanks {
  const rankOf = new Int32Array(dictionary.length).fill(ABSENT);
  const used: number[] = [];
  const nulls: number[] = [];
  for (const row of rows) {
    const code = codes[row];
    if (rankOf[code] !== ABSENT) continue;
    rankOf[code] = 0;
    (dictionary[code] === null ? nulls : used).push(code);
  }
  used.sort((a, b) => compareValues(dictionary[a], dictionary[b]));
  if (descending) used.reverse();
  used.forEach((code, rank) => (rankOf[code] = rank));
  for (const code of nulls) rankOf[code] = used.length;
  return { rankOf, size: used.length + Math.min(nulls.length, 1) };
}

const ABSENT = -1;

/**
 * The rows in order of several codes, those that are equal in all as they come: the ranks of each row are the digits of
 * one number, by which they are counted where it is small, and else sorted.
 *
 * @param mayTie whether rows may be equal in all
 * @returns null where they are and may not be, and where the number, with that of the row, needs more than 53 bits
 */
export function orderByCodes(
  rows: Uint32Array,
  order: readonly CodeOrder[],
  mayTie: boolean,
): Uint32Array | null {
  const ranks = order.map((key) => rankCodes(key, rows));
  const numbersMax = ranks.reduce((product, { size }) => product * size, 1);
  if (numbersMax * rows.length > Number.MAX_SAFE_INTEGER) return null;
  const isCounted = numbersMax <= COUNTED_MAX * rows.length;
  const numbers = isCounted ? new Uint32Array(rows.length) : new Float64Array(rows.length);
  ranks.forEach(({ rankOf, size }, key) => {
    const { codes } = order[key];
    for (let i = 0; i < rows.length; i++) numbers[i] = numbers[i] * size + rankOf[codes[rows[i]]];
  });
  return numbers instanceof Uint32Array
    ? countedOrder(rows, numbers, numbersMax, mayTie)
    : sortedOrder(rows, numbers, mayTie);
}

/** So many times as many numbers as rows are counted sooner than the rows are sorted. */
const COUNTED_MAX = 8;

function countedOrder(
  rows: Uint32Array,
  numbers: Uint32Array,
  numbersMax: number,
  mayTie: boolean,
): Uint32Array | null {
  const places = new Uint32Array(numbersMax); // of the next row of each number
  for (const number of numbers) places[number]++;
  let before = 0;
  for (let number = 0; number < numbersMax; number++) {
    const count = places[number];
    if (count > 1 && !mayTie) return null;
    places[number] = before;
    before += count;
  }
  const ordered = new Uint32Array(rows.length);
  for (let i = 0; i < rows.length; i++) ordered[places[numbers[i]]++] = rows[i];
  return ordered;
}

function sortedOrder(rows: Uint32Array, numbers: Float64Array, mayTie: boolean): Uint32Array | null {
  const { length } = rows;
  for (let i = 0; i < length; i++) numbers[i] = numbers[i] * length + i;
  numbers.sort();
  const isTied = (number: number, at: number): boolean =>
    at > 0 && Math.floor(number / length) === Math.floor(numbers[at - 1] / length);
  return !mayTie && numbers.some(isTied)
    ? null
    : Uint32Array.from(numbers, (number) => rows[number % length]);
}
