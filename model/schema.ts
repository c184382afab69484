/**
 * The data model after loading: every reference resolved, every name checked. A plain frozen tree; nothing here
 * knows about files, SQL dialects or time.
 */
import type { Position } from './errors.js';
import type { MeasureType } from './measure-types.js';
import type { RollingWindow } from './rolling-window.js';
import type { SqlTemplate } from './sql-template.js';

/** `cube.member`: the one way in which a member is named after loading. */
export type MemberId = string;

/** Cubes, each joined by the one before it. */
export type JoinPath = readonly string[];

/** `cube.preAggregation`. */
export type RollupId = string;

export const GRANULARITIES = ['second', 'minute', 'hour', 'day', 'week', 'month', 'quarter', 'year'] as const;
export type Granularity = (typeof GRANULARITIES)[number];

/**
 * Where the buckets of a granularity begin, as wall-clock labels (see civil-time.ts): every `size` milliseconds from
 * `anchor` on, or every `size` months from month `anchor` on (0 is January 1970), `lead` milliseconds into the month.
 * The anchor is that of the bucket which holds 1970-01-01T00:00, so that equal grids have equal fields.
 */
export type Grid =
  | { readonly unit: 'millisecond'; readonly size: number; readonly anchor: number }
  | { readonly unit: 'month'; readonly size: number; readonly anchor: number; readonly lead: number };

/** A granularity that a time dimension defines. It is known by its dimension and name. */
export interface CustomGranularity {
  readonly name: string;
  readonly title: string;
  /** As the user wrote them; of `offset` and `origin` at most one is there. */
  readonly interval: string;
  readonly offset: string | null;
  readonly origin: string | null;
  readonly grid: Grid;
}

/** What a time of one dimension can be cut by. */
export type Grain = Granularity | CustomGranularity;

export const PARTITION_GRANULARITIES = ['hour', 'day', 'week', 'month', 'quarter', 'year'] as const;

export interface DataModel {
  /** In the order of definition. */
  readonly cubes: ReadonlyMap<string, Cube>;
  readonly views: ReadonlyMap<string, View>;
  /** What is allowed and probably not meant, in the order of the files and lines. */
  readonly warnings: readonly ModelWarning[];
  /** `{ cubes: [...] }`, with `views` where there are any, as the user wrote it, all files together: what a patch of `explain` applies to. */
  readonly document: unknown;
}

export type WarningCode =
  | 'key_without_effect' // nothing looks at the key where it stands
  | 'lambda_not_first' // Cube wants it before the other pre-aggregations of its cube
  | 'member_of_other_cube_only' // Cube would ignore the pre-aggregation
  | 'original_sql_external' // original SQL belongs into the data source
  | 'rollup_join_in_one_source' // an ordinary rollup does the same
  | 'update_window_missing'; // only the last partition is refreshed

/** Something in a model that is allowed and probably not meant. */
export interface ModelWarning {
  readonly code: WarningCode;
  readonly message: string;
  readonly position: Position;
  /** `cubes[0].pre_aggregations[1].rollups` */
  readonly path: string;
}

export interface Cube {
  readonly name: string;
  readonly title: string;
  readonly description: string | null;
  /** A key of `sources` in the configuration. */
  readonly dataSource: string;
  readonly table: CubeTable;
  /** The cube whose parts it takes over; they are parts of this one already. */
  readonly extends: string | null;
  readonly joins: readonly Join[];
  readonly dimensions: ReadonlyMap<string, Dimension>;
  readonly measures: ReadonlyMap<string, Measure>;
  readonly segments: ReadonlyMap<string, Segment>;
  readonly hierarchies: readonly Hierarchy[];
  /** In the order of definition, which is the order of matching. */
  readonly preAggregations: readonly PreAggregation[];
  readonly position: Position;
}

export type CubeTable =
  { readonly kind: 'table'; readonly name: string } | { readonly kind: 'query'; readonly sql: SqlTemplate };

export type Relationship = 'one_to_one' | 'one_to_many' | 'many_to_one';

/** A join from the cube that declares it (`from`) to another (`to`). */
export interface Join {
  readonly from: string;
  readonly to: string;
  readonly relationship: Relationship;
  readonly sql: SqlTemplate;
}

/** A way to drill down, from the coarsest level to the finest. */
export interface Hierarchy {
  readonly name: string;
  readonly title: string;
  readonly levels: readonly MemberId[];
}

/** The name of a format, or a description of one, as the user wrote it. */
export type Format = string | Readonly<Record<string, unknown>>;

export type DimensionType = 'string' | 'number' | 'time' | 'boolean';

export interface Dimension {
  readonly id: MemberId;
  readonly cube: string;
  readonly name: string;
  readonly title: string;
  readonly shortTitle: string;
  readonly description: string | null;
  readonly type: DimensionType;
  readonly sql: SqlTemplate;
  readonly primaryKey: boolean;
  /** Whether `sql` is about measures, which are computed for each row of the cube over the rows joined to it. */
  readonly subQuery: boolean;
  readonly format: Format | null;
  /** Of a time, by name, beside the predefined ones. */
  readonly granularities: ReadonlyMap<string, CustomGranularity>;
  /** As the user wrote it; undefined where it is absent. */
  readonly meta: unknown;
  readonly position: Position;
}

