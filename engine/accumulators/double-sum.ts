import type { GroupedNumbers } from '../../model/batch.js';
import type { Value } from '../../model/value.js';
import type { Chunk } from '../chunk.js';
import type { NumberInput, ScanInput } from '../scan-task.js';
import { numberInput, valuesOf, type Accumulator, type StateColumns } from './accumulator.js';
import { ExactRest } from './exact-rest.js';
import { grow } from './grow.js';
import { SeenGroups } from './seen-groups.js';

/**
 * Sums of doubles, exact until they are rounded once at the end: to the nearest double, ties to even. So neither the
 * order of the rows nor how they are cut into slices, partitions and threads changes a bit, and sums that are too large
 * on the way do no harm. What is not finite adds up as in IEEE 754.
 *
 *     sums ── what each addition rounds away ──▶ rests ── likewise ──▶ ExactRest
 */
export class DoubleSum implements Accumulator {
  private sums = new Float64Array(0);
  private rests = new Float64Array(0);
  private readonly exact = new ExactRest();
  private readonly seen: SeenGroups | null;

  constructor(nullable: boolean) {
    this.seen = nullable ? new SeenGroups() : null;
  }

  reserve(groups: number): void {
    this.sums = grow(this.sums, groups);
    this.rests = grow(this.rests, groups);
    this.seen?.reserve(groups);
  }

  add([input]: readonly ScanInput[], chunk: Chunk): void {
    const column = numberInput(input);
    this.addNumbers(column, chunk);
    this.seen?.add(column, chunk);
  }

  states(groups: number): StateColumns {
    const validity = this.seen?.validity(groups) ?? null;
    return [
      { kind: 'number', values: this.sums.slice(0, groups), validity },
      { kind: 'number', values: this.rests.slice(0, groups), validity: null },
      ...this.exact.states(groups),
    ];
  }

  addStates([sums, rests, ...exact]: StateColumns, chunk: Chunk): void {
    this.add([numberInput(sums)], chunk);
    this.addNumbers(numberInput(rests), chunk);
    this.exact.addStates(exact, chunk);
  }

  numbers(groups: number): [GroupedNumbers] {
    const { sums, rests, exact } = this;
    const values = new Float64Array(groups);
    for (let group = 0; group < groups; group++)
      values[group] = exact.round(group, sums[group], rests[group]);
    return [{ values, validity: this.seen?.validity(groups) ?? null }];
  }

  values(groups: number): [Value[]] {
    const { sums, rests, seen } = this;
    return [
      valuesOf(groups, (group) =>
        seen === null || seen.has(group) ? this.exact.round(group, sums[group], rests[group]) : null,
      ),
    ];
  }

  private addNumbers(column: NumberInput, chunk: Chunk): void {
    const { sums, rests, exact } = this;
    const { kernels, groups, count, spill } = chunk;
    const numbers = chunk.numbersOf(column);
    const from = chunk.numbersOffset(numbers);
    const spilled = kernels.sumDoubles(sums, rests, groups, numbers, from, count, spill);
    for (let i = 0; i < spilled; i++) exact.add(spill.groups[i], spill.numbers[i]);
  }
}
