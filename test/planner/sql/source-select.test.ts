import { describe, expect, test } from 'vitest';
import { StoreError } from '../../../dist/model/errors.js';
import { planQuery } from '../../../dist/planner/plan-query.js';
import { compileSql } from '../../../dist/planner/sql/compile-sql.js';
import { duckdbDialect } from '../../../dist/planner/sql/compile-duckdb.js';
import { postgresDialect } from '../../../dist/planner/sql/compile-postgres.js';
import { sourceSelect } from '../../../dist/planner/sql/source-select.js';
import type { SourceTypes } from '../../../dist/planner/sql/sql-scope.js';
import { prepare } from '../../support/fake-catalog.js';
import { document } from './dialect-tables.js';

function treeOf(query: object, types: SourceTypes = new Map(), model: object = document) {
  const prepared = prepare(model);
  const [piece] = planQuery(prepared, { version: 1, rollups: new Map() }, query, { now: 0 }).pieces;
  if (piece.kind !== 'source') throw new Error('without rollups the source answers');
  return sourceSelect(prepared.model, piece.request, types);
}

const column = (table: string, word: string) => ({ kind: 'tableColumn', table, word });
const status = { kind: 'cast', operand: column('orders', 'status'), type: 'string' };
const ordersTable = { alias: 'orders', table: { kind: 'table', text: 'orders' } };

describe('the tree of a request', () => {
  test('[X24] keys, states, conditions and page, with every value in a parameter', () => {
    const tree = treeOf({
      measures: ['orders.revenue', 'orders.paid_count'],
      dimensions: ['orders.status'],
      segments: ['orders.is_paid'],
      filters: [{ member: 'orders.status', operator: 'contains', values: ['Pai'] }],
      order: { 'orders.revenue': 'desc' },
      limit: 5,
    });
    expect(tree).toEqual({
      distinct: false,
      columns: [
        { expression: status, name: 'orders__status' },
        {
          expression: { kind: 'sum', operand: column('orders', 'amount'), type: null },
          name: 'orders__revenue',
        },
        {
          expression: {
            kind: 'count',
            operand: {
              kind: 'case',
              condition: {
                kind: 'and',
                operands: [
                  {
                    kind: 'template',
                    parts: [
                      { kind: 'table', alias: 'orders' },
                      { kind: 'text', text: '.paid' },
                    ],
                  },
                ],
              },
              value: { kind: 'constant', value: 1 },
            },
          },
          name: 'orders__paid_count',
        },
      ],
      from: { kind: 'tables', root: ordersTable, joins: [], windows: null },
      where: {
        kind: 'and',
        operands: [
          column('orders', 'paid'),
          {
            kind: 'or',
            operands: [
              {
                kind: 'match',
                match: 'contains',
                operand: status,
                needle: { kind: 'parameter', param: { type: 'string', value: 'pai' } },
              },
            ],
          },
        ],
      },
      groupKeys: 1,
      page: {
        order: [
          { name: 'orders__revenue', descending: true },
          { name: 'orders__status', descending: false },
          { name: 'orders__paid_count', descending: false },
        ],
        limit: 5,
        offset: 0,
      },
    });
  });

  test('[H2] a bucket in a zone holds the zone as a parameter and the granularity as a word', () => {
    const timeDimensions = [{ dimension: 'orders.created_at', granularity: 'week' }];
    const tree = treeOf({ measures: ['orders.count'], timeDimensions, timezone: 'Asia/Kathmandu' });
    expect(tree.columns[0]).toEqual({
      expression: {
        kind: 'bucket',
        time: {
          kind: 'wallClock',
          time: { kind: 'cast', operand: column('orders', 'created_at'), type: 'time' },
          timezone: { kind: 'parameter', param: { type: 'string', value: 'Asia/Kathmandu' } },
        },
        granularity: 'week',
      },
      name: 'orders__created_at_week',
    });
  });

  test('[B21] a multiplied measure is taken over distinct keys, and every select has all columns', () => {
    const tree = treeOf(
      { measures: ['orders.revenue', 'items.count'], dimensions: ['items.label'] },
      new Map([['orders.revenue', { kind: 'integer' }]]),
    );
    if (tree.from.kind !== 'selects') throw new Error('the joins multiply orders');
    expect(tree.from.selects.map(({ columns }) => columns.map(({ name }) => name))).toEqual([
      ['items__label', 'orders__revenue', 'items__count'],
      ['items__label', 'orders__revenue', 'items__count'],
    ]);
    const [plain, keyed] = tree.from.selects;
    expect(plain.columns[1].expression).toEqual({ kind: 'null', type: { kind: 'integer' } });
    expect(keyed.columns[2].expression).toEqual({ kind: 'null', type: { kind: 'integer' } });
    if (keyed.from.kind !== 'selects') throw new Error('it is taken over distinct keys');
    expect(keyed.from.selects).toHaveLength(1);
    expect(keyed.from.selects[0]).toMatchObject({
      distinct: true,
      columns: [
        { name: 'items__label' },
        { expression: column('orders', 'id'), name: '_key' },
        { expression: column('orders', 'amount'), name: '_input0' },
      ],
      where: { operands: [{ kind: 'isNull', operand: column('orders', 'id'), negated: true }] },
    });
  });
});

