import { assert } from '../../model/assert.js';
import type { GroupedNumbers, NarrowColumn } from '../../model/batch.js';
import { canonicalInteger, type Value } from '../../model/value.js';
import type { Chunk } from '../chunk.js';
import type { Kernels } from '../kernels/kernels.js';
import type { MaskedRows } from '../masked-rows.js';
import type { Codes, OrderedRows, ScanInput, SliceKey } from '../scan-task.js';
import { numberInput, valuesOf, type Accumulator, type StateColumns } from './accumulator.js';
import { grow, keepElements } from './grow.js';
import { addsByKey, KeyedSums } from './keyed-sums.js';
import { SeenGroups } from './seen-groups.js';

/** Sums of integers of which Σ|x| over all rows is a safe integer. */
export class ExactSum implements Accumulator {
  private sums: Float64Array = new Float64Array(0);
  private groups = 0;
  private keyed: KeyedSums | null = null;
  /** Whether some rows were added to `sums` itself. */
  private isMixed = false;
  private readonly seen: SeenGroups | null;

  constructor(nullable: boolean) {
    this.seen = nullable ? new SeenGroups() : null;
  }

  reserve(groups: number): void {
    this.groups = groups;
    this.seen?.reserve(groups);
  }

  add([input]: readonly ScanInput[], chunk: Chunk): void {
    const column = numberInput(input);
    const { keyed } = chunk;
    if (keyed !== null && chunk.whole && addsByKey(keyed, column, this.groups)) {
      this.byKey(chunk.kernels).add(column, keyed, chunk, this.seen);
      return;
    }
    this.isMixed = true;
    this.sums = grow(this.sums, this.groups);
    if (column.kind === 'narrow') this.addCodes(column, chunk);
    else this.addNumbers(chunk.numbersOf(column), chunk);
    if (this.seen?.isFull(this.groups) === false) this.seen.add(column, chunk);
  }

  addMasked([input]: readonly ScanInput[], rows: MaskedRows, key: SliceKey): void {
    const column = numberInput(input);
    assert(column.kind === 'narrow', 'what is added of masked rows is narrow');
    this.byKey(rows.kernels).addMasked(column, rows, key);
    if (this.seen?.isFull(this.groups) === false) rows.mark(this.seen.marks, key, column.validity);
  }

  addOrdered(
    [input]: readonly ScanInput[],
    rows: OrderedRows,
    codes: Codes,
    key: SliceKey,
    kernels: Kernels,
  ): void {
    const column = numberInput(input);
    assert(column.kind === 'narrow', 'what is added in the order of a key is narrow');
    this.byKey(kernels).addOrdered(column, rows, codes, key, this.seen);
  }

  private byKey(kernels: Kernels): KeyedSums {
    return (this.keyed ??= new KeyedSums(this.groups, kernels));
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

  get keyedSums(): KeyedSums | null {
    return this.keyed;
  }

  keepGroups(groups: Uint32Array): void {
    if (this.keyed !== null)
      this.sums = this.keyed.settle(groups, this.isMixed ? this.sums : null, this.seen);
    this.keyed = null;
    if (groups.length === this.groups) return;
    this.groups = groups.length;
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

  numbersInPlace(): [GroupedNumbers] {
    return [{ values: this.sums, validity: this.seen?.validityInPlace() ?? null }];
  }

  values(groups: number): [Value[]] {
    const { sums, seen } = this;
    return [
      valuesOf(groups, (group) => (seen === null || seen.has(group) ? canonicalInteger(sums[group]) : null)),
    ];
  }
}
