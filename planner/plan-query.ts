/** The story of a query: normalise, match, choose, prune, finish. Pure: same input, same plan. */
import { mergeOperation } from '../model/aggregates.js';
import { assert } from '../model/assert.js';
import type { CatalogSnapshot, RollupMeta } from '../model/catalog.js';
import { andFilters, filterMembers } from '../model/filter.js';
import type { Filter } from '../model/filter.js';
import type { FinishPlan, Mode, QueryPlan, RollupPiece, ScanPlan, SourcePiece } from '../model/plan.js';
import type { Query } from '../model/query.js';
import { memberColumn, timeColumn } from '../model/schema.js';
import type { Cube, DataModel, Granularity } from '../model/schema.js';
import { chooseIndex, pinnedColumns } from './choose-index.js';
import { joinTree, multipliedCubes } from './join-tree.js';
import { finishMeasure, measureOf, statesOf } from './leaf-states.js';
import { canMerge } from './match-measures.js';
import { matchRollup } from './match-rollup.js';
import type { QueryShape, RollupCandidate } from './match-rollup.js';
import { normaliseQuery } from './normalise-query.js';
import { dimensionOf, outputColumns } from './output-columns.js';
import { askedRange, prunePartitions, skipByStatistics } from './prune-partitions.js';
import { requirePrimaryKeys } from './require-primary-keys.js';
import { requireTestsFit } from './require-tests-fit.js';
import { queryMembers } from './query-members.js';
import { rollupShape } from './rollup-shape.js';
import type { RollupShape } from './rollup-shape.js';
import { storedQuery } from './stored-query.js';

/** A model with its rollups in the order of matching, each with the hash of its definition. */
export interface PreparedModel {
  readonly model: DataModel;
  readonly rollups: readonly Omit<RollupCandidate, 'meta'>[];
}

export interface PlanOptions {
  /** What relative date ranges are counted from: milliseconds since the epoch. */
  readonly now: number;
  /** False: read every partition and filter every row, as a check on pruning. */
  readonly pruning?: boolean;
}

/** @param hash a stable hash of a text, in a form that may stand in a file */
export function prepareModel(model: DataModel, hash: (text: string) => string): PreparedModel {
  const rollups = [...model.cubes.values()].flatMap((cube) =>
    cube.preAggregations.map((preAggregation) => {
      const shape = rollupShape(model, preAggregation);
      return { preAggregation, shape, definition: shape === null ? '' : hash(shape.definition) };
    }),
  );
  return { model, rollups };
}

/**
 * @param input a Cube REST query
 * @throws StoreError `query_invalid`
 */
export function planQuery(
  prepared: PreparedModel,
  catalog: CatalogSnapshot,
  input: unknown,
  options: PlanOptions,
): QueryPlan {
  const shape = queryShape(prepared.model, normaliseQuery(prepared.model, input, options.now));
  for (const rollup of prepared.rollups) {
    const candidate = { ...rollup, meta: catalog.rollups.get(rollup.preAggregation.id) ?? null };
    if (candidate.shape === null || candidate.meta === null) continue;
    if (matchRollup(prepared.model, shape, candidate).matched) {
      return rollupPlan(prepared.model, shape, candidate.shape, candidate.meta, options);
    }
  }
  return sourcePlan(prepared.model, shape);
}

export function queryShape(model: DataModel, query: Query): QueryShape {
  const filtering = query.having === null ? [] : [...filterMembers(query.having)];
  const measures = [...new Set([...query.measures, ...filtering])];
  const tree = joinTree(model, queryMembers(model, query));
  if (query.ungrouped) requirePrimaryKeys(model, query, tree);
  return {
    query,
    tree,
    multiplied: multipliedCubes(tree),
    dataSource: (model.cubes.get(tree.root) as Cube).dataSource,
    finish: measures.map((id) => finishMeasure(model, measureOf(model, id))),
  };
}

function rollupPlan(
  model: DataModel,
  shape: QueryShape,
  rollup: RollupShape,
  meta: RollupMeta,
  options: PlanOptions,
): QueryPlan {
  const { query } = shape;
  const stored = storedQuery(model, query, rollup);
  const asked = askedRange(stored, rollup);
  const pruned = options.pruning === false ? prunePartitions(meta, null) : prunePartitions(meta, asked);
  const whole = options.pruning === false ? asked === null : pruned.whole;
  const filter = columnFilter(stored, rollup, whole);
  requireTestsFit(filter, meta);
  const keys = scanKeys(query, stored, rollup);
  const columns = new Set([
    ...keys.map((key) => key.column),
    ...(filter === null ? [] : filterMembers(filter)),
  ]);
  const index = chooseIndex(meta.indexes, columns, filter, canMerge(shape));
  const scan: ScanPlan = {
    keys,
    filter,
    aggregates: statesOf(shape.finish).map((state) => ({
      column: state.column,
      // What cannot be merged is read from one stored row, whose minimum is itself.
      operation: mergeOperation(state.kind) ?? 'min',
      emptyValue: state.kind === 'count' || state.kind === 'distinct' ? 0 : null,
    })),
  };
  const piece: RollupPiece = {
    kind: 'rollup',
    rollup: meta,
    index,
    partitions:
      options.pruning === false ? pruned.partitions : skipByStatistics(pruned.partitions, index, filter),
    partitionsTotal: meta.partitions.length,
    scan,
  };
  return {
    query,
    mode: rollupMode(piece, rollup),
    selected: meta.id,
    piece,
    output: outputColumns(model, query),
    finish: finishPlan(shape, false),
  };
}

