/** Random models over random small tables, with everything that a table can hold to trouble an engine. */
import type { CubeGranularity } from './cube-query.js';
import type { CellType } from './oracle-filter.js';
import type { Tape } from './tape.js';

export interface RandomModel {
  readonly document: { readonly cubes: readonly object[] };
  /** Statements that make the tables. */
  readonly init: readonly string[];
  readonly cubes: readonly RandomCube[];
  readonly rollups: readonly RandomRollup[];
  readonly span: Span;
}

export interface RandomCube {
  readonly name: string;
  readonly joins: readonly RandomJoin[];
  readonly dimensions: readonly RandomDimension[];
  readonly measures: readonly RandomMeasure[];
  readonly segments: readonly { readonly id: string; readonly sql: string }[];
}

export interface RandomJoin {
  readonly to: string;
  readonly relationship: 'many_to_one' | 'one_to_many' | 'one_to_one';
  /** Over the tables by their names. */
  readonly on: string;
}

export interface RandomDimension {
  readonly id: string;
  readonly type: CellType;
  readonly kind: Kind;
  /** Over the tables by their names; what the oracle reads. */
  readonly sql: string;
}

export interface RandomMeasure {
  readonly id: string;
  readonly type:
    'count' | 'sum' | 'min' | 'max' | 'avg' | 'count_distinct' | 'count_distinct_approx' | 'number';
  readonly kind: Kind | null;
  /** What is aggregated, over the tables by their names; null: rows, or other measures. */
  readonly sql: string | null;
  /** Whether two orders of rows may give two sums. */
  readonly rough: boolean;
}

export interface RandomRollup {
  readonly id: string;
  readonly cube: string;
  readonly measures: readonly RandomMeasure[];
  readonly dimensions: readonly RandomDimension[];
  readonly segments: readonly string[];
  readonly times: readonly { readonly dimension: string; readonly granularity: CubeGranularity }[];
}

/** Where the times of a model lie. */
export interface Span {
  readonly from: number;
  readonly days: number;
}

export type Kind = keyof typeof KINDS;

const infinite = ["'NaN'::DOUBLE", "'Infinity'::DOUBLE", "'-Infinity'::DOUBLE", "'-0'::DOUBLE"];

/** Column types with literals of their values. `tame`: the oracle, which counts in doubles, can judge them. */
const KINDS = {
  text: {
    type: 'string',
    sql: 'VARCHAR',
    tame: true,
    values: [
      "'a'",
      "''",
      "'A'",
      "'é'",
      "'😀'",
      "'ﬀ'",
      "'İ'",
      "'ΑΣ'",
      "'a%_'",
      "'o''x'",
      "' '",
      "'10'",
      "'9'",
    ],
  },
  small: { type: 'number', sql: 'INTEGER', tame: true, values: ['1', '0', '-3', '2', '7'] },
  flag: { type: 'boolean', sql: 'BOOLEAN', tame: true, values: ['TRUE', 'FALSE'] },
  ts: { type: 'time', sql: 'TIMESTAMP', tame: true, values: [] },
  day: { type: 'time', sql: 'DATE', tame: true, values: [] },
  tz: { type: 'time', sql: 'TIMESTAMPTZ', tame: true, values: [] },
  price: {
    type: 'number',
    sql: 'DECIMAL(10,2)',
    tame: true,
    values: ['1.50', '0', '-0.01', '99999999.99', '2'],
  },
  fine: {
    type: 'number',
    sql: 'DECIMAL(38,10)',
    tame: false,
    values: ['0.0000000001', '-5', '123456789012345678.5'],
  },
  big: {
    type: 'number',
    sql: 'BIGINT',
    tame: false,
    values: [
      '1',
      '9007199254740991',
      '9007199254740993',
      '-9007199254740992',
      '9223372036854775807',
      '(-9223372036854775807 - 1)',
    ],
  },
  huge: {
    type: 'number',
    sql: 'HUGEINT',
    tame: false,
    values: ['1', '9223372036854775808', '-9223372036854775809', '90071992547409930000'],
  },
  unsigned: { type: 'number', sql: 'UBIGINT', tame: false, values: ['0', '18446744073709551615', '5'] },
  quarter: { type: 'number', sql: 'DOUBLE', tame: true, values: ['0.25', '-1.5', '1024', '0', '1e-3 * 0'] },
  wild: { type: 'number', sql: 'DOUBLE', tame: false, values: ['0.25', '0', ...infinite] },
  rough: { type: 'number', sql: 'DOUBLE', tame: false, values: ['0.1', '1e6', '-1e6', '0.7', '1e-9', '3.3'] },
  real: { type: 'number', sql: 'FLOAT', tame: false, values: ['0.5', '-2', '0.1', '1024'] },
} as const satisfies Record<
  string,
  { type: CellType; sql: string; tame: boolean; values: readonly string[] }
