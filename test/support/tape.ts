/**
 * Choices in a row: whatever is made from them shrinks with them. At its end a tape gives the first choice of
 * everything, so that the simplest things stand first in every list.
 */
import fc from 'fast-check';

export class Tape {
  readonly #next: () => number;

  /** @param cells whole numbers from 0 on, as a list or one after the other */
  constructor(cells: readonly number[] | (() => number)) {
    let at = 0;
    this.#next = typeof cells === 'function' ? cells : () => cells[at++] ?? 0;
  }

  /** From 0 to `count - 1`. */
  below(count: number): number {
    return this.#next() % count;
  }

  /** True in about `percent` of a hundred tapes. */
  chance(percent: number): boolean {
    return this.below(100) >= 100 - percent;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)];
  }

  /** At most `max` of the list, each once, in the order of the list. */
  some<T>(list: readonly T[], max: number, min = 0): T[] {
    const count = Math.min(list.length, min + this.below(max - min + 1));
    const picked = new Set<T>();
    for (let tries = 0; picked.size < count && tries < 4 * max; tries++) picked.add(this.pick(list));
    return list.filter((item) => picked.has(item));
  }

  /** `count` things, each made by a call. */
  times<T>(count: number, make: (at: number) => T): T[] {
    return Array.from({ length: count }, (_, at) => make(at));
  }
}

export function tapes(length: number): fc.Arbitrary<readonly number[]> {
  return fc.noBias(fc.array(fc.nat(1_000_003), { maxLength: length, size: 'max' }));
}

export function shuffled<T>(tape: Tape, list: readonly T[]): T[] {
  const rest = [...list];
  return list.map(() => rest.splice(tape.below(rest.length), 1)[0]);
}
