/** What a rollup of the model holds: its columns, its indexes, and the request that builds it. */
import { StoreError } from '../model/errors.js';
import { sourceSelect } from './sql/source-select.js';
import type { SqlSelect } from './sql/sql-tree.js';
import { mergeOperation } from '../model/aggregates.js';
import type { MeasureState } from '../model/aggregates.js';
import type { ColumnRole, IndexMeta } from '../model/catalog.js';
import type { BuildColumn, JoinTree, SourceKey, SourceRequest } from '../model/plan.js';
import { cubeOf, grainName, memberColumn, timeColumn } from '../model/schema.js';
import type {
  Cube,
  DataModel,
  Grain,
  Granularity,
  MemberId,
  PreAggregation,
  RollupTimeDimension,
} from '../model/schema.js';
import { deepClosure, joinTree, multipliedCubes, templatesOf } from './join-tree.js';
import { finishMeasure, measureOf, statesOf } from './leaf-states.js';
import { dimensionOf } from './output-columns.js';
import { subQueriesOf } from './sub-query.js';

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
    ranges: [],
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
    states: new Map(states.map((state) => [state.column, state])),
    dimensions: new Set(dimensions),
    segments: new Set(segments),
    times: storedTimes(timeDimensions),
    partitionDimension: preAggregation.partitionGranularity === null ? null : timeDimensions[0].dimension,
    request,
    definition: definitionText(model, members, tree, request, indexes, preAggregation.partitionGranularity),
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
    ...states.map(({ column, kind, measure }) => ({
      name: column,
      role: { kind: 'measure' as const, merge: mergeOperation(kind) },
      precision: kind === 'sketch' ? measure.precision : null,
    })),
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

function definitionText(
  model: DataModel,
  members: readonly MemberId[],
  tree: JoinTree,
  request: SourceRequest,
  indexes: readonly IndexMeta[],
  partitionGranularity: Granularity | null,
): string {
  const trees = [tree, ...subQueriesOf(model, members).map((subQuery) => subQuery.request.tree)];
  const cubes = tableCubes(model, trees).map((name) => {
    const { table } = model.cubes.get(name) as Cube;
    return [name, table.kind === 'table' ? table.name : table.sql.parts];
  });
  const sql = [...deepClosure(model, members)].map((member) => [
    member,
    memberType(model, member),
    templatesOf(model, member).map((template) => template.parts),
  ]);
  const joins = [...new Set(trees.flatMap((each) => each.joins))].map((join) => [
    join.from,
    join.to,
    join.relationship,
    join.sql.parts,
  ]);
  const keys = request.keys.map(keyDefinition);
  const states = request.states.map((state) => [state.column, state.kind, state.measure.precision]);
  const select = builtSelect(model, request);
  const plan = { cubes, joins, sql, keys, states, select, indexes, partitionGranularity };
  return JSON.stringify({ dataSource: request.dataSource, ...plan }, byGrid);
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

/** The cubes of the trees, and those whose rows their SQL reads. */
function tableCubes(model: DataModel, trees: readonly JoinTree[]): string[] {
  const cubes = new Set(trees.flatMap(({ root, joins }) => [root, ...joins.map((join) => join.to)]));
  for (const name of cubes) {
    const { table } = model.cubes.get(name) as Cube;
    for (const part of table.kind === 'query' ? table.sql.parts : []) {
      if (part.kind === 'table') cubes.add(part.cube);
    }
  }
  return [...cubes];
}

/** A granularity of the user's own may change its buckets and keep its name. */
function keyDefinition({ column, granularity }: SourceKey): unknown {
  return granularity === null || typeof granularity === 'string' ? column : [column, granularity.grid];
}

function memberType(model: DataModel, member: MemberId): string {
  const cube = model.cubes.get(cubeOf(member)) as Cube;
  const name = member.slice(cube.name.length + 1);
  return cube.measures.get(name)?.type ?? cube.dimensions.get(name)?.type ?? 'segment';
}
