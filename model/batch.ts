/**
 * Columns of rows. Stored columns are typed arrays over shared memory, so that workers see them without a copy;
 * a grouped batch is small and holds values.
 */
import type { LogicalType, Value } from './value.js';

/** A partition of one index in memory. Rows are sorted by the index's `sortColumns`. */
export interface StoredBatch {
  readonly rows: number;
  readonly columns: ReadonlyMap<string, StoredColumn>;
  /** Bytes of memory, near enough for a cache's budget. */
  readonly bytes: number;
}

export type StoredColumn = DictionaryColumn | NumberColumn | NarrowColumn | WideColumn | SketchColumn;

/**
 * Codes into the sorted distinct values. Code order is value order; where a row is NULL the code is
 * `values.length` (NULLs last).
 */
export interface DictionaryColumn {
  readonly kind: 'dictionary';
  readonly type: LogicalType;
  readonly codes: Uint8Array | Uint16Array | Uint32Array;
  /** Ascending by `compareValues`, without NULL. */
  readonly values: Dictionary;
  readonly hasNulls: boolean;
}

/** Values by their codes: an array, or what is one only when somebody asks for all of it. */
export interface Dictionary extends Iterable<Value> {
  readonly length: number;
  /** @param code from 0 on; undefined: no value has it */
  at(code: number): Value | undefined;
  forEach(use: (value: Value, code: number) => void): void;
}

/** Numbers that a double holds exactly (integer, decimal) or that are doubles. NULL slots hold 0. */
export interface NumberColumn {
  readonly kind: 'number';
  readonly type: LogicalType;
  readonly values: Float64Array;
  /** 1 where there is a value; null when every row has one. */
  readonly validity: Uint8Array | null;
  /** Σ|x|: while a sum of these bounds is a safe integer, sums in doubles are exact. */
  readonly absSum: number;
}

/**
 * Integers and decimals of a narrow range, as what they are above the least of them: a value is `base` + its code.
 * NULL slots hold the code of 0. Only what is merged by sum, min or max is held so.
 */
export interface NarrowColumn {
  readonly kind: 'narrow';
  readonly type: LogicalType;
  readonly base: number;
  readonly codes: Uint8Array | Uint16Array | Uint32Array;
  /** As a `NumberColumn`'s. */
  readonly validity: Uint8Array | null;
  readonly absSum: number;
}

/** Integers and decimals beyond a double: exact, slow, never sent to a worker. */
export interface WideColumn {
  readonly kind: 'wide';
  readonly type: LogicalType;
  readonly values: readonly (bigint | null)[];
}

/** Sketches in Airlift's bytes, one after the other. */
export interface SketchColumn {
  readonly kind: 'sketch';
  readonly type: LogicalType;
  readonly bytes: Uint8Array;
  /** rows + 1 offsets into `bytes`; an empty stretch is NULL. */
  readonly offsets: Uint32Array;
}

/** Groups with the states of their measures: what a scan or a source gives, before finishing. */
export interface GroupedBatch {
  readonly rows: number;
  readonly columns: readonly GroupedColumn[];
}

export interface GroupedColumn {
  readonly name: string;
  readonly type: LogicalType;
  /** Nothing told the type: there is no value. */
  readonly guessed?: true;
  /** Airlift bytes where the type is a sketch. */
  readonly values: readonly (Value | Uint8Array)[];
  /** The same values, where all are numbers or NULL. Of `numbers` and `coded` at most one is there. */
  readonly numbers?: GroupedNumbers;
  /** The same values, where they are codes into a dictionary. */
  readonly coded?: GroupedCodes;
}

export interface GroupedNumbers {
  readonly values: Float64Array;
  /** 1 where there is a value; null when every group has one. */
  readonly validity: Uint8Array | null;
}

export interface GroupedCodes {
  readonly codes: Uint32Array;
  /** In no order; NULL may be among them. */
  readonly dictionary: readonly Value[];
}
