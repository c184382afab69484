/** Expressions of the tree as text, with their parameters. */
import { unreachable } from '../../model/assert.js';
import type { SqlParam } from '../../model/plan.js';
import type { SqlDialect } from './sql-dialect.js';
import { spreadText, togetherText } from './statistic-sql.js';
import type {
  SqlAggregate,
  SqlByTime,
  SqlExpression,
  SqlNumberTest,
  SqlParameter,
  SqlTemplatePart,
} from './sql-tree.js';

/** A statement on its way. */
export interface Writer {
  readonly dialect: SqlDialect;
  readonly params: SqlParam[];
  /** A node that stands in several places of the tree is one parameter. */
  readonly places: Map<SqlParameter | SqlNumberTest, string>;
}

/** A row-level expression or an aggregate, as it may stand in a list or a call. */
export function expressionText(writer: Writer, expression: SqlExpression): string {
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
      return dialect.cast(expressionText(writer, expression.operand), expression.type);
    case 'case':
      return `CASE WHEN ${expressionText(writer, expression.condition)} THEN ${expressionText(writer, expression.value)} END`;
    case 'coalesce':
      return `coalesce(${expressionText(writer, expression.operand)}, ${String(expression.fallback).toUpperCase()})`;
    case 'row': {
      const operands = expression.operands.map((operand) => expressionText(writer, operand));
      return `CASE WHEN ${operandText(writer, expression.operands[0])} IS NOT NULL THEN row(${operands.join(', ')}) END`;
    }
    case 'bucket':
      return dialect.bucket(expressionText(writer, expression.time), expression.granularity);
    case 'wallClock':
      return `timezone(${expressionText(writer, expression.timezone)}, timezone('UTC', ${expressionText(writer, expression.time)}))`;
    case 'moment':
      return `timezone('UTC', timezone(${expressionText(writer, expression.timezone)}, ${expressionText(writer, expression.time)}))`;
    case 'number':
      return dialect.number(expressionText(writer, expression.text), expression.type);
    case 'real':
      return dialect.real(expressionText(writer, expression.operand));
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
        expressionText(writer, expression.operand),
        expressionText(writer, expression.needle),
      );
    default:
      return aggregateText(writer, expression);
  }
}

function aggregateText(writer: Writer, aggregate: SqlAggregate): string {
  const { dialect } = writer;
  const operand = aggregate.operand === null ? '*' : expressionText(writer, aggregate.operand);
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
      return dialect.comoments(aggregate.part, operand, expressionText(writer, aggregate.other));
    case 'spread':
      return spreadText(aggregate.statistic, (part) => dialect.moments(part, operand));
    case 'together': {
      const other = expressionText(writer, aggregate.other);
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
  const moment = dialect.bucket(expressionText(writer, time), null);
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
      return `(${expressionText(writer, operand)})`;
    default:
      return expressionText(writer, operand);
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
      return expressionText(writer, expression);
    default:
      return `(${expressionText(writer, expression)})`;
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