>;

export function isTame(kind: Kind): boolean {
  return KINDS[kind].tame;
}

const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

const spans: readonly Span[] = [
  { from: Date.UTC(2021, 2, 1), days: 40 },
  { from: Date.UTC(2021, 9, 30), days: 9 },
  { from: Date.UTC(1969, 11, 29), days: 5 },
  { from: Date.UTC(2023, 10, 1), days: 400 },
  { from: Date.UTC(1960, 0, 1), days: 5000 },
  { from: Date.UTC(2021, 3, 3), days: 1 },
];

export function randomModel(tape: Tape): RandomModel {
  const span = tape.pick(spans);
  const names = ['a', 'b', 'c', 'd'].slice(0, 2 + tape.below(3));
  const drafts = names.map((name): Draft => ({ name, joins: [], keys: [] }));
  drafts.slice(1).forEach((draft, at) => joinDrafts(tape, drafts[tape.below(at + 1)], draft));
  const cubes = drafts.map((draft) => randomCube(tape, draft));
  const rollups = tape.times(2 + tape.below(3), (at) => randomRollup(tape, cubes, span, at));
  const init = drafts.map((draft, at) => tableSql(tape, draft, cubes[at], span));
  const documents = cubes.map((cube, at) => ({
    ...cube.document,
    pre_aggregations: rollups.flatMap(({ made, document }) =>
      made.cube === drafts[at].name ? [document] : [],
    ),
  }));
  return {
    document: { cubes: documents },
    init,
    cubes: cubes.map(({ made }) => made),
    rollups: rollups.map(({ made }) => made),
    span,
  };
}

/** The cubes that a cube's joins lead to, itself first. */
export function reachable(cubes: readonly RandomCube[], root: string): RandomCube[] {
  const names = new Set([root]);
  for (const name of names)
    cubes.find((cube) => cube.name === name)?.joins.forEach(({ to }) => names.add(to));
  return [...names].map((name) => cubes.find((cube) => cube.name === name) as RandomCube);
}

interface Draft {
  readonly name: string;
  readonly joins: RandomJoin[];
  /** Columns of keys of other tables, and whether each key stands once. */
  readonly keys: { readonly column: string; readonly unique: boolean }[];
}

function joinDrafts(tape: Tape, near: Draft, far: Draft): void {
  const relationship = tape.pick(['many_to_one', 'one_to_many', 'one_to_one'] as const);
  const [holder, target] = relationship === 'many_to_one' ? [near, far] : [far, near];
  const column = `${target.name}_id`;
  holder.keys.push({ column, unique: relationship === 'one_to_one' });
  const on = `${holder.name}.${column} = ${target.name}.id`;
  near.joins.push({ to: far.name, relationship, on });
  if (!tape.chance(40)) return;
  const back = { many_to_one: 'one_to_many', one_to_many: 'many_to_one', one_to_one: 'one_to_one' } as const;
  far.joins.push({ to: near.name, relationship: back[relationship], on });
}

interface CubeDraft {
  readonly made: RandomCube;
  readonly document: object;
  readonly kinds: readonly Kind[];
}

function randomCube(tape: Tape, { name, joins }: Draft): CubeDraft {
  const kinds: Kind[] = tape.some(Object.keys(KINDS) as Kind[], 8, 3);
  const composite = tape.chance(15);
  const columns: RandomDimension[] = kinds.map((kind) => ({
    id: `${name}.${kind}`,
    type: KINDS[kind].type,
    kind,
    sql: `${name}.${kind}`,
  }));
  const documents = columns.map(({ kind, type }) => ({
    name: kind,
    type,
    sql: tape.pick([kind, `{CUBE}.${kind}`]),
  }));
  const keys = [
    { name: 'id', type: 'number', sql: 'id', primary_key: true },
    ...(composite ? [{ name: 'id2', type: 'number', sql: '{CUBE}.id + 1', primary_key: true }] : []),
  ];
  const filters = ['{CUBE}.id % 2 = 0', ...columns.flatMap(filterSqls)];
  const segments = tape.times(tape.below(3), (at) => ({ name: `s${at}`, sql: tape.pick(filters) }));
  const measures = randomMeasures(tape, name, columns, filters);
  const bare = (sql: string): string => sql.replaceAll('{CUBE}', name);
  return {
    kinds,
    document: {
      name,
      sql_table: name,
      joins: joins.map(({ to, relationship, on }) => ({
        name: to,
        relationship,
        sql: on.replaceAll(`${name}.`, '{CUBE}.').replaceAll(`${to}.`, `{${to}}.`),
      })),
      dimensions: [...keys, ...documents],
      measures: measures.map(({ document }) => document),
      segments,
    },
    made: {
      name,
      joins,
      dimensions: [{ id: `${name}.id`, type: 'number', kind: 'small', sql: `${name}.id` }, ...columns],
      measures: measures.map(({ made }) => made),
      segments: segments.map((segment) => ({ id: `${name}.${segment.name}`, sql: bare(segment.sql) })),
    },
  };
}