/** The query's filter, segments and ranges as tests on columns of the rollup. */
function columnFilter(query: Query, rollup: RollupShape, whole: boolean): Filter | null {
  const filters: Filter[] = query.filter === null ? [] : [toColumns(query.filter)];
  for (const segment of query.segments) {
    const values = [{ kind: 'boolean', value: true } as const];
    const test = { kind: 'oneOf', values, orNull: false, negated: false } as const;
    filters.push({ kind: 'test', member: memberColumn(segment), test });
  }
  for (const { dimension, range } of query.timeDimensions) {
    if (range === null || (whole && dimension === rollup.partitionDimension)) continue;
    const member = timeColumn(dimension, rollup.times.get(dimension) as Granularity);
    filters.push({ kind: 'test', member, test: { kind: 'timeRange', ...range, negated: false } });
  }
  return andFilters(...filters);
}

function toColumns(filter: Filter): Filter {
  if (filter.kind === 'test') return { ...filter, member: memberColumn(filter.member) };
  return { ...filter, filters: filter.filters.map(toColumns) };
}

/** @param stored the query in the words of the rollup */
function scanKeys(query: Query, stored: Query, rollup: RollupShape): ScanPlan['keys'] {
  const dimensions = query.dimensions.map((member, at) => {
    const column = memberColumn(stored.dimensions[at]);
    const time = rollup.request.keys.some((key) => key.column === column && key.time);
    const bucket = time ? { granularity: null, timezone: query.timezone } : null;
    return { column, output: memberColumn(member), bucket };
  });
  const times = query.timeDimensions.flatMap(({ dimension, granularity }, at) => {
    if (granularity === null) return [];
    const original = stored.timeDimensions[at].dimension;
    const column = timeColumn(original, rollup.times.get(original) as Granularity);
    return [
      {
        column,
        output: timeColumn(dimension, granularity),
        bucket: { granularity, timezone: query.timezone },
      },
    ];
  });
  return [...dimensions, ...times];
}

/** `direct` when each row of the answer is one stored row: no key column is left out or made coarser. */
function rollupMode(piece: RollupPiece, shape: RollupShape): Mode {
  const { rollup, scan } = piece;
  const pinned = pinnedColumns(scan.filter);
  const grains = new Map(
    rollup.columns.flatMap(({ name, role }) => (role.kind === 'time' ? [[name, role.granularity]] : [])),
  );
  const kept = (column: string): boolean => {
    const key = scan.keys.find((candidate) => candidate.column === column);
    if (key === undefined) return pinned.has(column);
    const grain = key.bucket?.granularity ?? null;
    return (
      key.bucket === null ||
      (key.bucket.timezone === 'UTC' && (grain === null || grain === grains.get(column)))
    );
  };
  const sortColumns = rollup.indexes[piece.index].sortColumns;
  const apart = piece.partitions.length <= 1 || sortColumns.includes(partitioningColumn(shape));
  return apart && sortColumns.every(kept) ? 'direct' : 'rollup';
}

/** The column whose buckets lie in one partition each. A rollup without it has one partition. */
function partitioningColumn({ partitionDimension, times }: RollupShape): string {
  assert(partitionDimension !== null, 'several partitions have a partitioning time');
  return timeColumn(partitionDimension, times.get(partitionDimension) as Granularity);
}

function sourcePlan(model: DataModel, shape: QueryShape): QueryPlan {
  const { query } = shape;
  const output = outputColumns(model, query);
  const simple = shape.finish.every(({ value }) => value.kind === 'state' && value.state.kind !== 'sketch');
  const ordered = simple && query.having === null && !query.total;
  const columnOf = new Map(output.map(({ name, column }) => [name, column]));
  const piece: SourcePiece = {
    kind: 'source',
    request: {
      dataSource: shape.dataSource,
      tree: shape.tree,
      keys: sourceKeys(model, query),
      states: statesOf(shape.finish),
      segments: query.segments,
      filter: query.filter,
      countedBy: query.countedBy,
      ranges: query.timeDimensions.flatMap(({ dimension, range }) =>
        range === null ? [] : [{ dimension, range }],
      ),
      page: ordered
        ? {
            order: query.order.map((key) => ({ ...key, column: columnOf.get(key.column) as string })),
            limit: query.limit,
            offset: query.offset,
          }
        : null,
      timezone: query.timezone,
      filterParams: 'all',
    },
  };
  return { query, mode: 'source', selected: null, piece, output, finish: finishPlan(shape, ordered) };
}

function sourceKeys(
  model: DataModel,
  { dimensions, timeDimensions, timezone }: Query,
): SourcePiece['request']['keys'] {
  return [
    ...dimensions.map((member) => ({
      column: memberColumn(member),
      member,
      kind: 'dimension' as const,
      time: dimensionOf(model, member).type === 'time',
      granularity: null,
      timezone,
    })),
    ...timeDimensions.flatMap(({ dimension, granularity }) =>
      granularity === null
        ? []
        : [
            {
              column: timeColumn(dimension, granularity),
              member: dimension,
              kind: 'bucket' as const,
              time: true,
              granularity,
              timezone,
            },
          ],
    ),
  ];
}

function finishPlan({ query, finish }: QueryShape, ordered: boolean): FinishPlan {
  return {
    measures: finish,
    having: query.having,
    order: ordered ? [] : query.order,
    limit: ordered ? null : query.limit,
    offset: ordered ? 0 : query.offset,
    total: query.total,
  };
}
