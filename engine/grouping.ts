import { assert } from '../model/assert.js';
import type { KeyedSums } from './accumulators/keyed-sums.js';
import type { Chunk } from './chunk.js';
import { DirectGroups } from './direct-groups.js';
import { DenseGroupTable, HashedGroupTable, type GroupTable } from './group-table.js';
import { identity } from './identity.js';
import type { Kernels } from './kernels/kernels.js';
import type { MaskedRows } from './masked-rows.js';
import type { ScanShape, ScanSlice, SliceKey } from './scan-task.js';

/**
 * Numbers the groups of rows: 0, 1, … in the order of their first rows, over all slices of one thread.
 *
 * Ids stay at most 2^52, so that their digits come back exactly. Where the radices multiply to more, the keys fall
 * into stages: each stage numbers the combinations that occur, and its number is the first digit of the next
 * stage's ids.
 *
 *     keys  k0 k1 k2      k3 k4
 *           └ stage 0 ┘ →  └ stage 1 ┘ → group
 */
export class Grouping {
  private readonly radices: readonly number[];
  private readonly stages: readonly Stage[];
  /** The table of the only stage, when it is dense. */
  private readonly dense: DenseGroupTable | null;
  /** The slots of the only key, where they are the groups. */
  private readonly direct: DirectGroups | null;
  /** Without keys: whether any row passed. */
  private any = false;

  constructor(shape: Pick<ScanShape, 'radices' | 'rows' | 'dense' | 'direct'>) {
    this.radices = shape.radices;
    this.direct = shape.direct ? new DirectGroups(shape.radices[0]) : null;
    this.dense = shape.dense && !shape.direct ? denseTable(shape.radices) : null;
    this.stages =
      this.dense === null && this.direct === null
        ? hashedStages(shape.radices, shape.rows)
        : this.dense === null
          ? []
          : [{ table: this.dense, keyFrom: 0, keyTo: shape.radices.length }];
  }

  get count(): number {
    if (this.direct !== null) return this.direct.count;
    if (this.radices.length === 0) return this.any ? 1 : 0;
    return this.stages[this.stages.length - 1].table.count;
  }

  /** Before the chunks of a slice. */
  begin(slice: Pick<ScanSlice, 'whole' | 'keys'>): void {
    this.direct?.begin(slice);
  }

  /** The groups that stay, where all that could occur were counted; null: all that were counted occur. */
  keepOccurring(keyed: KeyedSums | null, kernels: Kernels): Uint32Array | null {
    return this.direct?.keepOccurring(keyed, kernels) ?? null;
  }

  /** Tells that the groups of rows occur whose key's slots are the groups. */
  assignMasked(rows: MaskedRows, key: SliceKey): void {
    assert(this.direct !== null, 'rows are masked where slots are groups');
    this.direct.assignMasked(rows, key);
  }

  /** Tells the groups of a chunk's rows. */
  assign(chunk: Chunk, keys: readonly SliceKey[]): void {
    if (keys.length === 0) {
      this.any ||= chunk.count > 0;
      chunk.oneGroup = 0;
    } else if (this.direct !== null) {
      this.direct.assign(chunk, keys[0]);
    } else if (this.dense !== null && keys.length === 1) {
      this.dense.assignKey(chunk, keys[0]);
    } else {
      assignStages(this.stages, this.radices, chunk, keys);
    }
  }

  /** For each key, the slots of some groups, which ascend. */
  slots(groups = identity(this.count)): Uint32Array[] {
    if (this.direct !== null) return this.direct.slots(groups);
    const slots = this.radices.map(() => new Uint32Array(groups.length));
    // Of each group, what is left of its ids: in the end of a stage, its group in the stage before.
    const numbers = new Float64Array(groups);
    for (let stage = this.stages.length - 1; stage >= 0; stage--) {
      const { table, keyFrom, keyTo } = this.stages[stage];
      for (let group = 0; group < numbers.length; group++) numbers[group] = table.ids[numbers[group]];
      for (let key = keyTo - 1; key >= keyFrom; key--) takeDigits(numbers, this.radices[key], slots[key]);
    }
    return slots;
  }
}

/** The last digit of each number, which the number loses. */
function takeDigits(numbers: Float64Array, radix: number, digits: Uint32Array): void {
  for (let i = 0; i < numbers.length; i++) {
    const rest = Math.floor(numbers[i] / radix);
    digits[i] = numbers[i] - rest * radix;
    numbers[i] = rest;
  }
}

interface Stage {
  readonly table: GroupTable;
  readonly keyFrom: number;
  readonly keyTo: number; // exclusive
}

/** Up to here the floor of id / radix is exact, though the quotient is rounded. */
const IDS_MAX = 2 ** 52;

function denseTable(radices: readonly number[]): DenseGroupTable {
  return new DenseGroupTable(radices.reduce((product, radix) => product * radix, 1));
}

function hashedStages(radices: readonly number[], rows: number): Stage[] {
  const stages: Stage[] = [];
  let keyFrom = 0;
  let ids = 1;
  radices.forEach((radix, key) => {
    if (ids * radix > IDS_MAX && key > keyFrom) {
      stages.push({ table: new HashedGroupTable(), keyFrom, keyTo: key });
      keyFrom = key;
      ids = rows;
    }
    ids *= radix;
    assert(ids <= IDS_MAX, `${rows} rows by ${radix} values of a key`);
  });
  stages.push({ table: new HashedGroupTable(), keyFrom, keyTo: radices.length });
  return stages;
}

function assignStages(
  stages: readonly Stage[],
  radices: readonly number[],
  chunk: Chunk,
  keys: readonly SliceKey[],
): void {
  const { ids, kernels, offset, count } = chunk;
  for (const { table, keyFrom, keyTo } of stages) {
    for (let i = 0; i < count; i++) ids[i] = keyFrom > 0 ? chunk.groups[i] : 0;
    for (let key = keyFrom; key < keyTo; key++) {
      kernels.appendKey(chunk.codesOf(keys[key].codes), keys[key].slots, radices[key], offset, count, ids);
    }
    table.assign(chunk);
  }
}