describe('a tree becomes text', () => {
  test('in which a value that stands in several places is one parameter', () => {
    const tree = treeOf({
      measures: ['orders.revenue', 'items.count'],
      timeDimensions: [{ dimension: 'orders.created_at', granularity: 'day' }],
      timezone: 'Asia/Kathmandu',
      filters: [
        { member: 'orders.amount', operator: 'gt', values: ['1.5'] },
        { member: 'orders.paid', operator: 'equals', values: ['true'] },
      ],
    });
    for (const [dialect, number] of [
      [duckdbDialect, '15e-1'],
      [postgresDialect, '1.5'],
    ] as const) {
      const { text, params } = compileSql(tree, dialect);
      expect(params.map(({ value }) => value)).toEqual(['Asia/Kathmandu', number, true]);
      expect(text.match(/\$1\b/g)).toHaveLength(2);
      expect(text.match(/\$3\b/g)).toHaveLength(2);
      expect(text).not.toMatch(/\$4|Kathmandu|15e|1\.5/);
    }
  });

  test('with names in quotes that no name can leave', () => {
    const model = { cubes: [{ ...document.cubes[2], name: 'select' }] };
    const tree = treeOf({ measures: ['select.count'], dimensions: ['select.label'] }, new Map(), model);
    expect(compileSql(tree, duckdbDialect).text).toContain('FROM items AS "select"');
    const evil = { ...tree, columns: [{ ...tree.columns[0], name: 'a" FROM secrets --' as '_key' }] };
    for (const dialect of [duckdbDialect, postgresDialect]) {
      expect(compileSql(evil, dialect).text).toContain('AS "a"" FROM secrets --"');
    }
  });

  test('for PostgreSQL with bare words in lower case, as it reads them without quotes', () => {
    const [first] = document.cubes;
    const dimensions = [{ name: 'at', sql: 'createdAt', type: 'string' }];
    const tree = treeOf({ dimensions: ['o.at'] }, new Map(), {
      cubes: [{ name: 'o', sql_table: first.sql_table, dimensions }],
    });
    expect(compileSql(tree, duckdbDialect).text).toContain('"o"."createdAt"');
    expect(compileSql(tree, postgresDialect).text).toContain('"o"."createdat"');
  });

  test('[X24] for PostgreSQL with integers of the model’s own division as NUMERIC', () => {
    const { text } = compileSql(treeOf({ measures: ['orders.raw_share'] }), postgresDialect);
    expect(text).toContain('(CAST(count(*) AS NUMERIC)) > 0');
    expect(text).toContain(') / (CAST(count(*) AS NUMERIC))');
  });

  test.each([
    ['a sketch', { measures: ['orders.about'] }, /no function that makes the sketch/],
    [
      'a name that it would cut',
      { measures: ['orders.count'], dimensions: [`orders.${'n'.repeat(56)}`] },
      /would cut the name 'orders__n+': it has 64 bytes/,
    ],
  ])('for PostgreSQL not with %s', (_, query, message) => {
    const [first, ...others] = document.cubes;
    const long = { name: 'n'.repeat(56), sql: 'id', type: 'number' };
    const model = {
      cubes: [{ ...first, dimensions: [...(first.dimensions as object[]), long] }, ...others],
    };
    const tree = treeOf(query, new Map(), model);
    expect(compileSql(tree, duckdbDialect).text).toContain('SELECT');
    const error: unknown = catchError(() => compileSql(tree, postgresDialect));
    expect(error).toBeInstanceOf(StoreError);
    expect(error).toMatchObject({ code: 'query_invalid', message: expect.stringMatching(message) });
  });
});

function catchError(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    return error;
  }
}
