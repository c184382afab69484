/** What the planner decided: plain data that can be printed, compared and posted to a worker. */
import type { LeafValue, MeasureState, MergeOperation } from './aggregates.js';
import type { BuildRange, IndexMeta, PartitionMeta, RollupColumn, RollupMeta } from './catalog.js';
import type { Box, Cover, Refusal } from './cover.js';
import type { Expression } from './expression.js';
import type { Filter } from './filter.js';
import type { OrderKey, Query, TimeRange } from './query.js';
import type { ReasonCode, RuleName } from './reason-code.js';
import type { AnsweredBuckets, WindowSeries } from './window-series.js';
import type {
  Dimension,
  Grain,
  Granularity,
  Join,
  Measure,
  MemberId,
  PreAggregationType,
  RollupId,
} from './schema.js';
import type { SketchDomain } from './sketch-domain.js';

export type Mode = 'direct' | 'rollup' | 'hybrid' | 'source';

export interface QueryPlan {
  readonly query: Query;
  readonly mode: Mode;
  /** The rollup of the largest piece. */
  readonly selected: RollupId | null;
  /** One or more; no row of the source counts in two of them. */
  readonly pieces: readonly Piece[];
  /** That every row which is asked for counts, and counts once: a proof for each part of the query. */
  readonly covers: readonly Cover[];
  /** Null: the caller's policy allows all pieces. */
  readonly refusal: Refusal | null;
  /** How the groups of several pieces become one batch; null for one piece. */
  readonly merge: ScanPlan | null;
  /** Buckets that have a row in the answer whether or not a piece has one. */
  readonly buckets: AnsweredBuckets | null;
  readonly output: readonly OutputColumn[];
  readonly finish: FinishPlan;
}

export type Piece = RollupPiece | SourcePiece;

/** Rows from one index of one rollup. */
export interface RollupPiece {
  readonly kind: 'rollup';
  readonly rollup: RollupMeta;
  /** Position in `rollup.indexes`, and in `files` of every partition. */
  readonly index: number;
  readonly partitions: readonly PartitionMeta[];
  readonly partitionsTotal: number;
  readonly boxes: readonly Box[];
  readonly scan: ScanPlan;
  /** The groups of the scan, by the stored times in the column `time`, count in windows. */
  readonly roll?: { readonly series: WindowSeries; readonly time: string };
}

export interface ScanPlan {
  readonly keys: readonly ScanKey[];
  /** Members are the names of the index's columns. Null: every row. */
  readonly filter: Filter | null;
  readonly aggregates: readonly ScanAggregate[];
}

/** A column to group by. */
export interface ScanKey {
  readonly column: string;
  /** Name in the grouped batch. */
  readonly output: string;
  /** Of a time; null for every other type. */
  readonly bucket: TimeBucket | null;
}

/** What a time's wall clock shows in a zone; with a granularity, the start of the bucket that holds it. */
export interface TimeBucket {
  readonly granularity: Grain | null;
  readonly timezone: string;
}

export interface ScanAggregate {
  /** Of one state, in the order of its kind's parts. */
  readonly columns: readonly string[];
  readonly operation: MergeOperation;
  /** What a group without any row gives: 0 for counts, NULL for all else. */
  readonly emptyValue: 0 | null;
}

/** Grouped rows from the source. */
export interface SourcePiece {
  readonly kind: 'source';
  readonly boxes: readonly Box[];
  readonly request: SourceRequest;
}

/** What is asked of a source, before it is SQL: keys, states and the rows that count. */
export interface SourceRequest {
  readonly dataSource: string;
  /** The joined table whose rows count; it holds the cubes of every member below. */
  readonly tree: JoinTree;
  readonly keys: readonly SourceKey[];
  readonly states: readonly MeasureState[];
  readonly segments: readonly MemberId[];
  readonly filter: Filter | null;
  /** Measures whose own filters rows must pass. */
  readonly countedBy: readonly MemberId[];
  /** The rows that lie in one of these boxes, which are disjoint. */
  readonly boxes: readonly Box[];
  /** Each row counts in every window that holds its time, and in none as itself. */
  readonly windows?: WindowSeries;
  /** Null: the source neither orders nor cuts. */
  readonly page: SourcePage | null;
  /** On whose clock SQL of the model shows times, where it asks for local time. */
  readonly timezone: string;
  /**
   * Which FILTER_PARAMS stand for the filters and ranges above: all, or only those that do early what the filters do
   * anyway, so that a rollup holds the rows of every query.
   */
  readonly filterParams: 'all' | 'push-down';
}

/** LEFT JOINs from `root`, each declared by a cube that is already there. */
export interface JoinTree {
  readonly root: string;
  readonly joins: readonly Join[];
}

export interface SourcePage {
  /** By names of columns; NULLs last in both directions. */
  readonly order: readonly OrderKey[];
  readonly limit: number | null;
  readonly offset: number;
}

