/** The oracle over a random model, for those queries that it can judge: joins that repeat no row, plain values. */
import type { CubeFilter, CubeQuery } from './cube-query.js';
import { answer } from './oracle.js';
import type { OracleAnswer, OracleModel } from './oracle.js';
import type { Cell } from './oracle-filter.js';
import type { OracleMeasure } from './oracle-measure.js';
import { parseWallTime, printWallTime, wallTime } from './oracle-time.js';
import { ownGranularities } from './random-granularities.js';
import type { RandomCube, RandomMeasure, RandomModel } from './random-model.js';
import { isTame } from './random-values.js';

type Row = Readonly<Record<string, Cell>>;

export interface RandomOracle {
  /** Null for a query that is not for it. */
  answer(query: CubeQuery): OracleAnswer | null;
}

/** @param rowsOf reads a statement over the tables of the model */
export async function randomOracle(
  model: RandomModel,
  rowsOf: (sql: string) => Promise<readonly Readonly<Record<string, unknown>>[]>,
): Promise<RandomOracle> {
  const roots = new Map<string, Root>();
  for (const cube of model.cubes) {
    const near = nearCubes(model.cubes, cube);
    const rows = await rowsOf(rowsSql(cube, near));
    const plain = rows.map((row) => plainRow(row as Readonly<Record<string, Cell>>));
    roots.set(cube.name, { rows: plain, model: oracleModel(cube, near) });
  }
  return { answer: (query) => judge(roots, query) };
}

interface Root {
  readonly rows: readonly Row[];
  readonly model: OracleModel<Row>;
}

function judge(roots: ReadonlyMap<string, Root>, query: CubeQuery): OracleAnswer | null {
  const root = roots.get((query.measures?.[0] ?? '').split('.')[0]);
  if (root === undefined || !(query.filters ?? []).every((filter) => isPlain(query, filter))) return null;
  const { model, rows } = root;
  const known = new Set([model.dimensions, model.measures, model.segments].flatMap(Object.keys));
  const times = (query.timeDimensions ?? []).map((time) =>
    typeof time === 'string' ? { dimension: time } : time,
  );
  const named = [query.measures, query.dimensions, query.segments, times.map((time) => time.dimension)];
  const members = [...named.flatMap((names) => names ?? []), ...(query.filters ?? []).flatMap(membersOf)];
  if (!members.every((member) => known.has(member))) return null;
  const ranges = times.map(({ dateRange = [] }) => [dateRange].flat());
  if (ranges.some((texts) => !areClear(query, texts) || !texts.every(isDate))) return null;
  // A row shows one value under the name of a time: here the only one.
  const shown = [
    ...(query.dimensions ?? []),
    ...times.flatMap((time) => ('granularity' in time ? [time.dimension] : [])),
  ];
  if (new Set(shown).size < shown.length) return null;
  const estimated = (query.measures ?? []).some((name) => model.measures[name].kind === 'approx');
  if (estimated && (query.limit !== undefined || query.offset !== undefined)) return null;
  // Rows in the order of estimates are looked at as numbers, and such values may be texts.
  const mayBeTexts = /^(min|max|first|last|all|any)$/;
  if (estimated && (query.measures ?? []).some((name) => mayBeTexts.test(model.measures[name].kind)))
    return null;
  return answer(model, rows, query);
}

/** The oracle lowers letters as JavaScript does, and estimates nothing. */
function isPlain(query: CubeQuery, filter: CubeFilter): boolean {
  if ('and' in filter) return filter.and.every((inner) => isPlain(query, inner));
  if ('or' in filter) return filter.or.every((inner) => isPlain(query, inner));
  const values = (filter.values ?? []).map(String);
  if (filter.operator === 'measureFilter' || values.some((text) => /\p{Surrogate}/u.test(text))) return false;
  if (/Date/.test(filter.operator) && !values.every(isDate)) return false;
  return (
    // Of what is no number or time it knows no comparison with measures.
    !/approx|_bool_|_first_|_last_/.test(filter.member) &&
    !values.some((text) => text === 'i' || text === 'ς') &&
    areClear(query, values) &&
    (/Date/.test(filter.operator) || values.every((text) => isMoment(text, query.timezone ?? 'UTC')))
  );
}

