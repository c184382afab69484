/** Random models over random small tables, with everything that a table can hold to trouble an engine. */
import { modelDocument, tableStatements } from './model-document.js';
import type { CellType } from './oracle-filter.js';
import { randomCube } from './random-cube.js';
import { randomRollup } from './random-rollup.js';
import { leapSpans, spans } from './random-values.js';
import type { Kind, Span } from './random-values.js';
import { randomViews } from './random-views.js';
import type { Tape } from './tape.js';

/** A description that is plain data, so that it can be taken apart, and what is made of it. */
export interface RandomModel extends ModelParts {
  /** As `openStore` takes it. */
  readonly document: { readonly cubes: readonly object[] };
  /** Statements that make the tables. */
  readonly init: readonly string[];
}

export interface ModelParts {
  readonly cubes: readonly RandomCube[];
  readonly views: readonly RandomView[];
  readonly rollups: readonly RandomRollup[];
  readonly span: Span;
  readonly selection: 'first' | 'priority' | 'cost';
}

export interface RandomCube {
  readonly name: string;
  readonly joins: readonly RandomJoin[];
  /** Whether a second dimension belongs to the primary key. */
  readonly composite: boolean;
  /** The primary key `id` is the first. */
  readonly dimensions: readonly RandomDimension[];
  readonly measures: readonly RandomMeasure[];
  readonly segments: readonly RandomSegment[];
  /** Columns of the table with their types. */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** Literals by column; NULL where there is none. */
  readonly rows: readonly Readonly<Record<string, string>>[];
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
  /** Over the tables by their names; what a judge reads. */
  readonly sql: string;
  /** As it stands in the model. */
  readonly written: string;
  /** Those that a time defines itself. */
  readonly granularities: readonly string[];
}

export interface RandomSegment {
  readonly id: string;
  /** Over the tables by their names. */
  readonly sql: string;
}

export type MeasureType =
  | 'count'
  | 'sum'
  | 'min'
  | 'max'
  | 'avg'
  | 'count_distinct'
  | 'count_distinct_approx'
  | 'number'
  | 'variance'
  | 'stddev'
  | 'covariance'
  | 'correlation'
  | 'first'
  | 'last'
  | 'bool_and'
  | 'bool_or';

export interface RandomMeasure {
  readonly id: string;
  readonly type: MeasureType;
  readonly kind: Kind | null;
  /** What is aggregated, over the tables by their names; null: rows, or other measures. */
  readonly sql: string | null;
  /** Of covariance and correlation: the other value. Of first and last: the time. */
  readonly sql2: string | null;
  /** The filter, over the tables by their names. */
  readonly filter: string | null;
  readonly formula: Formula | null;
  /** Whether two orders of rows may give two sums. */
  readonly rough: boolean;
  /** Keys of the measure in the model. */
  readonly document: Readonly<Record<string, unknown>>;
}

export type Shape = 'add' | 'ratio' | 'percent' | 'gap' | 'minus' | 'modulo' | 'case';

/** Of two measures, by their ids. */
export interface Formula {
  readonly shape: Shape;
  readonly left: string;
  readonly right: string;
}

export interface RandomView {
  readonly name: string;
  readonly entries: readonly {
    /** The cubes on the way; the members are those of the last. */
    readonly path: readonly string[];
    readonly prefix: string | null;
    readonly includes: readonly { readonly member: string; readonly alias: string | null }[];
  }[];
}

export interface RandomRollup {
  readonly id: string;
  readonly cube: string;
  readonly measures: readonly RandomMeasure[];
  readonly dimensions: readonly RandomDimension[];
  readonly segments: readonly string[];
  readonly times: readonly RandomTime[];
  readonly partition: string | null;
  readonly indexes: readonly { readonly name: string; readonly type: string; readonly columns: string[] }[];
  readonly priority: number | null;
  /** What is built of it: all, nothing, or a range from and to before ISO dates. */
  readonly built: 'all' | 'nothing' | readonly [string, string];
  /** ISO dates of its build range. */
  readonly buildRange: readonly [string, string] | null;
}

export interface RandomTime {
  readonly dimension: string;
  readonly granularity: string;
  /** Those that the dimension defines. */
  readonly own: readonly string[];
}

/** @param wide with sums that may go beyond 128 bits, and tables of some hundred rows */
export function randomModel(tape: Tape, wide = false): RandomModel {
  const span = tape.pick(wide && tape.chance(3) ? leapSpans : spans);
  const names = ['a', 'b', 'c', 'd'].slice(0, 2 + tape.below(3));
  const drafts = names.map((name): CubeDraft => ({ name, joins: [], keys: [] }));
  drafts.slice(1).forEach((draft, at) => joinDrafts(tape, drafts[tape.below(at + 1)], draft));
  if (drafts.length > 2 && tape.chance(40)) joinAgain(tape, drafts);
  const cubes = drafts.map((draft) => randomCube(tape, draft, span, wide));
  return finishModel({
    cubes,
    rollups: tape.times(2 + tape.below(3), (at) => randomRollup(tape, cubes, span, at)),
    views: randomViews(tape, cubes),
    span,
    selection: tape.pick(['first', 'first', 'priority', 'cost']),
  });
}

export function finishModel(parts: ModelParts): RandomModel {
  const { cubes, views, rollups, span, selection } = parts;
  return {
    ...{ cubes, views, rollups, span, selection },
    document: modelDocument(parts),
    init: cubes.flatMap(tableStatements),
  };
}

export interface CubeDraft {
  readonly name: string;
  readonly joins: RandomJoin[];
  /** Columns of keys of other tables, and whether each key stands once. */
  readonly keys: { readonly column: string; readonly unique: boolean }[];
}

function joinDrafts(tape: Tape, near: CubeDraft, far: CubeDraft): void {
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

/** A second way to the last cube, where one of the others does not join it yet. */
function joinAgain(tape: Tape, drafts: readonly CubeDraft[]): void {
  const far = drafts[drafts.length - 1];
  const free = drafts.slice(0, -1).filter(({ joins }) => joins.every(({ to }) => to !== far.name));
  if (free.length === 0) return;
  const near = tape.pick(free);
  const column = `${far.name}_ref`;
  near.keys.push({ column, unique: false });
  near.joins.push({
    to: far.name,
    relationship: 'many_to_one',
    on: `${near.name}.${column} = ${far.name}.id`,
  });
}
