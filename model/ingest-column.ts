import type { Grain } from './schema.js';
import type { LogicalType } from './value.js';

/** A column of rows that are given to a rollup instead of asked of its source. */
export interface IngestColumn {
  /** In the rollup's files. */
  readonly column: string;
  /** By which rows may call it: the column first, then the member. */
  readonly names: readonly string[];
  readonly takes: IngestKind;
  /** As the rollup holds it; null: nothing tells. */
  readonly type: LogicalType | null;
  /** Whether NULL is no value of it: of a count. */
  readonly required: boolean;
  /** Of a stored time: its values are starts of these buckets. */
  readonly grain: Grain | null;
  /** Of a sketch. */
  readonly precision: number | null;
}

/** `any`: a value of whatever type the rollup's source has, but no sketch. */
export type IngestKind = 'string' | 'number' | 'integer' | 'boolean' | 'time' | 'sketch' | 'any';
