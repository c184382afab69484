import type { Filter } from './filter.js';
import type { Granularity, MemberId } from './schema.js';

/**
 * A query after normalisation: members exist, values are parsed, defaults are filled in. Made only by
 * `planner/normalise-query.ts`.
 */
export interface Query {
  readonly measures: readonly MemberId[];
  readonly dimensions: readonly MemberId[];
  readonly segments: readonly MemberId[];
  readonly timeDimensions: readonly QueryTimeDimension[];
  /** On dimensions, before grouping. Null: none. */
  readonly filter: Filter | null;
  /** On measures, after grouping. Null: none. */
  readonly having: Filter | null;
  /** Measures: only the rows that pass the filters of each of them count, drill filters included. */
  readonly countedBy: readonly MemberId[];
  /** Whether rows are asked for one by one, told apart by the primary keys of their cubes. */
  readonly ungrouped: boolean;
  /** Complete: after these keys no two rows are equal. */
  readonly order: readonly OrderKey[];
  readonly limit: number | null;
  readonly offset: number;
  /** IANA name. */
  readonly timezone: string;
  /** Whether the count of all rows before limit and offset is wanted. */
  readonly total: boolean;
}

export interface QueryTimeDimension {
  readonly dimension: MemberId;
  /** Null: only the range counts, the rows are not grouped by it. */
  readonly granularity: Granularity | null;
  /** Null: all time, rows without a time included. */
  readonly range: TimeRange | null;
}

/** Half-open, in milliseconds since the epoch, UTC. */
export interface TimeRange {
  readonly from: number;
  readonly to: number; // exclusive
}

export interface OrderKey {
  /** The name of an output column: `orders.status`, `orders.created_at.day`. */
  readonly column: string;
  readonly descending: boolean;
}
