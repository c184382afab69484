import type { GroupedNumbers, NarrowColumn } from '../../model/batch.js';
import { canonicalInteger, type Value } from '../../model/value.js';
import type { Chunk } from '../chunk.js';
import type { NumberInput, ScanInput, SliceKey } from '../scan-task.js';
import { numberInput, valuesOf, type Accumulator, type StateColumns } from './accumulator.js';
import { grow, keepElements } from './grow.js';
import { SeenGroups } from './seen-groups.js';

/** Sums of integers of which Σ|x| over all rows is a safe integer. */
export class ExactSum implements Accumulator {
  private sums = new Float64Array(0);
  private groups = 0;
  private readonly seen: SeenGroups | null;

  constructor(nullable: boolean) {
    this.seen = nullable ? new SeenGroups() : null;
  }

  reserve(groups: number): void {
    this.groups = groups;
    this.sums = grow(this.sums, groups);
    this.seen?.reserve(groups);
  }

  add([input]: readonly ScanInput[], chunk: Chunk): void {
    const column = numberInput(input);
    if (column.kind === 'narrow' && chunk.keyed !== null && chunk.whole) {
      this.addByKey(column, chunk.keyed, chunk);
      return;
    }
    if (column.kind === 'narrow') this.addCodes(column, chunk);
    else this.addNumbers(chunk.numbersOf(column), chunk);
    this.seen?.add(column, chunk);
  }

  /** In one pass over the rows. */
  private addByKey(column: Extract<NumberInput, { kind: 'narrow' }>, key: SliceKey, chunk: Chunk): void {
    const { kernels, from, count } = chunk;
    const { codes, base, validity } = column;
    const { seen } = this;
    const unseen = seen === null || seen.isFull(this.groups) ? null : seen.marks;
    const flags = unseen === null ? null : validity;
    kernels.sumByKey(this.sums, base, key.codes, key.slots, codes, from, count, flags, unseen);
    if (validity === null && unseen !== null) seen?.add(column, chunk);
  }

  private addNumbers(numbers: Float64Array, chunk: Chunk): void {
    const { kernels, count, oneGroup } = chunk;
    const from = chunk.numbersOffset(numbers);
    if (oneGroup >= 0) this.sums[oneGroup] += kernels.sumOfNumbers(numbers, from, count);
    else kernels.sumNumbers(this.sums, chunk.groups, numbers, from, count);
  }

  private addCodes({ codes, base }: Pick<NarrowColumn, 'codes' | 'base'>, chunk: Chunk): void {
    const { kernels, count, oneGroup, offset } = chunk;
    // Before the codes: groups may take their scratch.
    const groups = oneGroup >= 0 ? null : chunk.groups;
    const own = chunk.codesOf(codes);
    if (groups === null) this.sums[oneGroup] += base * count + kernels.sumOfCodes(own, offset, count);
    else kernels.sumCodes(this.sums, base, groups, own, offset, count);
  }

  keepGroups(groups: Uint32Array): void {
    keepElements(this.sums, groups);
    this.seen?.keepGroups(groups);
  }

  states(groups: number): StateColumns {
    const validity = this.seen?.validity(groups) ?? null;
    return [{ kind: 'number', values: this.sums.slice(0, groups), validity }];
  }

  addStates(states: StateColumns, chunk: Chunk): void {
    this.add([numberInput(states[0])], chunk);
  }

  numbers(groups: number): [GroupedNumbers] {
    const validity = this.seen?.validity(groups) ?? null;
    return [{ values: this.sums.slice(0, groups), validity }];
  }

  values(groups: number): [Value[]] {
    const { sums, seen } = this;
    return [
      valuesOf(groups, (group) => (seen === null || seen.has(group) ? canonicalInteger(sums[group]) : null)),
    ];
  }
}
