/**
 * The judge: an engine that answers a Cube query by walking over all rows, one at a time, and shares no line with
 * the product. It is slow, and it is meant to be seen to be right.
 */
import type { CubeGranularity, CubeQuery, CubeTimeDimension } from './cube-query.js';
import { compareCells, passes } from './oracle-filter.js';
import type { Cell, CellType } from './oracle-filter.js';
import { absSums, find, measureCell } from './oracle-measure.js';
import type { OracleMeasure } from './oracle-measure.js';
import { bucketStart, gridStart, printWallTime, wallRange, wallTime } from './oracle-time.js';
import type { OracleGrid } from './oracle-time.js';

/** What the members of a model mean on rows that are already joined. */
export interface OracleModel<Row> {
  readonly dimensions: Readonly<Record<string, OracleDimension<Row>>>;
  readonly measures: Readonly<Record<string, OracleMeasure<Row>>>;
  readonly segments: Readonly<Record<string, (row: Row) => boolean>>;
}

export interface OracleDimension<Row> {
  readonly type: CellType;
  readonly of: (row: Row) => Cell;
  /** Of a time's own, by name. */
  readonly granularities?: Readonly<Record<string, OracleGrid>>;
}

export interface OracleAnswer {
  /** As Cube prints them. */
  readonly rows: readonly PrintedRow[];
  /** Rows before limit and offset. */
  readonly total: number;
  readonly columns: readonly OracleColumn[];
  readonly order: readonly OracleOrder[];
  /** For each row, Σ|x| of every sum of doubles. */
  readonly absSums: readonly Readonly<Record<string, number>>[];
}

export type PrintedRow = Readonly<Record<string, Cell>>;

export interface OracleColumn {
  readonly name: string;
  readonly kind: 'key' | OracleMeasure<never>['kind'];
  readonly type: CellType;
}

export interface OracleOrder {
  /** Position in `columns`. */
  readonly column: number;
  readonly descending: boolean;
}

interface Group<Row> {
  readonly keys: readonly Cell[];
  readonly rows: Row[];
}

interface Key<Row> {
  readonly name: string;
  readonly type: CellType;
  readonly of: (row: Row) => Cell;
  readonly print: (cell: Cell, into: Record<string, Cell>) => void;
}

/** Answers `query` over `rows`. */
export function answer<Row>(model: OracleModel<Row>, rows: readonly Row[], query: CubeQuery): OracleAnswer {
  const zone = query.timezone ?? 'UTC';
  const times = timeDimensions(query);
  const keys = [...dimensionKeys(model, query, zone), ...timeKeys(model, times, zone)];
  const kept = rows.filter((row) => isWanted(model, query, times, zone, row));
  const groups = groupRows(kept, keys).filter((group) => isHad(model, query, group));
  const measures = query.measures ?? [];
  const columns: OracleColumn[] = [
    ...keys.map(({ name, type }) => ({ name, type, kind: 'key' as const })),
    ...measures.map((name) => ({ name, type: 'number' as const, kind: find(model.measures, name).kind })),
  ];
  const wide = groups.map((group) => ({
    group,
    cells: [...group.keys, ...measures.map((name) => measureCell(model.measures, name, group.rows))],
  }));
  const order = orderKeys(query, times, columns);
  wide.sort((a, b) => compareRows(a.cells, b.cells, order));
  const from = query.offset ?? 0;
  const page = wide.slice(from, query.limit === undefined ? wide.length : from + query.limit);
  return {
    rows: page.map(({ cells }) => printRow(cells, keys, measures)),
    total: wide.length,
    columns,
    order,
    absSums: page.map(({ group }) => absSums(model.measures, measures, group.rows)),
  };
}

/** All time dimensions, those written as `cube.time.day` among the dimensions last. */
function timeDimensions(query: CubeQuery): CubeTimeDimension[] {
  const named = (query.timeDimensions ?? []).map((time) =>
    typeof time === 'string' ? { dimension: time } : time,
  );
  const dotted = (query.dimensions ?? []).filter(isDotted).map((name): CubeTimeDimension => {
    const [cube, member, granularity] = name.split('.');
    return { dimension: `${cube}.${member}`, granularity };
  });
  return [...named, ...dotted];
}

function isDotted(name: string): boolean {
  return name.split('.').length === 3;
}

function dimensionKeys<Row>(model: OracleModel<Row>, query: CubeQuery, zone: string): Key<Row>[] {
  const names = [...new Set((query.dimensions ?? []).filter((name) => !isDotted(name)))];
  return names.map((name) => {
    const { type, of } = find(model.dimensions, name);
    if (type === 'time') {
      return {
        name,
        type,
        of: (row) => wallOf(of(row), zone),
        print: (cell, into) => (into[name] = cell === null ? null : printWallTime(Number(cell))),
      };
    }
    return { name, type, of, print: (cell, into) => (into[name] = printCell(cell)) };
  });
}

function timeKeys<Row>(
  model: OracleModel<Row>,
  times: readonly CubeTimeDimension[],
  zone: string,
): Key<Row>[] {
  return times.flatMap(({ dimension, granularity }) => {
    if (granularity === undefined) return [];
    const { of, granularities = {} } = find(model.dimensions, dimension);
    const own = granularities[granularity];
    const bucketOf = (row: Row): Cell => {
      const wall = wallOf(of(row), zone);
      if (wall === null) return null;
      return own === undefined ? bucketStart(wall, granularity as CubeGranularity) : gridStart(wall, own);
    };
    const name = `${dimension}.${granularity}`;
    const print: Key<Row>['print'] = (cell, into) => {
      into[name] = cell === null ? null : printWallTime(Number(cell));
      into[dimension] = into[name];
    };
    return [{ name, type: 'time' as const, of: bucketOf, print }];
  });
}