function filterSqls({ kind, type }: RandomDimension): string[] {
  if (type === 'boolean') return [`{CUBE}.${kind}`];
  if (type === 'number') return [`{CUBE}.${kind} > 0`];
  return type === 'string' ? [`{CUBE}.${kind} <> 'a'`] : [`{CUBE}.${kind} IS NOT NULL`];
}

interface MeasureDraft {
  readonly made: RandomMeasure;
  readonly document: object;
}

function randomMeasures(
  tape: Tape,
  cube: string,
  columns: readonly RandomDimension[],
  filters: readonly string[],
): MeasureDraft[] {
  const drafts: MeasureDraft[] = [
    {
      made: { id: `${cube}.count`, type: 'count', kind: null, sql: null, rough: false },
      document: { name: 'count', type: 'count' },
    },
  ];
  const simple = ['sum', 'min', 'max', 'count_distinct_approx', 'count', 'count_distinct', 'avg'] as const;
  for (const at of tape.times(2 + tape.below(7), (number) => number)) {
    const { kind, type: columnType } = tape.pick(columns);
    const types = columnType === 'number' ? simple : simple.slice(1, 6);
    const type = tape.pick(types);
    const filter = tape.chance(30) ? tape.pick(filters) : null;
    const name = `m${at}_${type}_${kind}`;
    const column = `${cube}.${kind}`;
    drafts.push({
      made: {
        id: `${cube}.${name}`,
        type,
        kind,
        sql: filter === null ? column : `CASE WHEN ${filter.replaceAll('{CUBE}', cube)} THEN ${column} END`,
        rough: (kind === 'rough' || kind === 'real') && (type === 'sum' || type === 'avg'),
      },
      document: {
        name,
        type,
        sql: tape.pick([kind, `{CUBE}.${kind}`, `{${kind}}`]),
        ...(filter === null ? {} : { filters: [{ sql: filter }] }),
        ...(type === 'count_distinct_approx' && tape.chance(50) ? { precision: 10 + tape.below(7) } : {}),
      },
    });
  }
  return [...drafts, ...tape.times(tape.below(3), (at) => calculated(tape, cube, drafts, at))];
}

function calculated(tape: Tape, cube: string, drafts: readonly MeasureDraft[], at: number): MeasureDraft {
  const numbers = drafts.filter(
    ({ made: { kind, type } }) => kind === null || KINDS[kind].type === 'number' || type.startsWith('count'),
  );
  const [left, right] = [tape.pick(numbers).made, tape.pick(numbers).made];
  const [x, y] = [left.id, right.id].map((id) => `{CUBE.${id.split('.')[1]}}`);
  const rough = left.rough || right.rough || left.type === 'avg' || right.type === 'avg';
  const sql = tape.pick([
    `${x} + ${y}`,
    `${x} / ${y}`,
    `100.0 * ${x} / NULLIF(${y}, 0)`,
    `COALESCE(${x}, 0) - ABS(${y}) * 2`,
    rough ? `${x} - ${y}` : `-${x} % ${y}`,
    `CASE WHEN ${x} > 1 THEN ${y} END`,
  ]);
  const name = `n${at}`;
  return {
    made: { id: `${cube}.${name}`, type: 'number', kind: null, sql: null, rough },
    document: { name, type: 'number', sql },
  };
}

const granularities: readonly CubeGranularity[] = [
  'day',
  'hour',
  'week',
  'month',
  'minute',
  'quarter',
  'year',
  'second',
];
const partitions: readonly { readonly name: CubeGranularity; readonly days: number }[] = [
  { name: 'month', days: 30 },
  { name: 'hour', days: 1 / 24 },
  { name: 'day', days: 1 },
  { name: 'week', days: 7 },
  { name: 'quarter', days: 91 },
  { name: 'year', days: 365 },
];

/** From fine to coarse; a week is made of days, and nothing of weeks. */
export function consistsOf(coarse: CubeGranularity, fine: CubeGranularity): boolean {
  const ranks = ['second', 'minute', 'hour', 'day', 'month', 'quarter', 'year'];
  if (coarse === fine || fine === 'week') return coarse === fine;
  return ranks.indexOf(fine) <= (coarse === 'week' ? 3 : ranks.indexOf(coarse));
}

interface RollupDraft {
  readonly made: RandomRollup;
  readonly document: object;
}