/** A column to group by: a dimension, the start of a time's bucket or of a window's as a local label, or a segment's truth. */
export interface SourceKey {
  readonly column: string;
  readonly member: MemberId;
  readonly kind: 'dimension' | 'segment' | 'bucket' | 'window';
  /** Whether the values are times. */
  readonly time: boolean;
  /** Of a bucket. */
  readonly granularity: Grain | null;
  /** In which times are labelled; rollups are built in UTC. */
  readonly timezone: string;
}

/** SQL for a source: values only in `params`, names only from the model. */
export interface Statement {
  readonly text: string;
  readonly params: readonly SqlParam[];
}

/** A parameter with its SQL type: numbers travel as text, so that no digit is lost. */
export type SqlParam =
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'boolean'; readonly value: boolean }
  /** Milliseconds since the epoch. */
  | { readonly type: 'time'; readonly value: number };

/** How grouped states become the rows of the answer. */
export interface FinishPlan {
  readonly measures: readonly FinishMeasure[];
  readonly having: Filter | null;
  /** Empty when the one piece came ordered and cut. */
  readonly order: readonly OrderKey[];
  readonly limit: number | null;
  readonly offset: number;
  readonly total: boolean;
}

export interface FinishMeasure {
  readonly measure: Measure;
  readonly value:
    | LeafValue
    /** Real arithmetic over finished leaf measures. */
    | {
        readonly kind: 'expression';
        readonly expression: Expression;
        readonly leaves: readonly LeafValue[];
      };
}

/** One column of the answer, in order: dimensions, time dimensions, measures. */
export type OutputColumn =
  | {
      readonly kind: 'dimension';
      readonly name: string;
      readonly column: string;
      readonly dimension: Dimension;
    }
  | {
      readonly kind: 'time';
      /** `orders.created_at.day` */
      readonly name: string;
      readonly column: string;
      readonly dimension: Dimension;
      readonly granularity: Grain;
    }
  | { readonly kind: 'measure'; readonly name: string; readonly column: string; readonly measure: Measure };

/** Why a rollup cannot answer, and what would change that. */
export interface Reason {
  readonly code: ReasonCode;
  readonly message: string;
  readonly member?: MemberId;
  /** Takes away this reason and no other. */
  readonly fix?: Fix;
}

/** A change of the model after which, built, a rollup answers the query; without a patch: a build alone. */
export interface Fix {
  readonly text: string;
  /** RFC 6902, on the model as JSON (`{ cubes: [...] }`). */
  readonly patch: readonly PatchOperation[];
  /** Null where it is not known, and for a build alone. */
  readonly estimate: FixEstimate | null;
}

export interface FixEstimate {
  /** Rows of the changed or new rollup. */
  readonly rows: number;
  /** `rows` as a multiple of the rows of the rollup as it is; of a new one, of the source's. */
  readonly factor: number;
}

export interface PatchOperation {
  readonly op: 'add' | 'replace' | 'remove';
  readonly path: string;
  readonly value?: unknown;
}

/** The verdict on one rollup of the model. */
export interface Candidate {
  readonly id: RollupId;
  readonly type: PreAggregationType;
  readonly matched: boolean;
  /** It does not match, but a piece of the plan comes from it: the whole buckets within the asked range. */
  readonly partly?: true;
  /** In the order in which they are asked; execution stops at the first that fails. */
  readonly checks: readonly Check[];
  /** Those of all checks. */
  readonly reasons: readonly Reason[];
  /** Rows to scan, by the catalog; null where it did not match. */
  readonly rows: number | null;
  /** The smallest change that takes all reasons away; null where it matched, and where there is none. */
  readonly fix: Fix | null;
  /** Why there is no fix, and what else could help. */
  readonly help: string | null;
}

export interface Check {
  readonly rule: RuleName;
  readonly passed: boolean;
  readonly reasons: readonly Reason[];
}

/** What has to be built for one rollup: partitions newest first. */
export interface BuildTask {
  readonly rollup: RollupId;
  readonly dataSource: string;
  readonly columns: readonly BuildColumn[];
  readonly indexes: readonly IndexMeta[];
  readonly partitionGranularity: Granularity | null;
  readonly sourceRange: TimeRange | null;
  readonly sourceHasNullTimes: boolean;
  readonly buildRange: BuildRange | null;
  /**
   * A stored time whose buckets lie in one partition each: by it the rows of one statement are told apart. Null: each
   * partition has a statement of its own.
   */
  readonly partitionColumn: string | null;
  readonly partitions: readonly BuildPartition[];
  /** Partitions that stay as they are. */
  readonly kept: readonly PartitionMeta[];
}

export interface BuildColumn extends RollupColumn {
  /** Of a sketch. */
  readonly precision: number | null;
  readonly domain?: SketchDomain | undefined;
  /** Of a state of several columns, which are merged together: all of them in order. */
  readonly state?: readonly string[];
}

export interface BuildPartition {
  readonly key: string;
  readonly range: TimeRange | null;
  readonly request: SourceRequest;
}
