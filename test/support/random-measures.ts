/** Measures of every type over the columns of a random cube, and calculated ones over these. */
import { FEATURES } from './features.js';
import { nameOf, ofCube } from './model-document.js';
import type { Formula, MeasureType, RandomDimension, RandomMeasure, Shape } from './random-model.js';
import { KINDS } from './random-values.js';
import type { Kind } from './random-values.js';
import type { Tape } from './tape.js';

const ofAll = ['min', 'max', 'count_distinct_approx', 'count', 'count_distinct'] as const;
const ofNumbers = ['sum', 'sum', ...ofAll, 'avg'] as const;
const statistics = ['variance', 'stddev', 'covariance', 'correlation', 'covariance'] as const;

export function randomMeasures(
  tape: Tape,
  cube: string,
  columns: readonly RandomDimension[],
  filters: readonly string[],
): RandomMeasure[] {
  const measures: RandomMeasure[] = [{ ...nothing, id: `${cube}.count`, type: 'count' }];
  for (const at of tape.times(2 + tape.below(7), (number) => number)) {
    const column = tape.pick([...columns, ...columns.filter(isRare)]);
    const type = tape.pick(typesFor(column, columns));
    measures.push(randomMeasure(tape, { cube, at, type, column, columns, filters }));
  }
  for (const at of tape.times(tape.below(3), (number) => number))
    measures.push(calculated(tape, cube, measures, at));
  return measures;
}

/** An estimate of many values by few registers. */
export function crowd(cube: string): RandomMeasure {
  return {
    ...nothing,
    id: `${cube}.crowd_count_distinct_approx_serial`,
    type: 'count_distinct_approx',
    kind: 'serial',
    sql: `${cube}.serial`,
    document: { sql: 'serial', precision: 10 },
  };
}

const nothing = {
  kind: null,
  sql: null,
  sql2: null,
  filter: null,
  formula: null,
  rough: false,
  document: {},
};

function typesFor(
  { type, kind }: RandomDimension,
  columns: readonly RandomDimension[],
): readonly MeasureType[] {
  const types: MeasureType[] = type === 'number' ? [...ofNumbers] : [...ofAll];
  if (kind === 'brink') types.push('sum', 'sum', 'avg', 'sum');
  if (FEATURES.statistics && isSquared({ type, kind })) types.push(...statistics);
  if (FEATURES.booleans && type === 'boolean') types.push('bool_and', 'bool_or', 'bool_and', 'bool_or');
  if (FEATURES.firstLast && columns.some((column) => column.type === 'time')) types.push('first', 'last');
  return types;
}

/** Whether DuckDB can square its values. */
function isSquared({ type, kind }: Pick<RandomDimension, 'type' | 'kind'>): boolean {
  return type === 'number' && kind !== 'steep';
}

interface Wish {
  readonly cube: string;
  readonly at: number;
  readonly type: MeasureType;
  readonly column: RandomDimension;
  readonly columns: readonly RandomDimension[];
  readonly filters: readonly string[];
}

function randomMeasure(tape: Tape, { cube, at, type, column, columns, filters }: Wish): RandomMeasure {
  const { kind, sql } = column;
  const filter = tape.chance(30) ? tape.pick(filters) : null;
  const other = otherColumn(tape, type, columns);
  const times = columns.filter((each) => each.type === 'time').length;
  const rows = type === 'count' && tape.chance(20);
  const written = tape.pick([nameOf(sql), `{CUBE}.${nameOf(sql)}`, `{${nameOf(sql)}}`]);
  return {
    id: `${cube}.m${at}_${type}_${kind}`,
    type,
    kind: rows ? null : kind,
    sql: rows ? null : filtered(sql, filter),
    sql2: other === null ? null : filtered(other.sql, filter),
    filter,
    formula: null,
    rough: isRough(type, [kind, ...(other === null ? [] : [other.kind])]),
    document: {
      ...(!rows && { sql: written }),
      ...((type === 'covariance' || type === 'correlation') &&
        other !== null && { sql2: ofCube(other.sql, cube) }),
      ...(isByTime(type) &&
        other !== null &&
        (times > 1 || tape.chance(20)) && { time_dimension: nameOf(other.id) }),
      ...(filter !== null && { filters: [{ sql: ofCube(filter, cube) }] }),
      ...(type === 'count_distinct_approx' &&
        tape.chance(50) && { precision: tape.pick([10, 10, 11, 12, 14, 16]) }),
    },
  };
}

/** Whether few types of measures tell of its kind. */
function isRare({ kind }: RandomDimension): boolean {
  return kind === 'flag' || kind === 'brink';
}

function isByTime(type: MeasureType): boolean {
  return type === 'first' || type === 'last';
}

function filtered(sql: string, filter: string | null): string {
  return filter === null ? sql : `CASE WHEN ${filter} THEN ${sql} END`;
}

/** The second value of a covariance, or the time by which a first or last is told. */
function otherColumn(
  tape: Tape,
  type: MeasureType,
  columns: readonly RandomDimension[],
): RandomDimension | null {
  switch (type) {
    case 'covariance':
    case 'correlation':
      return tape.pick(columns.filter(isSquared));
    case 'first':
    case 'last':
      return tape.pick(columns.filter((column) => column.type === 'time'));
    default:
      return null;
  }
}

function isRough(type: MeasureType, kinds: readonly Kind[]): boolean {
  if ((statistics as readonly MeasureType[]).includes(type)) return true;
  return (type === 'sum' || type === 'avg') && kinds.some((kind) => /^(rough|real|steep)$/.test(kind));
}

/** Over numbers that are their own kind of exact, or roughly known where no step hangs on them. */
function calculated(tape: Tape, cube: string, measures: readonly RandomMeasure[], at: number): RandomMeasure {
  const numbers = measures.filter(isNumber);
  const [left, right] = [tape.pick(numbers), tape.pick(numbers)];
  const rough = left.rough || right.rough;
  const plain = [left, right].every(({ type, formula }) => type !== 'avg' && formula === null);
  const shapes: readonly Shape[] = [
    'add',
    // Whether a denominator that is roughly known is zero decides what there is.
    right.rough ? 'gap' : 'ratio',
    right.rough ? 'add' : 'percent',
    'gap',
    rough ? 'minus' : 'modulo',
    !rough && plain ? 'case' : 'minus',
  ];
  const formula = { shape: tape.pick(shapes), left: left.id, right: right.id };
  return {
    ...nothing,
    id: `${cube}.n${at}`,
    type: 'number',
    formula,
    rough,
    document: { sql: writtenFormula(formula) },
  };
}

/** What SQL cannot be taken apart cannot be a part of another. */
function isNumber({ kind, type, formula }: RandomMeasure): boolean {
  if (formula !== null) return formula.shape !== 'case';
  if (type.startsWith('bool_') || type === 'first' || type === 'last') return false;
  return kind === null || KINDS[kind].type === 'number' || type.startsWith('count');
}

function writtenFormula({ shape, left, right }: Formula): string {
  const [x, y] = [left, right].map((id) => `{CUBE.${nameOf(id)}}`);
  switch (shape) {
    case 'add':
      return `${x} + ${y}`;
    case 'ratio':
      return `${x} / ${y}`;
    case 'percent':
      return `100.0 * ${x} / NULLIF(${y}, 0)`;
    case 'gap':
      return `COALESCE(${x}, 0) - ABS(${y}) * 2`;
    case 'minus':
      return `${x} - ${y}`;
    case 'modulo':
      return `-${x} % ${y}`;
    case 'case':
      return `CASE WHEN ${x} > 1 THEN ${y} END`;
  }
}