function randomRollup(tape: Tape, drafts: readonly CubeDraft[], span: Span, at: number): RollupDraft {
  const cubes = drafts.map(({ made }) => made);
  const root = tape.pick(cubes);
  const near = tape.chance(60) ? reachable(cubes, root.name) : [root];
  const measures = tape.some(root.measures, 6, 1);
  const foreign = tape.chance(25)
    ? tape.some(
        near.flatMap((cube) => cube.measures),
        2,
      )
    : [];
  const all = [...new Set([...measures, ...foreign])];
  const dimensions = tape.some(
    near.flatMap((cube) => cube.dimensions),
    4,
  );
  const segments = tape.some(
    near.flatMap((cube) => cube.segments.map(({ id }) => id)),
    2,
  );
  const candidates = near.flatMap((cube) => cube.dimensions.filter(({ type }) => type === 'time'));
  const times = tape
    .some(candidates, 3)
    .flatMap(({ id }) =>
      tape.times(tape.chance(10) ? 2 : 1, () => ({ dimension: id, granularity: tape.pick(granularities) })),
    );
  const fits =
    times.length === 0
      ? []
      : partitions.filter(
          ({ name, days }) => span.days / days < 50 && consistsOf(name, times[0].granularity),
        );
  const partition = fits.length > 0 && tape.chance(70) ? tape.pick(fits).name : null;
  const keys = [
    ...dimensions.map(({ id }) => id),
    ...segments,
    ...times.map(({ dimension, granularity }) => `${dimension}.${granularity}`),
  ];
  const indexes =
    keys.length === 0
      ? []
      : tape.times(tape.below(3), (number) => ({
          name: `i${number}`,
          type: tape.pick(['regular', 'aggregate']),
          columns: shuffled(tape, tape.some(keys, keys.length, 1)),
        }));
  return {
    made: { id: `${root.name}.r${at}`, cube: root.name, measures: all, dimensions, segments, times },
    document: {
      name: `r${at}`,
      measures: all.map(({ id }) => id),
      dimensions: dimensions.map(({ id }) => id),
      segments,
      ...(times.length > 0 && { time_dimensions: times }),
      ...(partition !== null && { partition_granularity: partition }),
      ...(indexes.length > 0 && { indexes }),
    },
  };
}

export function shuffled<T>(tape: Tape, list: readonly T[]): T[] {
  const rest = [...list];
  return list.map(() => rest.splice(tape.below(rest.length), 1)[0]);
}

function tableSql(tape: Tape, { name, keys }: Draft, { kinds }: CubeDraft, span: Span): string {
  const rows = tape.times(tape.below(24), (at) => {
    const cells = kinds.map((kind) => (tape.chance(15) ? 'NULL' : literal(tape, kind, span)));
    const foreign = keys.map(({ unique }) =>
      tape.chance(10) ? 'NULL' : String(unique ? at + tape.below(2) * 1_000 : tape.below(9)),
    );
    return `(${[at, ...foreign, ...cells].join(', ')})`;
  });
  const columns = [
    'id BIGINT',
    ...keys.map(({ column }) => `${column} BIGINT`),
    ...kinds.map((kind) => `${kind} ${KINDS[kind].sql}`),
  ];
  const create = `CREATE TABLE ${name} (${columns.join(', ')})`;
  return rows.length === 0 ? create : `${create}; INSERT INTO ${name} VALUES ${rows.join(', ')}`;
}

function literal(tape: Tape, kind: Kind, span: Span): string {
  if (KINDS[kind].type !== 'time') return tape.pick<string>(KINDS[kind].values);
  const ms = moment(tape, span);
  if (kind === 'day') return `DATE '1970-01-01' + (${Math.floor(ms / DAY)})`;
  const micros = `${ms}000 + ${tape.pick([0, 0, 999])}`;
  return kind === 'ts' ? `make_timestamp(${micros})` : `CAST(make_timestamp(${micros}) AS TIMESTAMPTZ)`;
}

/** Instants at which the clocks of New York, Lord Howe or Kathmandu change, and their days. */
const edges = [
  Date.UTC(2021, 2, 14, 7),
  Date.UTC(2021, 3, 3, 15),
  Date.UTC(2021, 10, 7, 5, 30),
  Date.UTC(2023, 10, 5, 6),
  Date.UTC(2021, 2, 1, 18, 15),
];

/** A time within the span, often at an edge of something. */
export function moment(tape: Tape, { from, days }: Span): number {
  const inside = from + tape.below(12) * Math.floor((days * DAY) / 12) + tape.below(3) * 12_345_678;
  const edge = edges.filter((time) => time >= from && time < from + days * DAY);
  const times = [
    Math.floor(inside / DAY) * DAY,
    inside,
    Math.floor(inside / DAY) * DAY - 1,
    Math.floor(inside / HOUR) * HOUR,
    ...edge,
    ...edge.map((time) => time - 1),
  ];
  return tape.pick(times);
}
