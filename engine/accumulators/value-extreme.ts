import { assert } from '../../model/assert.js';
import type { DictionaryColumn } from '../../model/batch.js';
import { canonicalInteger, compareValues, type Value } from '../../model/value.js';
import type { Chunk } from '../chunk.js';
import type { ScanInput } from '../scan-task.js';
import type { Accumulator, StateColumns } from './accumulator.js';
import { grow } from './grow.js';

/**
 * The least or greatest value of any type. Within a partition codes are compared, for code order is value order;
 * values only once for each group and partition.
 */
export class ValueExtreme implements Accumulator {
  private readonly kind: 'min' | 'max';
  private readonly best: Value[] = [];
  /** Of the column that was last met: the best rank of each group, 0 for none. */
  private ranks = new Uint32Array(0);
  private ranked: DictionaryColumn | null = null;
  private scratch = new Uint32Array(0);

  constructor(kind: 'min' | 'max') {
    this.kind = kind;
  }

  reserve(groups: number): void {
    this.ranks = grow(this.ranks, groups);
    while (this.best.length < groups) this.best.push(null);
  }

  add([input]: readonly ScanInput[], chunk: Chunk): void {
    assert(input.kind !== 'sketch', 'values have an order');
    if (input.kind === 'dictionary') {
      this.addCodes(input, chunk);
      return;
    }
    for (let i = 0; i < chunk.count; i++) {
      const row = chunk.row(i);
      if (input.kind === 'wide') this.offer(chunk.groups[i], wideValue(input.values[row]));
      else if (input.validity === null || input.validity[row] === 1) {
        this.offer(
          chunk.groups[i],
          input.kind === 'narrow' ? input.base + input.codes[row] : input.values[row],
        );
      }
    }
  }

  states(): StateColumns {
    throw new Error('values of any type stay on the calling thread');
  }

  addStates(): void {
    throw new Error('values of any type stay on the calling thread');
  }

  values(groups: number): [Value[]] {
    this.settle();
    return [this.best.slice(0, groups)];
  }

  private addCodes(column: DictionaryColumn, chunk: Chunk): void {
    if (this.ranked !== column) this.settle();
    this.ranked = column;
    this.scratch = grow(this.scratch, chunk.count);
    // The code of NULL, one after the last, has rank 0 either way.
    const nulls = column.values.length;
    for (let i = 0; i < chunk.count; i++) {
      const code = column.codes[chunk.row(i)];
      this.scratch[i] = code === nulls ? 0 : this.kind === 'max' ? code + 1 : nulls - code;
    }
    chunk.kernels.maxRanks(this.ranks, chunk.groups, this.scratch, chunk.count);
  }

  /** Turns the ranks within the column that was last met into values. */
  private settle(): void {
    if (this.ranked === null) return;
    const { values } = this.ranked;
    this.ranks.forEach((rank, group) => {
      if (rank === 0) return;
      this.offer(group, values.at(this.kind === 'max' ? rank - 1 : values.length - rank) as Value);
    });
    this.ranks.fill(0);
    this.ranked = null;
  }

  private offer(group: number, value: Value): void {
    if (value === null) return;
    const best = this.best[group];
    const order = best === null ? -1 : compareValues(value, best);
    if (best === null || (this.kind === 'min' ? order < 0 : order > 0)) this.best[group] = value;
  }
}

function wideValue(value: bigint | null): Value {
  return value === null ? null : canonicalInteger(value);
}
