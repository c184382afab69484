import type { ColumnProfile, TableProfile } from '../model/profile.js';
import { memberName } from './member-name.js';

/** Columns with more distinct values than this share of the rows do not make good groups. */
const DIMENSION_SHARE = 0.05;
const DIMENSION_DISTINCT_MIN = 50;
const DIMENSION_DISTINCT_MAX = 10_000;
/** An integer with so few values is a group as well as a quantity. */
const SMALL_INTEGER_DISTINCT = 12;
/** A calendar year, an hour of the week, a rating: integers that name a class. */
const CLASS_DISTINCT_MAX = 400;

const IDENTIFIER_WORDS =
  /^(ids?|uuid|guid|key|code|zip|phone|number|customer|user|account|session|visitor|device)$/;
const CLASS_WORDS =
  /^(year|quarter|month|week|weekday|day|hour|rating|stars|class|grade|level|tier|status|type|kind|category|group|flag|version)$/;
const QUANTITY_WORDS =
  /^(amount|cost|price|total|sum|qty|quantity|revenue|sales|count|distance|duration|delay|speed|weight|length|height|width|seconds|minutes|ms|bytes|age|score|tax|fee|discount|margin|profit|income|balance|temperature|population|votes|views|clicks)$/;
const COORDINATE_WORDS = /^(lat|latitude|lon|lng|long|longitude)$/;
/** A date as text, with a time of day or without: `31.12.2024`, `12/31/24 08:00`, `31-Dec-2024`, `2024-12-31`. */
const DATE_TEXT =
  /^(\d{1,2}([./-])\d{1,2}\2(\d{4}|\d\d)|\d{4}([./-])\d{1,2}\4\d{1,2}|\d{1,2}[ -][A-Za-z]{3}[ -]\d{4})([ T,]|$)/;

export interface InferredMembers {
  readonly dimensions: readonly InferredDimension[];
  readonly measures: readonly InferredMeasure[];
  /** One per column, in the order of the table. */
  readonly choices: readonly ColumnChoice[];
  /** The time dimension with the most distinct values. */
  readonly time: InferredDimension | null;
}

export interface InferredDimension {
  readonly name: string;
  readonly title: string;
  readonly type: 'string' | 'number' | 'boolean' | 'time';
  readonly sql: string;
  readonly column: ColumnProfile;
}

export interface InferredMeasure {
  readonly name: string;
  readonly title: string;
  readonly type: 'count' | 'sum' | 'min' | 'max' | 'number' | 'count_distinct_approx';
  /** Null only for the count of rows. */
  readonly sql: string | null;
  readonly column: ColumnProfile | null;
  /** The values are doubles: two ways to add them up may differ in the last digits. */
  readonly double: boolean;
}

/** What became of a column, and why. */
export interface ColumnChoice {
  readonly column: string;
  readonly role: 'time' | 'dimension' | 'measure' | 'dimension and measure' | 'distinct count' | 'left out';
  readonly why: string;
}

/** Decides for every column of a table which members it becomes. */
export function inferMembers(table: TableProfile): InferredMembers {
  const names = new Set<string>(['count']);
  const dimensions: InferredDimension[] = [];
  const measures: InferredMeasure[] = [
    { name: 'count', title: 'Count', type: 'count', sql: null, column: null, double: false },
  ];
  const choices: ColumnChoice[] = [];
  table.columns.forEach((column, position) => {
    const choice = chooseRole(column, table.rows);
    choices.push({ column: column.name, ...choice });
    const base = memberName(column.name, position);
    const sql = columnSql(column);
    if (choice.role === 'time' || choice.role.startsWith('dimension')) {
      dimensions.push({
        name: unused(base, names),
        title: column.name,
        type: dimensionType(column),
        sql,
        column,
      });
    }
    if (choice.role === 'distinct count') {
      const title = `Distinct ${column.name}`;
      const name = unused(`${base}_distinct`, names);
      measures.push({ name, title, type: 'count_distinct_approx', sql, column, double: false });
    }
    if (choice.role.endsWith('measure')) measures.push(...quantityMeasures(column, base, sql, names));
  });
  return { dimensions, measures, choices, time: mainTime(dimensions) };
}

type Role = Pick<ColumnChoice, 'role' | 'why'>;
type Family = 'time' | 'boolean' | 'string' | 'integer' | 'decimal' | 'double' | 'other';

function chooseRole(column: ColumnProfile, rows: number): Role {
  const family = typeFamily(column.type);
  if (/[{}]/.test(column.name))
    return { role: 'left out', why: 'a brace in a name would read as a reference' };
  if (family === 'other')
    return { role: 'left out', why: `${column.type} has no order that a rollup could use` };
  if (column.distinct === 0) return { role: 'left out', why: 'no values' };
  switch (family) {
    case 'time':
      return { role: 'time', why: `${column.type}, ${many(column.distinct, 'value')}` };
    case 'boolean':
      return { role: 'dimension', why: 'true or false' };
    case 'string':
      return chooseStringRole(column, rows);
    case 'integer':
      return chooseIntegerRole(column, rows);
    case 'decimal':
    case 'double':
      return { role: 'measure', why: `${column.type}, ${many(column.distinct, 'value')}` };
  }
}

