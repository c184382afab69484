/** With a budget for them, answers are given again; never of another publish, never of the source. */
import { describe, expect, test } from 'vitest';
import { AnswerCache } from '../../dist/store-answers.js';
import type { AnswerPlan } from '../../dist/store-plan.js';
import { openTables, temporaryFolder } from '../support/open-tables.js';
import type { Tables } from '../support/open-tables.js';
import { byStatus, byStatusRows, orders } from '../support/small-orders.js';

const cached = (tables: Tables, resultCacheMb = 1): Tables => ({
  ...tables,
  options: { ...tables.options, resultCacheMb },
});
const open = async (tables: Tables) => {
  const store = await openTables(tables);
  await store.build();
  return store;
};

describe('an answer', () => {
  test('is given again as it was, and says so', async () => {
    const store = await open(cached(orders));
    const query = { ...byStatus, total: true, limit: 1 };
    const first = await store.query(query);
    const second = await store.query(query);
    expect(first.meta).not.toHaveProperty('cached');
    expect(first.meta.rowsScanned).toBeGreaterThan(0);
    expect(second.meta).toMatchObject({ cached: true, rowsScanned: 0, mode: 'rollup' });
    const { meta: _, ...shown } = first;
    expect(second).toMatchObject(shown);
    expect(second.total).toBe(2);
  });

  test('has rows of its own each time', async () => {
    const store = await open(cached(orders));
    for (let i = 0; i < 3; i++) {
      const { data } = await store.query(byStatus);
      expect(data).toEqual(byStatusRows);
      Object.assign(data[0], { 'orders.count': 'changed' });
      (data as unknown[]).pop();
    }
  });

  test('is another with numbers in another form', async () => {
    const store = await open(cached(orders));
    const texts = await store.query(byStatus);
    const numbers = await store.query(byStatus, { numbers: 'native' });
    expect([texts.data[0]['orders.count'], numbers.data[0]['orders.count']]).toEqual(['2', 2]);
    expect(numbers.meta).not.toHaveProperty('cached');
    expect((await store.query(byStatus, { numbers: 'native' })).data[0]['orders.count']).toBe(2);
  });

  test('is not given after a publish', async () => {
    const folder = temporaryFolder();
    const store = await open(cached({ ...orders, folder }));
    await store.query(byStatus);
    expect((await store.query(byStatus)).meta.cached).toBe(true);
    await store.build({ force: true });
    expect((await store.query(byStatus)).meta).not.toHaveProperty('cached');
    expect((await store.query(byStatus)).meta.cached).toBe(true);
    const other = await openTables({ ...orders, folder });
    await other.build({ force: true });
    await store.status();
    expect((await store.query(byStatus)).meta).not.toHaveProperty('cached');
  });

  test('that the source has a part in is never kept, nor any without a budget', async () => {
    const hybrid = {
      measures: ['orders.count'],
      timeDimensions: [
        { dimension: 'orders.created_at', dateRange: ['2024-01-01', '2024-02-01T00:30:00.000'] },
      ],
    };
    const store = await open(cached(orders));
    for (let i = 0; i < 2; i++) {
      expect((await store.query(hybrid)).meta).not.toHaveProperty('cached');
      const { meta } = await store.query(byStatus, { policy: 'sourceOnly' });
      expect([meta.mode, 'cached' in meta]).toEqual(['source', false]);
    }
    const without = await open(orders);
    for (let i = 0; i < 2; i++) expect((await without.query(byStatus)).meta).not.toHaveProperty('cached');
  });
});

test('answers are kept within the budget, the least recently asked out first', () => {
  const answers = new AnswerCache(10_000);
  const plans = [0, 1, 2].map(
    (keptAs) => ({ keptAs, prepared: { plan: { pieces: [] }, makeRows: () => [] } }) as unknown as AnswerPlan,
  );
  const answer = (values: number) => ({
    data: [],
    columns: [Array<string>(values).fill('x'.repeat(8))],
    rows: values,
    total: null,
    relativeErrors: {},
    rowsScanned: 1,
  });
  const held = () => plans.map((plan) => answers.take(plan, 'string') !== null);
  answers.keep(plans[0], 'string', answer(100));
  answers.keep(plans[1], 'string', answer(100));
  expect(held()).toEqual([true, true, false]);
  answers.take(plans[0], 'string');
  answers.keep(plans[2], 'string', answer(100));
  expect(held()).toEqual([true, false, true]);
  // More than the whole budget: it is not kept, and takes the place of none.
  answers.keep(plans[1], 'string', answer(1_000));
  expect(held()).toEqual([true, false, true]);
  answers.clear();
  expect(held()).toEqual([false, false, false]);
});
