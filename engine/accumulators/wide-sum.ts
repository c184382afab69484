import { assert } from '../../model/assert.js';
import { canonicalInteger, type Value } from '../../model/value.js';
import type { Chunk } from '../chunk.js';
import { HALVES_ROWS_MAX, joinHalves } from '../kernels/sum-numbers.js';
import type { ScanInput } from '../scan-task.js';
import { numberInput, valuesOf, wholeNumbers, type Accumulator, type StateColumns } from './accumulator.js';
import { grow } from './grow.js';
import { SeenGroups } from './seen-groups.js';

/**
 * Sums of integers of any size, exact. Those that are safe integers enter as two halves, which are joined into
 * bigints before their sums can leave the safe integers.
 */
export class WideSum implements Accumulator {
  private highs = new Float64Array(0);
  private lows = new Float64Array(0);
  private readonly joined: bigint[] = [];
  /** How many rows the halves hold. */
  private rows = 0;
  private readonly seen = new SeenGroups();

  reserve(groups: number): void {
    this.highs = grow(this.highs, groups);
    this.lows = grow(this.lows, groups);
    while (this.joined.length < groups) this.joined.push(0n);
    this.seen.reserve(groups);
  }

  add([input]: readonly ScanInput[], chunk: Chunk): void {
    if (input.kind === 'wide') {
      this.addWide(input.values, chunk);
      return;
    }
    const column = numberInput(input);
    if (this.rows + chunk.count > HALVES_ROWS_MAX) this.join();
    this.rows += chunk.count;
    const numbers = chunk.numbersOf(column);
    const from = chunk.numbersOffset(numbers);
    chunk.kernels.sumHalves(this.highs, this.lows, chunk.groups, numbers, from, chunk.count);
    this.seen.add(column, chunk);
  }

  states(groups: number): StateColumns {
    // A worker's task has fewer rows than the halves hold, and no wide integers.
    assert(
      this.joined.every((sum) => sum === 0n),
      'all sums are in the halves',
    );
    const validity = this.seen.validity(groups);
    return [
      { kind: 'number', values: this.highs.slice(0, groups), validity },
      { kind: 'number', values: this.lows.slice(0, groups), validity },
    ];
  }

  addStates(states: StateColumns, chunk: Chunk): void {
    const highs = wholeNumbers(states[0]);
    const lows = wholeNumbers(states[1]);
    for (let i = 0; i < chunk.count; i++) {
      const row = chunk.row(i);
      this.joined[chunk.groups[i]] += joinHalves(highs.values[row], lows.values[row]);
    }
    this.seen.add(highs, chunk);
  }

  values(groups: number): [Value[]] {
    this.join();
    return [
      valuesOf(groups, (group) => (this.seen.has(group) ? canonicalInteger(this.joined[group]) : null)),
    ];
  }

  private addWide(values: readonly (bigint | null)[], chunk: Chunk): void {
    for (let i = 0; i < chunk.count; i++) {
      const value = values[chunk.row(i)];
      if (value === null) continue;
      this.joined[chunk.groups[i]] += value;
      this.seen.mark(chunk.groups[i]);
    }
  }

  private join(): void {
    this.joined.forEach((sum, group) => {
      this.joined[group] = sum + joinHalves(this.highs[group], this.lows[group]);
    });
    this.highs.fill(0);
    this.lows.fill(0);
    this.rows = 0;
  }
}
