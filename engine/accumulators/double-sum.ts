import type { Value } from '../../model/value.js';
import type { Chunk } from '../chunk.js';
import { sumDoubles, sumNumbers } from '../kernels/sum-numbers.js';
import type { ScanInput } from '../scan-task.js';
import { numberInput, valuesOf, type Accumulator, type StateColumns } from './accumulator.js';
import { grow } from './grow.js';
import { SeenGroups } from './seen-groups.js';

/** Compensated sums of doubles: whatever the order of the rows, within 1e-12 × Σ|x| of the exact sum. */
export class DoubleSum implements Accumulator {
  private sums = new Float64Array(0);
  private rests = new Float64Array(0);
  private readonly seen: SeenGroups | null;

  constructor(nullable: boolean) {
    this.seen = nullable ? new SeenGroups() : null;
  }

  reserve(groups: number): void {
    this.sums = grow(this.sums, groups);
    this.rests = grow(this.rests, groups);
    this.seen?.reserve(groups);
  }

  add(input: ScanInput, chunk: Chunk): void {
    const column = numberInput(input);
    sumDoubles(this.sums, this.rests, chunk.groups, chunk.numbersOf(column), chunk.count);
    this.seen?.add(column, chunk);
  }

  states(groups: number): StateColumns {
    const validity = this.seen?.validity(groups) ?? null;
    return [
      { kind: 'number', values: this.sums.slice(0, groups), validity },
      { kind: 'number', values: this.rests.slice(0, groups), validity: null },
    ];
  }

  addStates(states: StateColumns, chunk: Chunk): void {
    this.add(numberInput(states[0]), chunk);
    sumNumbers(this.rests, chunk.groups, chunk.numbersOf(numberInput(states[1])), chunk.count);
  }

  values(groups: number): Value[] {
    const { sums, rests, seen } = this;
    return valuesOf(groups, (group) => {
      if (seen !== null && !seen.has(group)) return null;
      // What is left over from an infinite sum is no number.
      return Number.isFinite(sums[group]) ? sums[group] + rests[group] : sums[group];
    });
  }
}
