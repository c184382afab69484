/** Where rows come from. The rest of the house knows a source only through this interface. */
import type { GroupedBatch } from '../model/batch.js';
import type { IndexMeta } from '../model/catalog.js';
import type { BuildColumn, Statement } from '../model/plan.js';
import type { TimeRange } from '../model/query.js';
import type { LogicalType } from '../model/value.js';

export interface Source {
  /**
   * All rows of a statement, NULL as null, times in milliseconds, sketches as Airlift bytes.
   * @throws StoreError `source_failed`, `value_out_of_range`, `aborted`
   */
  query(statement: Statement, signal?: AbortSignal): Promise<GroupedBatch>;
  /** Types of a statement's columns by name, without running it. */
  typesOf(statement: Statement): Promise<ReadonlyMap<string, LogicalType>>;
  /** Runs a statement and keeps its rows at hand, so that several files can be written from one pass. */
  stage(statement: Statement, signal?: AbortSignal): Promise<StagedRows>;
  close(): Promise<void>;
}

export interface StagedRows {
  /** Of all parts. */
  readonly rows: number;
  /** Ask for a part when all of the one before is written: it takes its place. */
  part(times: StagedTimes | null): Promise<StagedPart>;
  drop(): Promise<void>;
}

/** The rows whose time, in a column of the statement, lies in [from, to); null: all rows. */
export interface StagedTimes extends TimeRange {
  readonly column: string;
}

export interface StagedPart {
  readonly rows: number;
  /**
   * Writes the rows of one index as Parquet: sorted by the index, merged where it aggregates. Neither fsynced nor
   * checked.
   * @param path absolute, in a staging folder
   * @returns rows in the file
   * @throws StoreError `source_failed`, `disk_full`, `aborted`
   */
  writeIndex(path: string, index: IndexMeta, columns: readonly BuildColumn[]): Promise<number>;
}

/** What a source needs of sketches; the engine has it, and sources do not know the engine. */
export interface SketchFunctions {
  /** The stored bytes of the sketch of 64-bit integers, each as its low and its high half. */
  readonly sketchOfIntegers: (words: Int32Array, precision: number) => Uint8Array;
  /** The same of doubles, as their bits. */
  readonly sketchOfDoubles: (words: Int32Array, precision: number) => Uint8Array;
  /** The entry of a string in UTF-8, which lies from `start` to `end` (exclusive). */
  readonly entryOfBytes: (bytes: Uint8Array, start: number, end: number) => number;
  /** The stored bytes of the sketch of these entries, which are left in another order. */
  readonly sketchOfEntries: (entries: Uint32Array, precision: number) => Uint8Array;
  readonly create: (precision: number) => SketchAccumulator;
}

export interface SketchAccumulator {
  mergeBytes(bytes: Uint8Array, start: number, end: number): void;
  toBytes(): Uint8Array;
}
