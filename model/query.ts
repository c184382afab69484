import type { Filter } from './filter.js';
import type { Grain, JoinPath, MemberId } from './schema.js';

/**
 * A query after normalisation: members exist, values are parsed, defaults are filled in. Made only by
 * `planner/normalise-query.ts`. Members are those of cubes; what they were called is in `asked` and `order` alone.
 */
export interface Query {
  readonly measures: readonly MemberId[];
  readonly dimensions: readonly MemberId[];
  readonly segments: readonly MemberId[];
  readonly timeDimensions: readonly QueryTimeDimension[];
  /** What the answer shows: dimensions, times with their granularity, measures; then segments. No name twice. */
  readonly asked: readonly AskedName[];
  /** The ways on which views reach the cubes of their members. */
  readonly joinPaths: readonly JoinPath[];
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

export interface AskedName {
  readonly kind: 'dimension' | 'time' | 'measure' | 'segment';
  readonly member: MemberId;
  /** Of the cube's member or of the view's, as the query says it. */
  readonly name: string;
  /** The name; of a time, with its granularity. */
  readonly column: string;
  /** Of a time; null for every other kind. */
  readonly granularity: Grain | null;
}

export interface QueryTimeDimension {
  readonly dimension: MemberId;
  /** Null: only the range counts, the rows are not grouped by it. */
  readonly granularity: Grain | null;
  /** Null: all time, rows without a time included. */
  readonly range: TimeSpan | null;
}

/** Half-open, in milliseconds since the epoch, UTC. */
export interface TimeRange {
  readonly from: number;
  readonly to: number; // exclusive
}

/** Times of one dimension: the range, whose ends may be infinite, and rows without a time where it says so. */
export interface TimeSpan extends TimeRange {
  readonly orNull: boolean;
}

export interface OrderKey {
  /** The name of an output column: `orders.status`, `orders.created_at.day`. */
  readonly column: string;
  readonly descending: boolean;
}
