import type { GroupedCodes } from '../model/batch.js';
import { compareValues } from '../model/value.js';

export interface CodeOrder extends GroupedCodes {
  readonly descending: boolean;
}

/** The place of each code that occurs among those that do, in order; NULL last in both directions. */
export interface CodeRanks {
  /** By code. */
  readonly rankOf: Float64Array;
  /** More than the greatest rank. */
  readonly size: number;
}

export function rankCodes({ codes, dictionary, descending }: CodeOrder, rows: Uint32Array): CodeRanks {
  const rankOf = new Float64Array(dictionary.length).fill(ABSENT);
  const used: number[] = [];
  let nulls = 0;
  for (const row of rows) {
    const code = codes[row];
    if (rankOf[code] !== ABSENT) continue;
    rankOf[code] = 0;
    if (dictionary[code] === null) nulls = 1;
    else used.push(code);
  }
  used.sort((a, b) => compareValues(dictionary[a], dictionary[b]));
  if (descending) used.reverse();
  used.forEach((code, rank) => (rankOf[code] = rank));
  if (nulls > 0)
    for (let code = 0; code < dictionary.length; code++)
      if (dictionary[code] === null) rankOf[code] = used.length;
  return { rankOf, size: used.length + nulls };
}

const ABSENT = -1;

/**
 * The rows in order of several codes, those that are equal in all as they come: the ranks and the place of each row, as
 * digits of one number, are sorted as numbers.
 *
 * @returns null where these need more than 53 bits
 */
export function orderByCodes(rows: Uint32Array, order: readonly CodeOrder[]): Uint32Array | null {
  const ranks = order.map((key) => rankCodes(key, rows));
  if (ranks.reduce((product, { size }) => product * size, rows.length) > Number.MAX_SAFE_INTEGER) return null;
  const numbers = new Float64Array(rows.length);
  ranks.forEach(({ rankOf, size }, key) => {
    const { codes } = order[key];
    for (let i = 0; i < rows.length; i++) numbers[i] = numbers[i] * size + rankOf[codes[rows[i]]];
  });
  for (let i = 0; i < rows.length; i++) numbers[i] = numbers[i] * rows.length + i;
  numbers.sort();
  return Uint32Array.from(numbers, (number) => rows[number % rows.length]);
}
