/** Every code of every rule is in docs/rules.md, and is what `explain` gives for some query. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CatalogSnapshot, RollupMeta } from '../../dist/model/catalog.js';
import type { Candidate } from '../../dist/model/plan.js';
import type { ReasonCode, RuleName } from '../../dist/model/reason-code.js';
import { explainQuery } from '../../dist/planner/explain-query.js';
import { typeRule } from '../../dist/planner/match-type.js';
import { planQuery } from '../../dist/planner/plan-query.js';
import { rulesPage } from '../../dist/planner/rules-page.js';
import type { WishOptions } from '../../dist/planner/rollup-wish.js';
import { RULES } from '../../dist/planner/rules.js';
import { fakeCatalog, prepare } from '../support/fake-catalog.js';

const dimension = (name: string, type = 'string') => ({ name, sql: name, type });
const key = { name: 'id', sql: 'id', type: 'number', primary_key: true };

function shop(rollup: object, usersSource = 'default', table: object = { sql_table: 'orders' }) {
  return {
    cubes: [
      {
        name: 'orders',
        ...table,
        joins: [
          { name: 'users', relationship: 'many_to_one', sql: '{CUBE}.user_id = {users.id}' },
          { name: 'items', relationship: 'one_to_many', sql: '{CUBE.id} = {items}.order_id' },
        ],
        dimensions: [
          key,
          dimension('status'),
          dimension('region'),
          dimension('created_at', 'time'),
          { name: 'local', sql: "strftime({SQL_UTILS.convertTz('created_at')}, '%H')", type: 'string' },
        ],
        measures: [
          { name: 'count', type: 'count' },
          { name: 'revenue', type: 'sum', sql: 'amount' },
          { name: 'large', type: 'count', filters: [{ sql: '{CUBE}.amount > 9' }] },
          { name: 'buyers', type: 'count_distinct', sql: 'user_id' },
          { name: 'week', type: 'count', rolling_window: { trailing: '7 day' } },
          { name: 'odd', type: 'number', sql: 'CASE WHEN {count} > 1 THEN {count} END' },
        ],
        segments: [{ name: 'paid', sql: "{CUBE}.status = 'paid'" }],
        pre_aggregations: [{ name: 'main', ...rollup }],
      },
      { name: 'users', data_source: usersSource, sql_table: 'users', dimensions: [key, dimension('city')] },
      {
        name: 'items',
        sql_table: 'items',
        joins: [{ name: 'users', relationship: 'many_to_one', sql: '{CUBE}.giver_id = {users.id}' }],
        dimensions: [key, dimension('product')],
      },
    ],
  };
}

const daily = {
  measures: ['count'],
  dimensions: ['status'],
  time_dimension: 'created_at',
  granularity: 'day',
  partition_granularity: 'month',
};
const weekly = { ...daily, granularity: 'week', partition_granularity: 'week' };
const count = { measures: ['orders.count'] };
const by = (granularity: string, ...dateRange: string[]) => ({
  ...count,
  timeDimensions: [
    { dimension: 'orders.created_at', granularity, ...(dateRange.length > 0 && { dateRange }) },
  ],
});

interface Provocation {
  readonly rule: RuleName;
  readonly query: object;
  readonly rollup?: object;
  readonly usersSource?: string;
  /** What the orders are read from. */
  readonly table?: object;
  /** Whom the caller lets answer. */
  readonly wish?: WishOptions;
  /** What is published instead of the whole rollup; null: nothing. */
  readonly publish?: (meta: RollupMeta) => RollupMeta | null;
}

