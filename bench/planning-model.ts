/** A model of 20 cubes with rollups by day and a catalog in which all of them are built: nothing lies on a disk. */
import type { CatalogSnapshot, ColumnStats, PartitionMeta, RollupMeta } from '../model/catalog.js';
import { loadObjectModel } from '../model/load/load-object-model.js';
import type { TimeRange } from '../model/query.js';
import { DAY_MS, formatLocal } from '../model/civil-time.js';
import { partitionKey } from '../planner/plan-build.js';
import { prepareModel } from '../planner/plan-query.js';
import type { PreparedModel } from '../planner/plan-query.js';
import type { RollupShape } from '../planner/rollup-shape.js';

export interface PlanningModel {
  readonly prepared: PreparedModel;
  readonly catalog: CatalogSnapshot;
  /** The rollup that all queries must find. */
  readonly last: string;
  /** Keys of the partitions that all queries must keep. */
  readonly asked: readonly string[];
  /** Statements that make the empty tables of all cubes. */
  readonly tables: readonly string[];
}

const CUBES = 20;
const DIMENSIONS = 6;
const MEASURES = 5;
const START = Date.UTC(2022, 0, 1);
const ASKED_DAYS = 12;
const LAST = `c${CUBES - 1}`;

/** The first days, which every size of the model has built. */
const RANGE = [formatLocal(START).slice(0, 10), formatLocal(START + (ASKED_DAYS - 1) * DAY_MS).slice(0, 10)];

/** Only the last rollup of the last cube, which joins another cube, can answer them. */
export const QUERIES: Readonly<Record<string, object>> = {
  'one measure by day': {
    measures: [`${LAST}.m0`],
    dimensions: [`${LAST}.d5`],
    timeDimensions: [{ dimension: `${LAST}.at`, granularity: 'day', dateRange: RANGE }],
  },
  'filters, order, limit': {
    measures: [`${LAST}.m0`, `${LAST}.m4`],
    dimensions: [`${LAST}.d5`],
    filters: [
      { member: `${LAST}.d0`, operator: 'equals', values: ['a', 'b'] },
      {
        or: [
          { member: `${LAST}.d1`, operator: 'contains', values: ['x'] },
          { member: `${LAST}.d2`, operator: 'set' },
        ],
      },
      { member: `${LAST}.m1`, operator: 'gt', values: ['10'] },
    ],
    timeDimensions: [{ dimension: `${LAST}.at`, granularity: 'month', dateRange: RANGE }],
    order: { [`${LAST}.m0`]: 'desc' },
    limit: 10,
  },
  'dimension of a joined cube': {
    measures: [`${LAST}.m2`],
    dimensions: [`${LAST}.d5`, 'c0.d0'],
    timeDimensions: [{ dimension: `${LAST}.at`, granularity: 'month', dateRange: RANGE }],
  },
};

export function planningModel(size: {
  readonly rollups: number;
  readonly partitions: number;
}): PlanningModel {
  const prepared = prepareModel(loadObjectModel(modelDocument(size.rollups)), (text) => text);
  const range = { from: START, to: START + Math.max(size.partitions, ASKED_DAYS) * DAY_MS };
  const rollups = prepared.rollups.flatMap(({ shape, definition }) =>
    shape === null ? [] : [rollupMeta(shape, definition, range)],
  );
  const last = prepared.rollups.at(-1);
  if (last === undefined) throw new Error('a planning model has rollups');
  return {
    prepared,
    catalog: { version: 1, rollups: new Map(rollups.map((rollup) => [rollup.id, rollup])) },
    last: last.preAggregation.id,
    asked: numbers(ASKED_DAYS).map((day) => partitionKey(START + day * DAY_MS, 'day')),
    tables: numbers(CUBES).map(tableOf),
  };
}

/** Every cube joins the first; the rollups lie evenly in the cubes, and only the last has everything. */
function modelDocument(rollups: number): object {
  const before = (cube: number): number => Math.floor((cube * rollups) / CUBES);
  const cubes = numbers(CUBES).map((at) => ({
    name: `c${at}`,
    sql_table: `t${at}`,
    joins: at === 0 ? [] : [{ name: 'c0', relationship: 'many_to_one', sql: '{CUBE}.c0_id = {c0.id}' }],
    dimensions: [
      { name: 'id', type: 'number', sql: 'id', primary_key: true },
      { name: 'at', type: 'time', sql: 'at' },
      ...numbers(DIMENSIONS).map((d) => ({ name: `d${d}`, type: 'string', sql: `d${d}` })),
    ],
    measures: numbers(MEASURES).map((m) => ({ name: `m${m}`, type: 'sum', sql: `m${m}` })),
    pre_aggregations: numbers(before(at + 1) - before(at)).map((r) =>
      rollup(`r${r}`, before(at) + r === rollups - 1),
    ),
  }));
  return { cubes };
}

function rollup(name: string, complete: boolean): object {
  return {
    name,
    measures: numbers(MEASURES).map((m) => `m${m}`),
    dimensions: [
      ...numbers(complete ? DIMENSIONS : DIMENSIONS - 1).map((d) => `d${d}`),
      ...(complete ? ['c0.d0'] : []),
    ],
    time_dimension: 'at',
    granularity: 'day',
    partition_granularity: 'day',
  };
}

function tableOf(cube: number): string {
  const columns = [
    'id INTEGER',
    'c0_id INTEGER',
    '"at" TIMESTAMP',
    ...numbers(DIMENSIONS).map((d) => `d${d} VARCHAR`),
    ...numbers(MEASURES).map((m) => `m${m} INTEGER`),
  ];
  return `CREATE OR REPLACE TABLE t${cube} (${columns.join(', ')})`;
}

function rollupMeta(shape: RollupShape, definition: string, range: TimeRange): RollupMeta {
  const days = numbers((range.to - range.from) / DAY_MS);
  return {
    id: shape.preAggregation.id,
    definition,
    columns: shape.columns.map(({ name, role }) => ({ name, role })),
    indexes: shape.indexes,
    partitionGranularity: 'day',
    sourceRange: range,
    sourceHasNullTimes: false,
    buildRange: null,
    partitions: days.map((day) => partition(shape, range.from + day * DAY_MS)),
    lastRefreshTime: 0,
    targetTableName: 'planning',
  };
}

function partition(shape: RollupShape, from: number): PartitionMeta {
  const columns = shape.columns.map(({ name, role }): ColumnStats => {
    if (role.kind === 'time') return { name, type: { kind: 'time' }, nulls: 0, min: from, max: from };
    if (role.kind === 'measure') return { name, type: { kind: 'integer' }, nulls: 0, min: 0, max: 1_000 };
    return { name, type: { kind: 'string' }, nulls: 0, min: 'a', max: 'z' };
  });
  const key = partitionKey(from, 'day');
  const files = shape.indexes.map((_, at) => ({
    path: `${key}-${at}`,
    bytes: 1,
    crc32: 0,
    rows: 500,
    columns,
  }));
  return { key, range: { from, to: from + DAY_MS }, files, builtAt: 0 };
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, at) => at);
}