function chooseStringRole(column: ColumnProfile, rows: number): Role {
  if (column.distinct <= dimensionDistinctMax(rows)) {
    return { role: 'dimension', why: `${many(column.distinct, 'value')} to group by${timeHint(column)}` };
  }
  const why = `${many(column.distinct, 'value')}: too many to group by${timeHint(column)}`;
  return { role: 'distinct count', why };
}

function timeHint({ min, max }: ColumnProfile): string {
  const dated = [min, max].every((text) => text !== null && DATE_TEXT.test(text));
  return dated ? '; looks like a time: cast it in init' : '';
}

function chooseIntegerRole(column: ColumnProfile, rows: number): Role {
  const words = nameWords(column.name);
  const has = (pattern: RegExp): boolean => words.some((word) => pattern.test(word));
  const few = column.distinct <= dimensionDistinctMax(rows);
  if (has(QUANTITY_WORDS)) return { role: 'measure', why: 'the name tells a quantity' };
  if (has(IDENTIFIER_WORDS)) {
    if (few) return { role: 'dimension', why: `an identifier with ${many(column.distinct, 'value')}` };
    return { role: 'distinct count', why: `an identifier with ${many(column.distinct, 'value')}` };
  }
  if (has(CLASS_WORDS) && column.distinct <= CLASS_DISTINCT_MAX) {
    return { role: 'dimension', why: `the name tells a class, ${many(column.distinct, 'value')}` };
  }
  if (isSequence(column, rows))
    return { role: 'distinct count', why: 'a sequence: nearly every row has its own value' };
  if (column.distinct <= SMALL_INTEGER_DISTINCT) {
    return { role: 'dimension and measure', why: `an integer with ${many(column.distinct, 'value')}` };
  }
  return { role: 'measure', why: `${column.type}, ${many(column.distinct, 'value')}` };
}

function quantityMeasures(
  column: ColumnProfile,
  base: string,
  sql: string,
  names: Set<string>,
): InferredMeasure[] {
  const double = typeFamily(column.type) === 'double';
  const make = (
    suffix: string,
    title: string,
    type: InferredMeasure['type'],
    text = sql,
  ): InferredMeasure => ({
    name: unused(`${base}_${suffix}`, names),
    title: `${title} ${column.name}`,
    type,
    sql: text,
    column,
    double,
  });
  const bounds = [make('min', 'Min of', 'min'), make('max', 'Max of', 'max')];
  if (nameWords(column.name).some((word) => COORDINATE_WORDS.test(word))) return bounds;
  const sum = make('sum', 'Sum of', 'sum');
  const known = column.nulls === 0 ? null : { ...make('known', 'Rows with', 'count'), double: false };
  const count = known === null ? 'count' : known.name;
  const average = make(
    'avg',
    'Average of',
    'number',
    `1.0 * {CUBE.${sum.name}} / NULLIF({CUBE.${count}}, 0)`,
  );
  return known === null ? [sum, ...bounds, average] : [sum, ...bounds, known, average];
}

function mainTime(dimensions: readonly InferredDimension[]): InferredDimension | null {
  let best: InferredDimension | null = null;
  for (const dimension of dimensions) {
    if (dimension.type !== 'time') continue;
    if (best === null || dimension.column.distinct > best.column.distinct) best = dimension;
  }
  return best;
}

function typeFamily(type: string): Family {
  if (type === 'DATE' || type.startsWith('TIMESTAMP')) return 'time';
  if (type === 'BOOLEAN') return 'boolean';
  if (type.endsWith(']')) return 'other';
  if (type === 'VARCHAR' || type === 'UUID' || type.startsWith('ENUM')) return 'string';
  if (/^U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)$/.test(type)) return 'integer';
  if (type.startsWith('DECIMAL')) return 'decimal';
  if (type === 'DOUBLE' || type === 'FLOAT') return 'double';
  return 'other';
}

function dimensionType(column: ColumnProfile): InferredDimension['type'] {
  const family = typeFamily(column.type);
  if (family === 'time' || family === 'boolean' || family === 'string') return family;
  return 'number';
}

function dimensionDistinctMax(rows: number): number {
  return Math.min(DIMENSION_DISTINCT_MAX, Math.max(DIMENSION_DISTINCT_MIN, rows * DIMENSION_SHARE));
}

function isSequence(column: ColumnProfile, rows: number): boolean {
  const known = rows - column.nulls;
  const span = Number(column.max) - Number(column.min);
  return known > 100 && column.distinct >= known * 0.9 && span <= known * 2;
}

/** `shippingCost_total` → shipping, cost, total. */
function nameWords(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
}

/** The column of the cube's table, quoted where its name is not a plain word. */
function columnSql(column: ColumnProfile): string {
  const plain = /^[a-z_][a-z0-9_]*$/.test(column.name);
  const name = plain ? column.name : `"${column.name.replaceAll('"', '""')}"`;
  const text = column.type === 'UUID' || column.type.startsWith('ENUM');
  return text ? `{CUBE}.${name}::VARCHAR` : `{CUBE}.${name}`;
}

function unused(name: string, names: Set<string>): string {
  let candidate = name;
  for (let suffix = 2; names.has(candidate); suffix++) candidate = `${name}_${suffix}`;
  names.add(candidate);
  return candidate;
}

function many(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}
