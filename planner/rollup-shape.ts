/** What a rollup of the model holds: its columns, its indexes, and the request that builds it. */
import { canBuildFrom } from '../model/civil-time.js';
import { mergeOperation, stateName } from '../model/aggregates.js';
import type { MeasureState } from '../model/aggregates.js';
import type { ColumnRole, IndexMeta } from '../model/catalog.js';
import { StoreError } from '../model/errors.js';
import { ALL_ROWS } from '../model/cover.js';
import type { BuildColumn, JoinTree, SourceKey, SourceRequest } from '../model/plan.js';
import { grainName, memberColumn, timeColumn } from '../model/schema.js';
import type {
  Cube,
  DataModel,
  Grain,
  Granularity,
  MemberId,
  PreAggregation,
  RollupTimeDimension,
} from '../model/schema.js';
import { joinTree, multipliedCubes } from './join-tree.js';
import { finishMeasure, measureOf, statesOf } from './leaf-states.js';
import { dimensionOf } from './output-columns.js';
import { sourceSelect } from './sql/source-select.js';
import type { SqlSelect } from './sql/sql-tree.js';

export interface RollupShape {
  readonly preAggregation: PreAggregation;
  readonly tree: JoinTree;
  readonly multiplied: ReadonlySet<string>;
  readonly columns: readonly BuildColumn[];
  /** The default index first. */
  readonly indexes: readonly IndexMeta[];
  readonly states: ReadonlyMap<string, MeasureState>;
  readonly dimensions: ReadonlySet<MemberId>;
  readonly segments: ReadonlySet<MemberId>;
  /** With the granularities that are stored of each, in the order of definition. */
  readonly times: ReadonlyMap<MemberId, readonly Grain[]>;
  /** The time dimension that partitions, and prunes. */
  readonly partitionDimension: MemberId | null;
  /** Builds the whole rollup; a partition adds its range. */
  readonly request: SourceRequest;
  /** Text that changes whenever the content or the files would. */
  readonly definition: string;
}

/** Null for a pre-aggregation that is not a plain rollup. */
export function rollupShape(model: DataModel, preAggregation: PreAggregation): RollupShape | null {
  if (preAggregation.type !== 'rollup') return null;
  const { dimensions, segments, timeDimensions } = preAggregation;
  const members = [
    ...preAggregation.measures,
    ...dimensions,
    ...segments,
    ...timeDimensions.map((time) => time.dimension),
  ];
  const tree = joinTree(model, members, preAggregation.joinPaths);
  const finish = preAggregation.measures.map((id) => finishMeasure(model, measureOf(model, id)));
  const states = statesOf(finish);
  const keys = rollupKeys(model, preAggregation);
  const request: SourceRequest = {
    dataSource: (model.cubes.get(tree.root) as Cube).dataSource,
    tree,
    keys,
    states,
    segments: [],
    filter: null,
    countedBy: [],
    boxes: ALL_ROWS,
    page: null,
    timezone: 'UTC',
    filterParams: 'push-down',
  };
  const indexes = rollupIndexes(preAggregation, keys);
  return {
    preAggregation,
    tree,
    multiplied: multipliedCubes(tree),
    columns: rollupColumns(keys, states),
    indexes,
    states: new Map(states.map((state) => [stateName(state), state])),
    dimensions: new Set(dimensions),
    segments: new Set(segments),
    times: storedTimes(timeDimensions),
    partitionDimension: preAggregation.partitionGranularity === null ? null : timeDimensions[0].dimension,
    request,
    definition: definitionText(model, request, indexes, preAggregation.partitionGranularity),
  };
}

function storedTimes(times: readonly RollupTimeDimension[]): ReadonlyMap<MemberId, readonly Grain[]> {
  const stored = new Map<MemberId, Grain[]>();
  for (const { dimension, granularity } of times) {
    const others = stored.get(dimension);
    if (others === undefined) stored.set(dimension, [granularity]);
    else others.push(granularity);
  }
  return stored;
}

