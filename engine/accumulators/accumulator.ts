import { assert } from '../../model/assert.js';
import type { GroupedNumbers } from '../../model/batch.js';
import type { Value } from '../../model/value.js';
import type { Chunk } from '../chunk.js';
import type { Kernels } from '../kernels/kernels.js';
import type { MaskedRows } from '../masked-rows.js';
import type { KeyedSums } from './keyed-sums.js';
import type { Codes, NumberInput, OrderedRows, ScanInput, SliceKey, StateInput } from '../scan-task.js';

/** The states of one aggregate, one for each group. */
export interface Accumulator {
  /** Makes room for groups below `groups`; before `add` meets them. */
  reserve(groups: number): void;
  /** Merges the chunk's rows of one partition's columns, which hold a state together, into the states of their groups. */
  add(inputs: readonly ScanInput[], chunk: Chunk): void;
  /** The same of masked rows; of sums of integers. */
  addMasked?(inputs: readonly ScanInput[], rows: MaskedRows, key: SliceKey): void;
  /**
   * Adds all rows of a partition, in the order of the slots of the key; of sums of integers.
   *
   * @param codes of the input, in that order
   */
  addOrdered?(
    inputs: readonly ScanInput[],
    rows: OrderedRows,
    codes: Codes,
    key: SliceKey,
    kernels: Kernels,
  ): void;
  /** By slot of a key, the sums of rows that were added by it; one that is not 0 has rows. */
  readonly keyedSums?: KeyedSums | null;
  /** Makes the states of these groups, which ascend, those of the groups from 0 on; of what `isCompact`. */
  keepGroups?(groups: Uint32Array): void;
  /** The states of the first `groups` groups, as numbers. */
  states(groups: number): StateColumns;
  /** Merges what `states` gave on another thread: the chunk's rows are its groups. */
  addStates(states: StateColumns, chunk: Chunk): void;
  /** For each column of a state, its values of the first `groups` groups; null where no value entered. */
  values(groups: number): readonly GroupValues[];
  /** What `values` gives, where all of it is numbers or NULL; in arrays of their own. */
  numbers?(groups: number): readonly GroupedNumbers[];
  /** What `numbers` gives of all groups, where it stands; of what `isCompact`. */
  numbersInPlace?(): readonly GroupedNumbers[];
}

export type GroupValues = readonly (Value | Uint8Array)[];

export type StateColumns = readonly StateInput[];

/** The input of an aggregate over numbers. */
export function numberInput(input: ScanInput | StateInput | undefined): NumberInput {
  assert(input?.kind === 'number' || input?.kind === 'narrow', 'numbers are aggregated');
  return input;
}

/** The same where numbers are never held narrow. */
export function wholeNumbers(
  input: ScanInput | StateInput | undefined,
): Extract<NumberInput, { kind: 'number' }> {
  assert(input?.kind === 'number', 'numbers are aggregated');
  return input;
}

/** The value of each group below `groups`. */
export function valuesOf(groups: number, valueOf: (group: number) => Value): Value[] {
  const values: Value[] = [];
  for (let group = 0; group < groups; group++) values.push(valueOf(group));
  return values;
}
