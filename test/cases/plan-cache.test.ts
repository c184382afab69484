/** A plan is kept for the text of a query and one snapshot, and never outlives either. */
import { describe, expect, test } from 'vitest';
import type { CatalogSnapshot } from '../../dist/model/catalog.js';
import type { House, TestingSwitches } from '../../dist/store-house.js';
import { planAnswer, PlanCache } from '../../dist/store-plan.js';
import type { AnswerPlan, AskedPlan } from '../../dist/store-plan.js';
import { QueryTexts } from '../../dist/store-query-texts.js';
import { fakeCatalog, prepare } from '../support/fake-catalog.js';
import { buildTables, openTables, temporaryFolder } from '../support/open-tables.js';
import { byStatus, byStatusRows, init, orders, yaml } from '../support/small-orders.js';

const prepared = prepare({
  cubes: [
    {
      name: 't',
      sql_table: 't',
      measures: [{ name: 'count', type: 'count' }],
      dimensions: [
        { name: 'at', sql: 'at', type: 'time' },
        { name: 'kind', sql: 'kind', type: 'string' },
      ],
      pre_aggregations: ['daily', 'other'].map((name) => ({
        name,
        measures: ['count'],
        dimensions: ['kind'],
        time_dimension: 'at',
        granularity: 'day',
        partition_granularity: 'month',
      })),
    },
  ],
});
const newCatalog = () => fakeCatalog(prepared, '2023-12-01', '2024-03-01');
const query = { measures: ['t.count'], filters: [{ member: 't.kind', operator: 'equals', values: ['a'] }] };
const within = (dateRange: unknown) => ({
  measures: ['t.count'],
  timeDimensions: [{ dimension: 't.at', dateRange }],
});

/** As much of a store as planning needs. */
function planner(options: { readonly compatibility?: 'cube'; readonly testing?: TestingSwitches } = {}) {
  let snapshot: CatalogSnapshot = newCatalog();
  const { compatibility = 'granary', testing = {} } = options;
  const house = {
    config: { compatibility, schema: 'x', allowNonStrictDateRangeMatch: true },
    prepared,
    testing,
    texts: new QueryTexts(),
    plans: new PlanCache(() => undefined),
    storage: {
      sound: (asked: CatalogSnapshot) => asked,
      looking: async <T>(asked: CatalogSnapshot, call: (sound: CatalogSnapshot) => T) => call(asked),
    },
  } as unknown as House;
  return {
    publish: () => (snapshot = newCatalog()),
    plan: (asked: AskedPlan, now = 0, of = snapshot) => planAnswer(house, of, asked, now),
  };
}

const scanOf = ({ prepared: { plan } }: AnswerPlan) => {
  const [piece] = plan.pieces;
  return piece.kind === 'rollup' ? piece.scan : null;
};

describe('a plan is kept', () => {
  test('for the same text, whatever the object', async () => {
    const { plan } = planner();
    const first = await plan({ query });
    expect(await plan({ query: structuredClone(query) })).toBe(first);
    expect(await plan({ query: { ...query, limit: 1 } })).not.toBe(first);
    expect(await plan({ query })).toBe(first);
    expect(await planner({ testing: { planCache: false } }).plan({ query })).not.toBe(first);
  });

  test('apart for what the caller allows', async () => {
    const { plan } = planner();
    const wishes = [
      {},
      { policy: 'rollupOnly' },
      { use: ['t.other'] },
      { avoid: ['t.other'] },
      { avoid: [] },
    ] as const;
    const plans = [];
    for (const wish of wishes) plans.push(await plan({ query, ...wish }));
    expect(new Set(plans).size).toBe(wishes.length);
    expect(plans.map(({ meta }) => meta.preAggregation)).toEqual([
      't.daily',
      't.daily',
      't.other',
      't.daily',
      't.daily',
    ]);
    for (const [at, wish] of wishes.entries()) expect(await plan({ query, ...wish })).toBe(plans[at]);
  });

  test('until another snapshot is asked, and not again when the first comes back', async () => {
    const { plan, publish } = planner();
    const before = publish();
    const first = await plan({ query });
    publish();
    const second = await plan({ query });
    expect(second).not.toBe(first);
    expect(await plan({ query })).toBe(second);
    expect(await plan({ query }, 0, before)).not.toBe(first);
  });

  test('never for an earlier publish, or for what is no plain data', async () => {
    const { plan } = planner();
    expect(await plan({ query, asOf: 1 })).not.toBe(await plan({ query, asOf: 1 }));
    const odd = { ...query, limit: undefined };
    expect(await plan({ query: odd })).not.toBe(await plan({ query: odd }));
    await expect(plan({ query: { ...query, limit: Number.NaN } })).rejects.toThrow('limit');
    expect((await plan({ query: { ...query, limit: null } })).prepared.plan.query.limit).toBeNull();
  });

  test('as its text says, even when the object tells something else each time', async () => {
    const { plan } = planner();
    let asked = 0;
    const moody = {
      measures: ['t.count'],
      get limit() {
        return ++asked;
      },
    };
    const made = await plan({ query: moody });
    expect(await plan({ query: { measures: ['t.count'], limit: made.prepared.plan.query.limit } })).toBe(
      made,
    );
  });
});

