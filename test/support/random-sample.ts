/** A random model with random queries of it, from a seed and a number. */
import { randomCase } from './random-case.js';
import type { Case } from './random-case.js';
import { randomModel } from './random-model.js';
import type { RandomModel } from './random-model.js';
import { Tape } from './tape.js';

export interface Sample {
  readonly model: RandomModel;
  readonly cases: readonly Case[];
}

/** Number `at` of a seed: the same in every run, whatever stands before it. */
export function sampleOf(seed: number, at: number, queries: number): Sample {
  const model = randomModel(new Tape(randomCells(seed * 1_000_003 + at * 2)), true);
  const tape = new Tape(randomCells(seed * 1_000_003 + at * 2 + 1));
  return { model, cases: Array.from({ length: queries }, () => randomCase(tape, model)) };
}

/** Numbers that look random (mulberry32, by Tommy Ettinger, in the public domain). */
function randomCells(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}