export interface Measure {
  readonly id: MemberId;
  readonly cube: string;
  readonly name: string;
  readonly title: string;
  readonly shortTitle: string;
  readonly description: string | null;
  readonly type: MeasureType;
  /** Null only for a `count` without `sql`, which counts rows. */
  readonly sql: SqlTemplate | null;
  /**
   * What `sql` is looked at beside: `sql2` of covariance and correlation; of first and last the time dimension, as the
   * one member of the template.
   */
  readonly second: SqlTemplate | null;
  /** All must hold for a row to enter the measure. */
  readonly filters: readonly SqlTemplate[];
  /** Beside `filters`, what rows must pass when one drills into the measure. */
  readonly drillFilters: readonly SqlTemplate[];
  /** Of a cumulative measure: beside a granularity it shows, for each bucket, the rows of this window. */
  readonly window: RollingWindow | null;
  /** Of `count_distinct_approx`: 2^precision registers, 10 to 16. */
  readonly precision: number;
  readonly format: Format | null;
  readonly meta: unknown;
  readonly drillMembers: readonly MemberId[];
  readonly position: Position;
}

export interface Segment {
  readonly id: MemberId;
  readonly cube: string;
  readonly name: string;
  readonly title: string;
  readonly shortTitle: string;
  readonly description: string | null;
  readonly sql: SqlTemplate;
  readonly meta: unknown;
  readonly position: Position;
}

export type PreAggregationType = 'rollup' | 'original_sql' | 'rollup_join' | 'rollup_lambda' | 'auto_rollup';

export interface PreAggregation {
  readonly id: RollupId;
  readonly cube: string;
  readonly name: string;
  readonly type: PreAggregationType;
  readonly measures: readonly MemberId[];
  readonly dimensions: readonly MemberId[];
  readonly segments: readonly MemberId[];
  readonly timeDimensions: readonly RollupTimeDimension[];
  /** The ways to their cubes that the lists name; all else goes the shortest way. */
  readonly joinPaths: readonly JoinPath[];
  /** Members that are written with the joins that lead to them → `orders.users.city`. */
  readonly writtenPaths: ReadonlyMap<MemberId, string>;
  /** The rollups that it joins or puts together. */
  readonly rollups: readonly RollupId[];
  /**
   * Whether Cube may choose it for a range that cuts through its buckets; null: as the configuration says. That does
   * not reach every rollup: where nothing is written, one in the spelling of 2019 says false.
   */
  readonly allowNonStrictDateRangeMatch: boolean | null;
  readonly partitionGranularity: Granularity | null;
  /** Of a partitioned one: which part of the source's times a build holds. Null where none is written. */
  readonly buildRange: BuildRangeSql | null;
  readonly indexes: readonly IndexDefinition[];
  /** 1 to 100; the higher is tried first under `selection: 'priority'`. */
  readonly priority: number;
  readonly position: Position;
  /** RFC 6901 pointer into `DataModel.document`: `/cubes/0/pre_aggregations/1`. */
  readonly pointer: string;
  /** Whether several cubes may have it by `extends`; then `CUBE` is the one name for all of them. */
  readonly shared: boolean;
  /** The keys under which the user wrote the lists; null where a list is absent. */
  readonly keys: {
    readonly measures: string | null;
    readonly dimensions: string | null;
    readonly segments: string | null;
  };
}

/** Queries for the first and the last time of a build, which are asked at each; null: that side has no bound. */
export interface BuildRangeSql {
  readonly start: SqlTemplate | null;
  readonly end: SqlTemplate | null;
}

export interface RollupTimeDimension {
  readonly dimension: MemberId;
  readonly granularity: Grain;
}

export interface IndexDefinition {
  readonly name: string;
  readonly type: 'regular' | 'aggregate';
  /** Names of the rollup's columns, see `rollupColumns`. */
  readonly columns: readonly string[];
}

/** Members of cubes under names of its own, each with the way to its cube. No view has the name of a cube. */
export interface View {
  readonly name: string;
  readonly title: string;
  readonly description: string | null;
  readonly members: ReadonlyMap<string, ViewMember>;
  readonly position: Position;
}

export interface ViewMember {
  /** `view.member` */
  readonly id: string;
  /** What it stands for. */
  readonly member: MemberId;
  readonly joinPath: JoinPath;
  readonly title: string;
  readonly shortTitle: string;
  readonly description: string | null;
  readonly format: Format | null;
  readonly meta: unknown;
}

/** The column of a dimension, segment or measure in every file of a rollup: `orders__status`. */
export function memberColumn(member: MemberId): string {
  return member.replace('.', '__');
}

/** The column of a time dimension in every file of a rollup: `orders__created_at_day`. */
export function timeColumn(dimension: MemberId, granularity: Grain): string {
  return `${memberColumn(dimension)}_${grainName(granularity)}`;
}

/** What a query and its answer call a time that is cut into buckets: `orders.created_at.day`. */
export function timeName(dimension: MemberId, granularity: Grain): string {
  return `${dimension}.${grainName(granularity)}`;
}

/** Two granularities of one time dimension are the same when their names are. */
export function grainName(granularity: Grain): string {
  return typeof granularity === 'string' ? granularity : granularity.name;
}

/** Of two granularities of one time dimension. */
export function isSameGrain(one: Grain, other: Grain): boolean {
  return grainName(one) === grainName(other);
}

/** The granularity that a name means on a time dimension. */
export function findGrain(
  { granularities }: Pick<Dimension, 'granularities'>,
  name: unknown,
): Grain | undefined {
  return GRANULARITIES.find((known) => known === name) ?? granularities.get(name as string);
}

/** All that a time dimension can be cut by; its own come first. */
export function grainNames({ granularities }: Pick<Dimension, 'granularities'>): string[] {
  return [...granularities.keys(), ...GRANULARITIES];
}

export function cubeOf(member: MemberId): string {
  return member.slice(0, member.indexOf('.'));
}
