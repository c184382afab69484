/** Random models over random small tables, with everything that a table can hold to trouble an engine. */
import type { CellType } from './oracle-filter.js';
import { ownGranularities } from './random-granularities.js';
import { randomMeasures } from './random-measures.js';
import { randomRollup } from './random-rollup.js';
import { KINDS, literal, spans } from './random-values.js';
import type { Kind, Span } from './random-values.js';
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
  /** Those that a time defines itself. */
  readonly granularities: readonly string[];
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
  readonly times: readonly RandomTime[];
}

export interface RandomTime {
  readonly dimension: string;
  readonly granularity: string;
  /** Those that the dimension defines. */
  readonly own: readonly string[];
}

export function randomModel(tape: Tape): RandomModel {
  const span = tape.pick(spans);
  const names = ['a', 'b', 'c', 'd'].slice(0, 2 + tape.below(3));
  const drafts = names.map((name): Draft => ({ name, joins: [], keys: [] }));
  drafts.slice(1).forEach((draft, at) => joinDrafts(tape, drafts[tape.below(at + 1)], draft));
  const cubes = drafts.map((draft) => randomCube(tape, draft));
  const made = cubes.map((cube) => cube.made);
  const rollups = tape.times(2 + tape.below(3), (at) => randomRollup(tape, made, span, at));
  const init = drafts.map((draft, at) => tableSql(tape, draft, cubes[at], span));
  const documents = cubes.map((cube, at) => ({
    ...cube.document,
    pre_aggregations: rollups.flatMap(({ made: { cube: owner }, document }) =>
      owner === drafts[at].name ? [document] : [],
    ),
  }));
  return {
    document: { cubes: documents },
    init,
    cubes: made,
    rollups: rollups.map((rollup) => rollup.made),
    span,
  };
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
    granularities:
      KINDS[kind].type === 'time' && tape.chance(70) ? tape.some(Object.keys(ownGranularities), 4, 1) : [],
  }));
  const documents = columns.map(({ kind, type, granularities }) => ({
    name: kind,
    type,
    sql: tape.pick([kind, `{CUBE}.${kind}`]),
    ...(granularities.length > 0 && {
      granularities: granularities.map((own) => ({ name: own, ...ownGranularities[own].document })),
    }),
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
      dimensions: [
        { id: `${name}.id`, type: 'number', kind: 'small', sql: `${name}.id`, granularities: [] },
        ...columns,
      ],
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