function isWanted<Row>(
  model: OracleModel<Row>,
  query: CubeQuery,
  times: readonly CubeTimeDimension[],
  zone: string,
  row: Row,
): boolean {
  for (const name of query.segments ?? []) {
    if (!find(model.segments, name)(row)) return false;
  }
  for (const { dimension, dateRange } of times) {
    if (dateRange === undefined) continue;
    const wall = wallOf(find(model.dimensions, dimension).of(row), zone);
    const { first, last } = wallRange(typeof dateRange === 'string' ? [dateRange] : dateRange);
    if (wall === null || wall < first || last < wall) return false;
  }
  const read = (member: string): { cell: Cell; type: CellType } => {
    const { type, of } = find(model.dimensions, member);
    return { cell: of(row), type };
  };
  return (query.filters ?? []).every((filter) => onMeasures(model, filter) || passes(filter, read, zone));
}

function isHad<Row>(model: OracleModel<Row>, query: CubeQuery, group: Group<Row>): boolean {
  const read = (member: string): { cell: Cell; type: CellType } => ({
    cell: measureCell(model.measures, member, group.rows),
    type: 'number',
  });
  return (query.filters ?? []).every((filter) => !onMeasures(model, filter) || passes(filter, read, 'UTC'));
}

function onMeasures<Row>(
  model: OracleModel<Row>,
  filter: NonNullable<CubeQuery['filters']>[number],
): boolean {
  if ('and' in filter) return filter.and.some((inner) => onMeasures(model, inner));
  if ('or' in filter) return filter.or.some((inner) => onMeasures(model, inner));
  return Object.hasOwn(model.measures, filter.member);
}

/** Without keys there is one group, even of no rows. */
function groupRows<Row>(rows: readonly Row[], keys: readonly Key<Row>[]): Group<Row>[] {
  if (keys.length === 0) return [{ keys: [], rows: [...rows] }];
  const groups = new Map<string, Group<Row>>();
  for (const row of rows) {
    const cells = keys.map((key) => key.of(row));
    const id = JSON.stringify(cells, (_key, cell: unknown) => (typeof cell === 'bigint' ? `${cell}n` : cell));
    const group = groups.get(id);
    if (group === undefined) groups.set(id, { keys: cells, rows: [row] });
    else group.rows.push(row);
  }
  return [...groups.values()];
}

/** The asked order or Cube's own, then every column that is left, ascending: no two rows are in doubt. */
function orderKeys(
  query: CubeQuery,
  times: readonly CubeTimeDimension[],
  columns: readonly OracleColumn[],
): OracleOrder[] {
  const asked =
    query.order === undefined ? [] : Array.isArray(query.order) ? query.order : Object.entries(query.order);
  const wanted: [string, boolean][] = (asked as [string, string][]).map(([name, way]) => [
    name,
    way === 'desc',
  ]);
  if (wanted.length === 0) wanted.push(defaultOrder(query, times, columns));
  const position = (name: string): number => {
    const exact = columns.findIndex((column) => column.name === name);
    return exact >= 0 ? exact : columns.findIndex((column) => column.name.startsWith(`${name}.`));
  };
  const order = wanted.map(([name, descending]) => ({ column: position(name), descending }));
  if (order.some(({ column }) => column < 0))
    throw new Error('the order names a member that is not asked for');
  return [...order, ...columns.map((_, column) => ({ column, descending: false }))];
}

function defaultOrder(
  query: CubeQuery,
  times: readonly CubeTimeDimension[],
  columns: readonly OracleColumn[],
): [string, boolean] {
  const time = times.find(({ granularity }) => granularity !== undefined);
  if (time !== undefined) return [`${time.dimension}.${time.granularity}`, false];
  const [measure] = query.measures ?? [];
  return measure === undefined ? [columns[0].name, false] : [measure, true];
}

/** NULLs last, whichever the direction. */
export function compareRows(a: readonly Cell[], b: readonly Cell[], order: readonly OracleOrder[]): number {
  for (const { column, descending } of order) {
    const [x, y] = [a[column], b[column]];
    if (x === null || y === null) {
      if (x !== y) return x === null ? 1 : -1;
      continue;
    }
    const sign = compareCells(x, y);
    if (sign !== 0) return descending ? -sign : sign;
  }
  return 0;
}

function printRow<Row>(
  cells: readonly Cell[],
  keys: readonly Key<Row>[],
  measures: readonly string[],
): PrintedRow {
  const row: Record<string, Cell> = {};
  keys.forEach((key, at) => key.print(cells[at], row));
  measures.forEach((name, at) => (row[name] = printCell(cells[keys.length + at])));
  return row;
}

function printCell(cell: Cell): Cell {
  return typeof cell === 'number' || typeof cell === 'bigint' ? String(cell) : cell;
}

function wallOf(cell: Cell, zone: string): number | null {
  return cell === null ? null : wallTime(Number(cell), zone);
}