function rollupKeys(model: DataModel, preAggregation: PreAggregation): SourceKey[] {
  const key = (member: MemberId, kind: 'dimension' | 'segment', time: boolean): SourceKey => ({
    column: memberColumn(member),
    member,
    kind,
    time,
    granularity: null,
    timezone: 'UTC',
  });
  return [
    ...preAggregation.dimensions.map((id) => key(id, 'dimension', dimensionOf(model, id).type === 'time')),
    ...preAggregation.segments.map((id) => key(id, 'segment', false)),
    ...preAggregation.timeDimensions.map(({ dimension, granularity }): SourceKey => ({
      column: timeColumn(dimension, granularity),
      member: dimension,
      kind: 'bucket',
      time: true,
      granularity,
      timezone: 'UTC',
    })),
  ];
}

function rollupColumns(keys: readonly SourceKey[], states: readonly MeasureState[]): BuildColumn[] {
  return [
    ...keys.map((key) => ({ name: key.column, role: keyRole(key), precision: null })),
    ...states.flatMap(({ columns, kind, measure }) =>
      columns.map((name) => ({
        name,
        role: { kind: 'measure' as const, merge: mergeOperation(kind) },
        precision: kind === 'sketch' ? measure.precision : null,
        ...(columns.length === 1 ? {} : { state: columns }),
      })),
    ),
  ];
}

function keyRole({ kind, granularity }: SourceKey): ColumnRole {
  if (granularity !== null) return { kind: 'time', granularity: grainName(granularity) };
  return { kind: kind === 'segment' ? 'segment' : 'dimension' };
}

/** Rows are sorted by the listed columns, then by the other keys: dimensions first, time last. */
function rollupIndexes(preAggregation: PreAggregation, keys: readonly SourceKey[]): IndexMeta[] {
  const columns = keys.map((key) => key.column);
  const named = preAggregation.indexes.map((index): IndexMeta => {
    const rest =
      index.type === 'aggregate' ? [] : columns.filter((column) => !index.columns.includes(column));
    return {
      name: index.name,
      type: index.type,
      sortColumns: [...index.columns, ...rest],
      listed: index.columns.length,
    };
  });
  return [{ name: null, type: 'regular', sortColumns: columns, listed: columns.length }, ...named];
}

/** Hashes the SQL itself, so that nothing that a build reads can be forgotten here. */
function definitionText(
  model: DataModel,
  request: SourceRequest,
  indexes: readonly IndexMeta[],
  partitionGranularity: Granularity | null,
): string {
  const { dataSource } = request;
  const keys = request.keys.map(({ column, kind, granularity }) => ({ column, kind, granularity }));
  const states = request.states.map((state) => [stateName(state), state.kind, state.measure.precision]);
  const select = builtSelect(model, request);
  return JSON.stringify({ dataSource, keys, states, select, indexes, partitionGranularity }, byGrid);
}

/** Of a granularity of the user's own its buckets count, not how they are written. */
function byGrid(key: string, value: unknown): unknown {
  return key === 'granularity' && typeof value === 'object' && value !== null && 'grid' in value
    ? value.grid
    : value;
}

/** The very SQL that builds the rollup, with all that joins and keys are made of; null where no SQL can. */
function builtSelect(model: DataModel, request: SourceRequest): SqlSelect | null {
  try {
    return sourceSelect(model, request, new Map());
  } catch (error) {
    if (error instanceof StoreError && error.code === 'query_invalid') return null;
    throw error;
  }
}

/** The columns whose buckets lie in one partition each. A rollup without them has one partition. */
export function partitioningColumns({
  partitionDimension,
  times,
  preAggregation,
}: RollupShape): readonly string[] {
  const { partitionGranularity } = preAggregation;
  if (partitionDimension === null || partitionGranularity === null) return [];
  return (times.get(partitionDimension) ?? [])
    .filter((grain) => canBuildFrom(grain, partitionGranularity))
    .map((grain) => timeColumn(partitionDimension, grain));
}
