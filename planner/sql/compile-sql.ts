/** From the tree to a statement: what every dialect writes alike stands here, the rest asks the dialect. */
import { unreachable } from '../../model/assert.js';
import type { SqlParam, Statement } from '../../model/plan.js';
import type { Grain } from '../../model/schema.js';
import type { LogicalType } from '../../model/value.js';
import { spreadText, togetherText } from './statistic-sql.js';
import type {
  SqlAggregate,
  SqlByTime,
  SqlCastType,
  SqlComoment,
  SqlExpression,
  SqlFrom,
  SqlMoment,
  SqlName,
  SqlNumberTest,
  SqlPage,
  SqlParameter,
  SqlSelect,
  SqlTable,
  SqlTemplatePart,
  SqlValues,
} from './sql-tree.js';

/** How a dialect writes what dialects write differently. Operands come as text that may stand in a list or a call. */
export interface SqlDialect {
  /** A name in quotes. */
  readonly name: (name: SqlName) => string;
  /** A column that the model names by a bare word, in quotes. */
  readonly word: (word: string) => string;
  /** @param place `$1` */
  readonly parameter: (place: string, type: SqlParam['type']) => string;
  readonly nullOf: (type: LogicalType | null) => string;
  readonly cast: (operand: string, type: SqlCastType) => string;
  /** See `real` in the tree. */
  readonly real: (operand: string) => string;
  /** @param text a parameter that holds the digits */
  readonly number: (text: string, type: LogicalType) => string;
  /** @param time it may stand in the result several times */
  readonly bucket: (time: string, granularity: Grain | null) => string;
  readonly match: (kind: 'contains' | 'startsWith' | 'endsWith', operand: string, needle: string) => string;
  /** @param bind makes a parameter of a text */
  readonly compareNumber: (test: SqlNumberTest, operand: string, bind: (text: string) => string) => string;
  readonly sum: (operand: string, type: LogicalType | null) => string;
  readonly extreme: (kind: 'min' | 'max', operand: string, type: LogicalType | null) => string;
  readonly avg: (operand: string) => string;
  readonly anyValue: (operand: string) => string;
  /** @param operand of type double */
  readonly moments: (part: SqlMoment, operand: string) => string;
  readonly comoments: (part: SqlComoment, x: string, y: string) => string;
  /** An operand in a form whose order in the source is that of its values in the house. */
  readonly ordered: (operand: string, type: LogicalType | null) => string;
  /** The value at the least or greatest time of the rows that pass; of several, the least or greatest value. */
  readonly atEnd: (end: 'first' | 'last', value: string, time: string, filter: string) => string;
  readonly sketch: (operand: string, type: LogicalType | null, precision: number) => string;
}

/** @throws StoreError `query_invalid` for what the dialect cannot say */
export function compileSql(select: SqlSelect, dialect: SqlDialect): Statement {
  const writer: Writer = { dialect, params: [], places: new Map() };
  return { text: selectText(writer, select), params: writer.params };
}

/** A query of the model's author, as it is written. */
export function compileTemplate(
  template: Extract<SqlExpression, { kind: 'template' }>,
  dialect: SqlDialect,
): Statement {
  const writer: Writer = { dialect, params: [], places: new Map() };
  return { text: text(writer, template), params: writer.params };
}

interface Writer {
  readonly dialect: SqlDialect;
  readonly params: SqlParam[];
  /** A node that stands in several places of the tree is one parameter. */
  readonly places: Map<SqlParameter | SqlNumberTest, string>;
}

function selectText(writer: Writer, select: SqlSelect): string {
  const columns = select.columns.map(
    ({ expression, name }) => `${text(writer, expression)} AS ${writer.dialect.name(name)}`,
  );
  const list = columns.length === 0 ? '1' : columns.join(',\n  ');
  const from = fromText(writer, select.from);
  const where = select.where === null ? '' : `\nWHERE ${text(writer, select.where)}`;
  const groups = Array.from({ length: select.groupKeys }, (_, at) => at + 1).join(', ');
  const group = groups === '' ? '' : `\nGROUP BY ${groups}`;
  const page = select.page === null ? '' : pageText(writer, select.page);
  return `SELECT ${select.distinct ? 'DISTINCT ' : ''}${list}\nFROM ${from}${where}${group}${page}`;
}

