import type { GroupedNumbers } from '../../model/batch.js';
import type { Value } from '../../model/value.js';
import type { Chunk } from '../chunk.js';
import { MAX_START, MIN_START } from '../kernels/extreme-numbers.js';
import type { ScanInput } from '../scan-task.js';
import { numberInput, valuesOf, type Accumulator, type StateColumns } from './accumulator.js';
import { grow, keepElements } from './grow.js';
import { SeenGroups } from './seen-groups.js';

/** The least or greatest number; NaN is the greatest, as in DuckDB. */
export class NumberExtreme implements Accumulator {
  private best = new Float64Array(0);
  private readonly kernel: 'minNumbers' | 'maxNumbers';
  private readonly start: number;
  private readonly seen: SeenGroups | null;

  constructor(kind: 'min' | 'max', nullable: boolean) {
    this.kernel = kind === 'min' ? 'minNumbers' : 'maxNumbers';
    this.start = kind === 'min' ? MIN_START : MAX_START;
    this.seen = nullable ? new SeenGroups() : null;
  }

  reserve(groups: number): void {
    this.best = grow(this.best, groups, this.start);
    this.seen?.reserve(groups);
  }

  add([input]: readonly ScanInput[], chunk: Chunk): void {
    const column = numberInput(input);
    const { kernels, groups, count } = chunk;
    const numbers = chunk.numbersWith(column, this.start);
    kernels[this.kernel](this.best, groups, numbers, chunk.numbersOffset(numbers), count);
    this.seen?.add(column, chunk);
  }

  keepGroups(groups: Uint32Array): void {
    keepElements(this.best, groups);
    this.seen?.keepGroups(groups);
  }

  states(groups: number): StateColumns {
    const validity = this.seen?.validity(groups) ?? null;
    return [{ kind: 'number', values: this.best.slice(0, groups), validity }];
  }

  addStates(states: StateColumns, chunk: Chunk): void {
    this.add([numberInput(states[0])], chunk);
  }

  numbers(groups: number): [GroupedNumbers] {
    const validity = this.seen?.validity(groups) ?? null;
    return [{ values: this.best.slice(0, groups), validity }];
  }

  numbersInPlace(): [GroupedNumbers] {
    return [{ values: this.best, validity: this.seen?.validityInPlace() ?? null }];
  }

  values(groups: number): [Value[]] {
    const { best, seen } = this;
    return [valuesOf(groups, (group) => (seen === null || seen.has(group) ? best[group] : null))];
  }
}
