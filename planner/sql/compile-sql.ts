/** From the tree to a statement: what every dialect writes alike stands here, the rest asks the dialect. */
import { unreachable } from '../../model/assert.js';
import type { Statement } from '../../model/plan.js';
import { expressionText } from './expression-text.js';
import type { Writer } from './expression-text.js';
import type { SqlDialect } from './sql-dialect.js';
import type { SqlExpression, SqlFrom, SqlPage, SqlSelect, SqlTable, SqlValues } from './sql-tree.js';

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
  return { text: expressionText(writer, template), params: writer.params };
}

function selectText(writer: Writer, select: SqlSelect): string {
  const columns = select.columns.map(
    ({ expression, name }) => `${expressionText(writer, expression)} AS ${writer.dialect.name(name)}`,
  );
  const list = columns.length === 0 ? '1' : columns.join(',\n  ');
  const from = fromText(writer, select.from);
  const where = select.where === null ? '' : `\nWHERE ${expressionText(writer, select.where)}`;
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
    ({ table, on }) => `\nLEFT JOIN ${tableText(writer, table)} ON ${expressionText(writer, on)}`,
  );
  const windows = from.windows === null ? '' : valuesText(writer, from.windows);
  return `${tableText(writer, from.root)}${joins.join('')}${windows}`;
}

function valuesText(writer: Writer, { columns, rows, on }: SqlValues): string {
  const { dialect } = writer;
  const values = rows.map((row) => `(${row.map((value) => expressionText(writer, value)).join(', ')})`);
  const names = columns.map(({ column }) => dialect.name(column)).join(', ');
  const list = `(VALUES ${values.join(', ')}) AS ${dialect.name('_windows')} (${names})`;
  return `\nJOIN ${list} ON ${expressionText(writer, on)}`;
}

function tableText(writer: Writer, { alias, table }: SqlTable): string {
  return `${sourceText(writer, table)} AS ${writer.dialect.name(alias)}`;
}

function sourceText(writer: Writer, table: SqlTable['table']): string {
  switch (table.kind) {
    case 'table':
      return table.text;
    case 'query':
      return `(${expressionText(writer, table.query)})`;
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
