/**
 * The order of distinct texts, by six characters at a time behind what all have in common: a sort of numbers digit by
 * digit (LSD radix sort) instead of comparing texts, which lie all over the memory.
 */
import { compareValues } from '../model/value.js';

const SURROGATE = /[\uD800-\uDFFF]/;
/** Characters in each half of a key. */
const HALF = 3;
const DIGIT_BITS = 12;
const DIGITS = 1 << DIGIT_BITS;
/** Fewer are compared in less time than the counts of digits are cleared. */
const RADIX_MIN = 512;

/** Positions of the texts in the ascending order of their UTF-8. */
export function sortedTexts(texts: readonly string[]): ArrayLike<number> {
  const keys = texts.length < RADIX_MIN ? null : keysOf(texts);
  if (keys === null) return compared(texts, Uint32Array.from(texts.keys()));
  const order = byDigits(keys);
  sortTies(texts, keys, order);
  return order;
}

interface Keys {
  /** Of the first three characters and the next three, a byte each, the first one highest. */
  readonly high: Uint32Array;
  readonly low: Uint32Array;
}

/** Null: a character takes more than a byte. */
function keysOf(texts: readonly string[]): Keys | null {
  const from = sharedLength(texts);
  const [high, low] = [new Uint32Array(texts.length), new Uint32Array(texts.length)];
  for (let i = 0; i < texts.length; i++) {
    const text = texts[i];
    const [first, second] = [keyAt(text, from), keyAt(text, from + HALF)];
    if (first < 0 || second < 0) return null;
    high[i] = first;
    low[i] = second;
  }
  return { high, low };
}

/** The end of a text is as a character of 0: what that leaves equal is compared. Negative: more than a byte. */
function keyAt(text: string, from: number): number {
  let key = 0;
  for (let at = from; at < from + HALF; at++) {
    const unit = at < text.length ? text.charCodeAt(at) : 0;
    if (unit > 0xff) return -1;
    key = key * 256 + unit;
  }
  return key;
}

/** How many characters all texts begin with. */
function sharedLength(texts: readonly string[]): number {
  const [first] = texts;
  let { length } = first;
  for (const text of texts) {
    let at = 0;
    while (at < length && text.charCodeAt(at) === first.charCodeAt(at)) at++;
    length = at;
  }
  return length;
}

function byDigits({ high, low }: Keys): Uint32Array {
  let order = Uint32Array.from(low.keys());
  let next = new Uint32Array(order.length);
  for (const half of [low, high]) {
    for (const shift of [0, DIGIT_BITS]) {
      const ends = new Uint32Array(DIGITS + 1);
      for (let i = 0; i < half.length; i++) ends[((half[i] >>> shift) & (DIGITS - 1)) + 1]++;
      for (let digit = 1; digit <= DIGITS; digit++) ends[digit] += ends[digit - 1];
      for (let i = 0; i < order.length; i++)
        next[ends[(half[order[i]] >>> shift) & (DIGITS - 1)]++] = order[i];
      [order, next] = [next, order];
    }
  }
  return order;
}

function sortTies(texts: readonly string[], { high, low }: Keys, order: Uint32Array): void {
  for (let from = 0; from < order.length;) {
    let to = from + 1;
    while (to < order.length && high[order[to]] === high[order[from]] && low[order[to]] === low[order[from]])
      to++;
    if (to > from + 1) compared(texts, order.subarray(from, to));
    from = to;
  }
}

/** Sorts positions in place. */
function compared(texts: readonly string[], order: Uint32Array): Uint32Array {
  // Between units that are no surrogates the order of UTF-16 is that of UTF-8, and the engine's own is much faster.
  const isNative = order.every((i) => !SURROGATE.test(texts[i]));
  return isNative
    ? order.sort((a, b) => (texts[a] < texts[b] ? -1 : 1))
    : order.sort((a, b) => compareValues(texts[a], texts[b]));
}