/** Whether the midnight that a date means as a value is one moment: some zones skip it, or live it twice. */
function isMoment(text: string, zone: string): boolean {
  if (zone === 'UTC' || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return true;
  const wall = parseWallTime(text);
  let moments = 0;
  for (let lead = -15 * 60; lead <= 15 * 60; lead += 15)
    moments += Number(wallTime(wall - lead * 60_000, zone) === wall);
  return moments === 1;
}

/** And no relative range. */
function isDate(text: string): boolean {
  return /^\d{4}-/.test(text);
}

/** Moments of a zone may come twice, which the oracle takes for one. */
function areClear({ timezone = 'UTC' }: CubeQuery, texts: readonly string[]): boolean {
  if (texts.some((text) => text.endsWith('Z'))) return false;
  return timezone === 'UTC' || !texts.some((text) => text.includes('T'));
}

function membersOf(filter: CubeFilter): string[] {
  if ('and' in filter) return filter.and.flatMap(membersOf);
  return 'or' in filter ? filter.or.flatMap(membersOf) : [filter.member];
}

/** The cube and those of which it has at most one row for each of its own, on the shortest way to them. */
function nearCubes(
  cubes: readonly RandomCube[],
  root: RandomCube,
): { cube: RandomCube; on: string | null }[] {
  const reached: { cube: RandomCube; on: string | null; single: boolean }[] = [
    { cube: root, on: null, single: true },
  ];
  for (const { cube, single } of reached) {
    for (const { to, relationship, on } of cube.joins) {
      const target = cubes.find(({ name }) => name === to) as RandomCube;
      if (reached.some((other) => other.cube === target)) continue;
      reached.push({ cube: target, on, single: single && relationship !== 'one_to_many' });
    }
  }
  return reached.filter(({ single }) => single);
}

function rowsSql(root: RandomCube, near: ReturnType<typeof nearCubes>): string {
  const columns = [
    ...near.flatMap(({ cube }) =>
      cube.dimensions.map(({ id, sql, type }) => [id, type === 'time' ? msSql(sql) : sql]),
    ),
    ...near.flatMap(({ cube }) => cube.segments.map(({ id, sql }) => [id, `coalesce(${sql}, FALSE)`])),
    ...root.measures.flatMap((measure) =>
      measure.sql !== null
        ? [[measure.id, inputSql(measure, measure.sql)]]
        : measure.filter !== null
          ? [[measure.id, `CASE WHEN ${measure.filter} THEN 1 END`]]
          : [],
    ),
    ...root.measures.flatMap(({ id, type, sql2 }) =>
      sql2 !== null && (type === 'first' || type === 'last') ? [[`${id} at`, msSql(sql2)]] : [],
    ),
  ].map(([id, sql]) => `${sql} AS "${id}"`);
  const joins = near.flatMap(({ cube, on }) => (on === null ? [] : [`LEFT JOIN ${cube.name} ON ${on}`]));
  return `SELECT ${columns.join(', ')} FROM ${root.name} ${joins.join(' ')}`;
}

/** Times differ by their microseconds, and show their milliseconds. */
function inputSql({ kind, type }: RandomMeasure, sql: string): string {
  const time = kind === 'ts' || kind === 'day' || kind === 'tz';
  if (!time) return sql;
  const shown = type === 'min' || type === 'max' || type === 'first' || type === 'last';
  return shown ? msSql(sql) : `epoch_us(CAST(${sql} AS TIMESTAMP))`;
}

function msSql(sql: string): string {
  return `CAST(floor(epoch_us(CAST(${sql} AS TIMESTAMP)) / 1000) AS BIGINT)`;
}

function plainRow(row: Readonly<Record<string, Cell>>): Row {
  return Object.fromEntries(
    Object.entries(row).map(([name, cell]) => [name, typeof cell === 'bigint' ? Number(cell) : cell]),
  );
}

const grids = Object.fromEntries(Object.entries(ownGranularities).map(([name, { grid }]) => [name, grid]));

function oracleModel(root: RandomCube, near: ReturnType<typeof nearCubes>): OracleModel<Row> {
  const dimensions = near.flatMap(({ cube }) => cube.dimensions).filter(({ kind }) => isTame(kind));
  return {
    dimensions: Object.fromEntries(
      dimensions.map(({ id, type }) => [id, { type, of: (row: Row) => row[id], granularities: grids }]),
    ),
    measures: Object.fromEntries(root.measures.flatMap(oracleMeasures)),
    segments: Object.fromEntries(
      near.flatMap(({ cube }) => cube.segments).map(({ id }) => [id, (row: Row) => row[id] === true]),
    ),
  };
}

function oracleMeasures({ id, type, kind, sql, filter }: RandomMeasure): [string, OracleMeasure<Row>][] {
  if (type === 'number') return [];
  const of = (row: Row): Cell => row[id];
  if (sql === null || kind === null)
    return [[id, filter === null ? { kind: 'count' } : { kind: 'count', of }]];
  if (!isTame(kind)) return [];
  const time = kind === 'ts' || kind === 'day' || kind === 'tz';
  const shown = (row: Row): Cell => (time && row[id] !== null ? printWallTime(Number(row[id])) : row[id]);
  const sum = { kind: 'double_sum' as const, of: (row: Row) => row[id] as number | null };
  switch (type) {
    case 'count':
      return [[id, { kind: 'count', of }]];
    case 'count_distinct':
      return [[id, { kind: 'distinct', of }]];
    case 'count_distinct_approx':
      return [[id, { kind: 'approx', of }]];
    case 'min':
    case 'max':
      return [[id, { kind: type, of: shown }]];
    case 'first':
    case 'last':
      return [[id, { kind: type, of: shown, at: (row) => row[`${id} at`] as number | null }]];
    case 'bool_and':
    case 'bool_or': {
      const truth = (row: Row): boolean | null => row[id] as boolean | null;
      return [[id, { kind: type === 'bool_and' ? 'all' : 'any', of: truth }]];
    }
    case 'sum':
      // Decimals do not add up in doubles.
      return kind === 'price' ? [] : [[id, sum]];
    case 'avg': {
      if (kind === 'price') return [];
      const mean = (total: number | null, count: number | null): number | null =>
        total === null || count === null ? null : total / count;
      return [
        [id, { kind: 'calculated', from: [`${id} sum`, `${id} count`], of: mean }],
        [`${id} sum`, sum],
        [`${id} count`, { kind: 'count', of }],
      ];
    }
    default:
      return [];
  }
}