function fromText(writer: Writer, from: SqlFrom): string {
  if (from.kind === 'selects') {
    const selects = from.selects.map((select) => selectText(writer, select));
    return `(${selects.join('\nUNION ALL\n')}) AS "_rows"`;
  }
  const joins = from.joins.map(
    ({ table, on }) => `\nLEFT JOIN ${tableText(writer, table)} ON ${text(writer, on)}`,
  );
  const windows = from.windows === null ? '' : valuesText(writer, from.windows);
  return `${tableText(writer, from.root)}${joins.join('')}${windows}`;
}

function valuesText(writer: Writer, { columns, rows, on }: SqlValues): string {
  const { dialect } = writer;
  const values = rows.map((row) => `(${row.map((value) => text(writer, value)).join(', ')})`);
  const names = columns.map(({ column }) => dialect.name(column)).join(', ');
  const list = `(VALUES ${values.join(', ')}) AS ${dialect.name('_windows')} (${names})`;
  return `\nJOIN ${list} ON ${text(writer, on)}`;
}

function tableText(writer: Writer, { alias, table }: SqlTable): string {
  return `${sourceText(writer, table)} AS ${writer.dialect.name(alias)}`;
}

function sourceText(writer: Writer, table: SqlTable['table']): string {
  switch (table.kind) {
    case 'table':
      return table.text;
    case 'query':
      return `(${text(writer, table.query)})`;
    case 'select':
      return `(${selectText(writer, table.select)})`;
    default:
      return unreachable(table);
  }
}

function pageText({ dialect }: Writer, { order, limit, offset }: SqlPage): string {
  const keys = order.map(
    ({ name, descending }) => `${dialect.name(name)} ${descending ? 'DESC' : 'ASC'} NULLS LAST`,
  );
  return [
    keys.length === 0 ? '' : `\nORDER BY ${keys.join(', ')}`,
    limit === null ? '' : `\nLIMIT ${limit}`,
    offset === 0 ? '' : `\nOFFSET ${offset}`,
  ].join('');
}

function text(writer: Writer, expression: SqlExpression): string {
  const { dialect } = writer;
  switch (expression.kind) {
    case 'parameter':
      return place(writer, expression, expression.param);
    case 'constant':
      return String(expression.value).toUpperCase();
    case 'null':
      return dialect.nullOf(expression.type);
    case 'column': {
      const name = dialect.name(expression.name);
      return expression.table === undefined ? name : `${dialect.name(expression.table)}.${name}`;
    }
    case 'windowColumn':
      return `${dialect.name('_windows')}.${dialect.name(expression.column)}`;
    case 'tableColumn':
      return `${dialect.name(expression.table)}.${dialect.word(expression.word)}`;
    case 'template':
      return expression.parts.map((part) => partText(writer, part)).join('');
    case 'cast':
      return dialect.cast(text(writer, expression.operand), expression.type);
    case 'case':
      return `CASE WHEN ${text(writer, expression.condition)} THEN ${text(writer, expression.value)} END`;
    case 'coalesce':
      return `coalesce(${text(writer, expression.operand)}, ${String(expression.fallback).toUpperCase()})`;
    case 'row': {
      const operands = expression.operands.map((operand) => text(writer, operand));
      return `CASE WHEN ${operandText(writer, expression.operands[0])} IS NOT NULL THEN row(${operands.join(', ')}) END`;
    }
    case 'bucket':
      return dialect.bucket(text(writer, expression.time), expression.granularity);
    case 'wallClock':
      return `timezone(${text(writer, expression.timezone)}, timezone('UTC', ${text(writer, expression.time)}))`;
    case 'moment':
      return `timezone('UTC', timezone(${text(writer, expression.timezone)}, ${text(writer, expression.time)}))`;
    case 'number':
      return dialect.number(text(writer, expression.text), expression.type);
    case 'real':
      return dialect.real(text(writer, expression.operand));
    case 'always':
      return '1 = 1';
    case 'and':
      return expression.operands.map((operand) => operandText(writer, operand)).join(' AND ');
    case 'or':
      if (expression.operands.length === 0) return 'FALSE';
      return expression.operands.map((operand) => operandText(writer, operand)).join(' OR ');
    case 'not':
      return `NOT ${operandText(writer, expression.operand)}`;
    case 'isNull':
      return `${operandText(writer, expression.operand)} IS ${expression.negated ? 'NOT ' : ''}NULL`;
    case 'compare':
      return `${operandText(writer, expression.left)} ${expression.operator} ${operandText(writer, expression.right)}`;
    case 'compareNumber':
      return dialect.compareNumber(expression, operandText(writer, expression.operand), (value) =>
        place(writer, expression, { type: 'string', value }),
      );
    case 'match':
      return dialect.match(
        expression.match,
        text(writer, expression.operand),
        text(writer, expression.needle),
      );
    default:
      return aggregateText(writer, expression);
  }
}