const provocations: Readonly<Record<ReasonCode, Provocation>> = {
  measure_filter: {
    rule: 'filters',
    query: { ...count, filters: [{ member: 'orders.large', operator: 'measureFilter' }] },
  },
  type_not_executable: { rule: 'type', query: count, rollup: { type: 'original_sql' } },
  not_among_used: { rule: 'allowed', query: count, wish: { use: [] } },
  avoided: { rule: 'allowed', query: count, wish: { avoid: ['orders.main'] } },
  source_only: { rule: 'allowed', query: count, wish: { policy: 'sourceOnly' } },
  data_source_differs: { rule: 'joins', query: { dimensions: ['users.city'] }, usersSource: 'other' },
  join_root_differs: { rule: 'joins', query: { dimensions: ['users.city'] } },
  join_path_differs: {
    rule: 'joins',
    query: { dimensions: ['orders.status', 'users.city'] },
    rollup: { dimensions: ['status', 'items.users.city'] },
  },
  measure_multiplied: { rule: 'measures', query: { ...count, dimensions: ['items.product'] } },
  measure_not_additive: { rule: 'measures', query: { measures: ['orders.buyers'] } },
  measure_expression: { rule: 'measures', query: { measures: ['orders.odd'] } },
  measure_missing: { rule: 'measures', query: { measures: ['orders.revenue'] } },
  dimension_missing: { rule: 'dimensions', query: { ...count, dimensions: ['orders.region'] } },
  filter_dimension_missing: {
    rule: 'filters',
    query: { ...count, filters: [{ member: 'orders.region', operator: 'set' }] },
  },
  segment_missing: { rule: 'segments', query: { ...count, segments: ['orders.paid'] } },
  time_dimension_missing: { rule: 'times', query: by('day'), rollup: { measures: ['count'] } },
  granularity_too_fine: { rule: 'times', query: by('hour') },
  granularity_not_nested: { rule: 'times', query: by('month'), rollup: weekly },
  range_not_aligned: { rule: 'times', query: by('day', '2024-01-01', '2024-01-31T12:00:00') },
  filter_params_differ: {
    rule: 'filters',
    query: { ...count, filters: [{ member: 'orders.status', operator: 'set' }] },
    table: { sql: "SELECT * FROM orders WHERE large OR {FILTER_PARAMS.orders.status.filter('status')}" },
  },
  local_times_differ: {
    rule: 'timezone',
    query: { ...count, dimensions: ['orders.local'], timezone: 'Europe/Berlin' },
    rollup: { ...daily, dimensions: ['local'] },
  },
  window_not_aligned: {
    rule: 'windows',
    query: { ...by('month', '2024-01-01', '2024-02-29'), measures: ['orders.week'] },
    rollup: { ...daily, measures: ['week'], granularity: 'month' },
  },
  timezone_not_aligned: { rule: 'timezone', query: { ...by('day'), timezone: 'Europe/Berlin' } },
  not_built: { rule: 'built', query: count, publish: () => null },
  definition_changed: { rule: 'built', query: count, publish: (meta) => ({ ...meta, definition: 'old' }) },
  partitions_missing: {
    rule: 'built',
    query: count,
    publish: (meta) => ({ ...meta, partitions: meta.partitions.slice(1) }),
  },
};

function provoke({ query, rollup = daily, usersSource, table, wish, publish = (meta) => meta }: Provocation) {
  const prepared = prepare(shop(rollup, usersSource, table));
  const full = fakeCatalog(prepared, '2024-01-01', '2024-07-01');
  const published = [...full.rollups.values()].flatMap((meta) => publish(meta) ?? []);
  const catalog: CatalogSnapshot = { version: 1, rollups: new Map(published.map((meta) => [meta.id, meta])) };
  const { explanation } = explainQuery(prepared, catalog, query, { now: 0, ...wish });
  const plan = planQuery(prepared, catalog, query, { now: 0, ...wish });
  return { candidate: explanation.candidates[0], plan };
}

describe('every code', () => {
  test.each(Object.entries(provocations))('%s is given by its rule', (code, provocation) => {
    const { candidate, plan } = provoke(provocation);
    // Where only some times are not held, the others are still read (X21).
    expect(plan.mode).toBe(['range_not_aligned', 'partitions_missing'].includes(code) ? 'hybrid' : 'source');
    expect(candidate.matched).toBe(false);
    const check = candidate.checks.find(({ rule }) => rule === provocation.rule) as Candidate['checks'][0];
    expect(check.passed).toBe(false);
    expect(check.reasons.map((reason) => reason.code)).toContain(code);
    for (const { message } of check.reasons) expect(message).toMatch(/^.{20,}[.]$/);
  });

  test('stands in the table of its rule, and no other does', () => {
    const table = [typeRule, ...RULES].flatMap(({ name, codes }) =>
      Object.keys(codes).map((code) => ({ name, code })),
    );
    expect(new Set(table.map(({ code }) => code))).toEqual(new Set(Object.keys(provocations)));
    for (const [code, { rule }] of Object.entries(provocations))
      expect(table).toContainEqual({ name: rule, code });
  });
});

test('docs/rules.md is what `npm run rules` writes', () => {
  const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'rules.md'), 'utf8');
  expect(page).toBe(rulesPage());
});

test('[B25] the checks are asked in the order of the rules, and all of them', () => {
  const { candidate } = provoke({ rule: 'times', query: { ...by('hour'), dimensions: ['orders.region'] } });
  expect(candidate.checks.map(({ rule, passed }) => [rule, passed])).toEqual([
    ['type', true],
    ['allowed', true],
    ['joins', true],
    ['measures', true],
    ['dimensions', false],
    ['filters', true],
    ['segments', true],
    ['times', false],
    ['windows', true],
    ['timezone', true],
    ['built', true],
  ]);
  expect(candidate.reasons).toEqual(candidate.checks.flatMap(({ reasons }) => reasons));
});
