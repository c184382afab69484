/**
 * A scan as numbers: what the kernels need, on the calling thread or on a worker. Dictionaries, names and types
 * stay behind on the calling thread.
 */
import type {
  DictionaryColumn,
  NarrowColumn,
  NumberColumn,
  SketchColumn,
  WideColumn,
} from '../model/batch.js';

export type Codes = DictionaryColumn['codes'];

/** What all slices of a scan share. */
export interface ScanShape {
  /** For each key, one more than its greatest slot. */
  readonly radices: readonly number[];
  /** How many rows are visited at most, all slices together. */
  readonly rows: number;
  /** Whether each combination of slots has a cell of its own; otherwise they are hashed. */
  readonly dense: boolean;
  /** Whether the slots of the one key are the groups, of which those stay that occur. */
  readonly direct: boolean;
  /** Whether only the kernels in TypeScript run. */
  readonly plain: boolean;
  /** Bytes that groups and their states may take on one thread. */
  readonly roomBytes: number;
  readonly aggregates: readonly AggregateShape[];
}

export interface AggregateShape {
  readonly kind: AggregateKind;
  /** Whether some input may be NULL. */
  readonly nullable: boolean;
  /** Of a union of sketches: the coarsest among them. */
  readonly precision: number;
}

export type AggregateKind =
  | 'sum' // of integers whose sums are safe integers
  | 'wideSum' // of integers of any size, exact
  | 'doubleSum'
  | 'min' // of numbers
  | 'max'
  | 'minValue' // of values of any type, only on the calling thread
  | 'maxValue'
  | 'sketch'
  | 'moments'
  | 'comoments'
  | 'first' // by time; values that are no numbers only on the calling thread
  | 'last';

/** A stretch of rows of one partition. */
export interface ScanSlice {
  readonly from: number;
  readonly to: number; // exclusive
  /** All must pass. */
  readonly filters: readonly CodeFilter[];
  /** Whether it is the whole partition, of which every row passes: then every code of a key occurs. */
  readonly whole: boolean;
  readonly keys: readonly SliceKey[];
  /** For each aggregate, the columns of its states. */
  readonly inputs: readonly (readonly ScanInput[])[];
  /** The same rows in the order of the slots of the one key, where they are laid out so; else null. */
  readonly ordered: OrderedRows | null;
}

/** All rows of a partition, of which sums alone are asked. */
export interface OrderedRows {
  /** The slot of the first row. */
  readonly first: number;
  /** By row, how many slots after that of the row before. */
  readonly steps: Uint8Array;
  /** For each aggregate, the codes of its one input. */
  readonly codes: readonly Codes[];
}

export type CodeFilter =
  | CodeTest
  | { readonly kind: 'and'; readonly filters: readonly CodeFilter[] }
  | { readonly kind: 'or'; readonly filters: readonly CodeFilter[] };

/** A row passes when `table[code]` is 1; entries are 0 or 1. */
export interface CodeTest {
  readonly kind: 'test';
  readonly codes: Codes;
  readonly table: Uint8Array;
}

/** A column to group by; `slots` tells the partition's codes in the numbering that all slices share. */
export interface SliceKey {
  readonly codes: Codes;
  readonly slots: Int32Array;
  /** By row, the slot of its code, where that is laid out; else null. */
  readonly rowSlots: Uint32Array | null;
  /** Whether rows are sorted by it before all others. */
  readonly ascending: boolean;
}

export type ScanInput = NumberInput | SketchInput | DictionaryColumn | WideColumn;

export type NumberInput =
  | Pick<NumberColumn, 'kind' | 'values' | 'validity'>
  | Pick<NarrowColumn, 'kind' | 'codes' | 'base' | 'validity'>;

export type WideInput = Pick<WideColumn, 'kind' | 'values'>;

export type SketchInput = Pick<SketchColumn, 'kind' | 'bytes' | 'offsets'>;

/** A column of states on the way between threads. */
export type StateInput = NumberInput | SketchInput | WideInput;

/** What a worker is asked. Columns are views of shared memory. */
export interface ScanTask {
  readonly shape: ScanShape;
  readonly slices: readonly ScanSlice[];
  /** Shared by tasks of the same slices: the first that none of them has begun. Absent: all are of this task. */
  readonly next?: Int32Array;
}

/** Groups of some slices. */
export interface ScanPart {
  readonly groups: number;
  /** For each key, the slot of each group. */
  readonly slots: readonly Uint32Array[];
  /** For each aggregate, its states in the form that its accumulator merges. */
  readonly states: readonly (readonly StateInput[])[];
}
