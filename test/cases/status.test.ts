/** What `status` tells an operator: how old a rollup is, what of its source is not built, and what went wrong. */
import { expect, test } from 'vitest';
import { openTables, tableOf, temporaryFolder } from '../support/open-tables.js';
import type { Store } from '../support/open-tables.js';
import { init, orders, yaml } from '../support/small-orders.js';

const statusOf = async (store: Store, options = {}) => (await store.status(options)).rollups[0];

test('a rollup that is built lacks nothing, and its age grows', async () => {
  const store = await openTables(orders);
  expect(await statusOf(store)).toMatchObject({
    state: 'not_built',
    ageMs: null,
    unbuilt: null,
    lastError: null,
  });
  expect((await statusOf(store, { source: true })).unbuilt).toEqual(['20240101', '20240201']);
  await store.build();
  const first = await statusOf(store);
  expect(first).toMatchObject({ state: 'built', unbuilt: [], lastError: null });
  await new Promise((done) => setTimeout(done, 20));
  expect((await statusOf(store)).ageMs).toBeGreaterThanOrEqual(first.ageMs! + 19);
});

test('partitions that a build left out, and those that the source has got since, are told', async () => {
  const folder = temporaryFolder();
  const store = await openTables({ ...orders, folder });
  await store.build({ range: ['2024-02-01', '2024-03-01'] });
  expect((await statusOf(store)).unbuilt).toEqual(['20240101']);
  const later = tableOf('orders', ['status', 'amount', 'created_at'], ["'new', 1, TIMESTAMP '2024-04-05'"]);
  const grown = await openTables({ yaml, init: [later], folder });
  expect((await statusOf(grown)).unbuilt).toEqual(['20240101']);
  expect((await statusOf(grown, { source: true })).unbuilt).toEqual(['20240401']);
});

test('of another definition nothing is built', async () => {
  const folder = temporaryFolder();
  await (await openTables({ ...orders, folder })).build();
  const changed = await openTables({
    init,
    yaml: yaml.replace('sql: amount, type: sum', 'sql: amount * 2, type: sum'),
    folder,
  });
  expect(await statusOf(changed)).toMatchObject({
    state: 'definition_changed',
    unbuilt: ['20240101', '20240201'],
  });
});

test('the last error of a build or an ingest is told until one succeeds', async () => {
  const store = await openTables({ yaml, init: [] });
  await expect(store.build()).rejects.toMatchObject({ code: 'source_failed' });
  const { lastError } = await statusOf(store);
  expect(lastError).toMatchObject({ code: 'source_failed', message: expect.stringContaining('orders') });
  expect(Math.abs(Date.parse(lastError!.at) - Date.now())).toBeLessThan(60_000);

  const external = await openTables({ yaml, init: [], options: { sources: {} } });
  const row = {
    orders__status: 'new',
    orders__created_at_day: '2024-01-01',
    orders__count: 1,
    orders__revenue: 2,
  };
  await expect(external.ingest('orders.main', [{ ...row, orders__count: -1 }])).rejects.toThrow();
  expect((await statusOf(external)).lastError).toMatchObject({ code: 'rows_invalid' });
  await external.ingest('orders.main', [row]);
  expect((await statusOf(external)).lastError).toBeNull();
});

test('a partition between ingested ones that nobody ingested is not built, and a query of it is refused', async () => {
  const store = await openTables({ yaml, init: [], options: { sources: {} } });
  const row = { orders__status: 'new', orders__count: 1, orders__revenue: 2 };
  const days = ['2024-01-01', '2024-03-01'];
  await store.ingest(
    'orders.main',
    days.map((day) => ({ ...row, orders__created_at_day: day })),
  );
  expect((await statusOf(store)).unbuilt).toEqual(['20240201']);
  const query = { measures: ['orders.count'] };
  await expect(store.query(query)).rejects.toMatchObject({ name: 'StoreError', code: 'config_invalid' });
  await expect(store.query(query, { policy: 'rollupOnly' })).rejects.toMatchObject({ code: 'not_covered' });
  await store.ingest('orders.main', [], { range: ['2024-02-01', '2024-03-01'] });
  expect((await store.query(query)).data).toEqual([{ 'orders.count': '2' }]);
});