describe('[C22] a plan with a range that is relative to now', () => {
  const day = (text: string): number => Date.parse(`${text}Z`);

  test('is kept while the range stays what it is, and no longer', async () => {
    const { plan } = planner();
    const first = await plan({ query: within('today') }, day('2024-01-10T00:00'));
    expect(await plan({ query: within('today') }, day('2024-01-10T23:59'))).toBe(first);
    const next = await plan({ query: within('today') }, day('2024-01-11T00:00'));
    expect(next).not.toBe(first);
    expect(scanOf(next)).not.toEqual(scanOf(first));
    const fresh = await planner().plan({ query: within('today') }, day('2024-01-11T00:00'));
    const { makeRows } = next.prepared;
    expect(next).toEqual({ ...fresh, keptAs: next.keptAs, prepared: { ...fresh.prepared, makeRows } });
  });

  test('by the clock of its zone, in filters too', async () => {
    const { plan } = planner();
    const filters = [{ member: 't.at', operator: 'afterDate', values: ['yesterday'] }];
    const asked = { query: { measures: ['t.count'], filters, timezone: 'America/New_York' } };
    const first = await plan(asked, day('2024-01-10T05:00'));
    expect(await plan(asked, day('2024-01-11T04:59'))).toBe(first);
    expect(await plan(asked, day('2024-01-11T05:00'))).not.toBe(first);
  });

  test('that is absolute holds at any time; where Cube chooses, none that looked at the clock is kept', async () => {
    const absolute = { query: within(['2024-01-01', '2024-01-31']) };
    const { plan } = planner();
    expect(await plan(absolute, day('2030-01-01T00:00'))).toBe(await plan(absolute));
    const cube = planner({ compatibility: 'cube' });
    expect(await cube.plan(absolute)).not.toBe(await cube.plan(absolute));
  });
});

describe('answers of kept plans', () => {
  test('are those of what is published now', async () => {
    const store = await openTables({ yaml, init, folder: temporaryFolder() });
    expect((await store.query(byStatus)).meta.mode).toBe('source');
    await store.build();
    for (let i = 0; i < 2; i++) {
      const { data, meta } = await store.query(byStatus);
      expect([data, meta.mode]).toEqual([byStatusRows, 'rollup']);
    }
  });

  test('share what no row changes, frozen, and no rows', async () => {
    const store = await buildTables(orders);
    const first = await store.query(byStatus);
    (first.data[0] as Record<string, unknown>)['orders.count'] = 'changed';
    const second = await store.query(byStatus);
    expect(second.data).toEqual(byStatusRows);
    expect(second.annotation).toBe(first.annotation);
    expect(() => Object.assign(second.annotation.measures['orders.count'], { title: 'x' })).toThrow(
      TypeError,
    );
    expect(() => Object.assign(second.usedPreAggregations, { x: 1 })).toThrow(TypeError);
    (second.meta as { mode: string }).mode = 'source';
    expect((await store.query(byStatus)).meta.mode).toBe('rollup');
  });
});
