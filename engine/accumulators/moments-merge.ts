import { mergeComomentRows, mergeMomentRows } from '../kernels/merge-moments.js';
import type { Chunk } from '../chunk.js';
import type { ScanInput, StateInput } from '../scan-task.js';
import {
  valuesOf,
  wholeNumbers,
  type Accumulator,
  type GroupValues,
  type StateColumns,
} from './accumulator.js';
import { grow } from './grow.js';

/** Moments of doubles, or of pairs of them, see `model/moments.ts`. A group without a value has count 0. */
export class MomentsMerge implements Accumulator {
  private readonly kernel: typeof mergeMomentRows;
  private columns: readonly Float64Array[];

  constructor(kind: 'moments' | 'comoments') {
    this.kernel = kind === 'moments' ? mergeMomentRows : mergeComomentRows;
    this.columns = Array.from({ length: kind === 'moments' ? 3 : 6 }, () => new Float64Array(0));
  }

  reserve(groups: number): void {
    this.columns = this.columns.map((column) => grow(column, groups));
  }

  add(inputs: readonly ScanInput[], chunk: Chunk): void {
    this.merge(inputs, chunk);
  }

  states(groups: number): StateColumns {
    return this.columns.map((column) => ({
      kind: 'number',
      values: column.slice(0, groups),
      validity: null,
    }));
  }

  addStates(states: StateColumns, chunk: Chunk): void {
    this.merge(states, chunk);
  }

  values(groups: number): readonly GroupValues[] {
    const [counts] = this.columns;
    return this.columns.map((column) =>
      valuesOf(groups, (group) => (counts[group] === 0 ? null : column[group])),
    );
  }

  /** The slots of a row without a value hold 0. */
  private merge(inputs: readonly (ScanInput | StateInput)[], chunk: Chunk): void {
    const columns = inputs.map((input) => wholeNumbers(input).values);
    this.kernel(this.columns, { columns, rows: chunk.positions(), groups: chunk.groups, count: chunk.count });
  }
}
