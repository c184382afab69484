/** A random model with random queries of it, from a seed and a number. */
import { randomCase } from './random-case.js';
import type { Case } from './random-case.js';
import { randomModel } from './random-model.js';
import type { RandomModel } from './random-model.js';
import { Tape } from './tape.js';

export interface Sample {
  readonly model: RandomModel;
  readonly cases: readonly Case[];
  /** Of its stores: whether what partitions add up to is kept, and stands for their rows. */
  readonly states: 'eager' | 'off';
}

/** Number `at` of a seed: the same in every run, whatever stands before it. */
export function sampleOf(seed: number, at: number, queries: number): Sample {
  const model = randomModel(new Tape(randomCells(seed * 1_000_003 + at * 2)), true);
  const tape = new Tape(randomCells(seed * 1_000_003 + at * 2 + 1));
  const cases = Array.from({ length: queries }, () => randomCase(tape, model));
  return { model, cases, states: statesOf(at) };
}

/** Of four samples in turn, so that who takes every fourth has both. */
export function statesOf(at: number): Sample['states'] {
  return Math.floor(at / 4) % 2 === 0 ? 'eager' : 'off';
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