function aggregateText(writer: Writer, aggregate: SqlAggregate): string {
  const { dialect } = writer;
  const operand = aggregate.operand === null ? '*' : text(writer, aggregate.operand);
  switch (aggregate.kind) {
    case 'count':
      return `count(${operand})`;
    case 'countNulls':
      return `count(*) - count(${operand})`;
    case 'countDistinct':
      return `count(DISTINCT ${operand})`;
    case 'sum':
      return dialect.sum(operand, aggregate.type);
    case 'min':
    case 'max':
      return dialect.extreme(aggregate.kind, operand, aggregate.type);
    case 'avg':
      return dialect.avg(operand);
    case 'anyValue':
      return dialect.anyValue(operand);
    case 'moments':
      return dialect.moments(aggregate.part, operand);
    case 'comoments':
      return dialect.comoments(aggregate.part, operand, text(writer, aggregate.other));
    case 'spread':
      return spreadText(aggregate.statistic, (part) => dialect.moments(part, operand));
    case 'together': {
      const other = text(writer, aggregate.other);
      return togetherText(aggregate.statistic, (part) => dialect.comoments(part, operand, other));
    }
    case 'byTime':
      return byTimeText(writer, aggregate, operand);
    case 'sketch':
      return dialect.sketch(operand, aggregate.type, aggregate.precision);
    default:
      return unreachable(aggregate);
  }
}

function byTimeText(writer: Writer, { end, part, time, type }: SqlByTime, operand: string): string {
  const { dialect } = writer;
  const moment = dialect.bucket(text(writer, time), null);
  const hasValue = `(${operand}) IS NOT NULL`;
  if (part === 'time') return `${end === 'first' ? 'min' : 'max'}(${moment}) FILTER (WHERE ${hasValue})`;
  const filter = `FILTER (WHERE ${hasValue} AND ${moment} IS NOT NULL)`;
  return dialect.atEnd(end, dialect.ordered(operand, type), moment, filter);
}

/** The text of an operand of an operator: in brackets where an operator or the model's text would reach out. */
function operandText(writer: Writer, operand: SqlExpression): string {
  switch (operand.kind) {
    case 'template':
    case 'always':
    case 'and':
    case 'or':
    case 'not':
    case 'isNull':
    case 'compare':
    case 'compareNumber':
    case 'match':
      return `(${text(writer, operand)})`;
    default:
      return text(writer, operand);
  }
}

function partText(writer: Writer, part: SqlTemplatePart): string {
  switch (part.kind) {
    case 'text':
      return part.text;
    case 'table':
      return writer.dialect.name(part.alias);
    case 'inner':
      return innerText(writer, part.expression);
    default:
      return unreachable(part);
  }
}

/** What is one word or one call by itself needs no brackets. */
function innerText(writer: Writer, expression: SqlExpression): string {
  switch (expression.kind) {
    case 'parameter':
    case 'number':
    case 'cast':
    case 'always':
      return text(writer, expression);
    default:
      return `(${text(writer, expression)})`;
  }
}

function place(writer: Writer, node: SqlParameter | SqlNumberTest, param: SqlParam): string {
  let known = writer.places.get(node);
  if (known === undefined) {
    writer.params.push(param);
    known = writer.dialect.parameter(`$${writer.params.length}`, param.type);
    writer.places.set(node, known);
  }
  return known;
}
