/** Calls that meet: builds, queries and `close` at the same time, in one process and in two. */
import { expect, test } from 'vitest';
import { openTables, temporaryFolder } from '../support/open-tables.js';
import type { Store, Tables } from '../support/open-tables.js';
import { byStatus, byStatusRows, expectIntact, orders } from '../support/small-orders.js';

const twoRollups: Tables = {
  ...orders,
  yaml: `${orders.yaml}          - { name: small, measures: [count], dimensions: [status] }\n`,
};

/** Two stores on one folder: what two processes see of each other. */
async function openTwice(tables: Tables): Promise<[Store, Store]> {
  const shared = { ...tables, folder: temporaryFolder() };
  return [await openTables(shared), await openTables(shared)];
}

test('two builds of one store at the same time build each rollup once', async () => {
  const store = await openTables(twoRollups);
  const reports = await Promise.all([store.build(), store.build()]);
  expect(reports.map(({ rollups }) => rollups.map(({ outcome }) => outcome))).toEqual([
    ['built', 'built'],
    ['current', 'current'],
  ]);
  await expectIntact(store);
});

test('a build whose signal ended while it waited its turn builds nothing', async () => {
  const store = await openTables(twoRollups);
  const abort = new AbortController();
  const first = store.build({ preAggregations: ['orders.main'], onProgress: () => abort.abort() });
  const second = store.build({ signal: abort.signal });
  await expect(second).rejects.toMatchObject({ code: 'aborted' });
  await first;
  expect((await store.status()).rollups.map(({ state }) => state)).toEqual(['built', 'not_built']);
  await expect(store.build({ preAggregations: ['orders.main'], signal: abort.signal })).rejects.toMatchObject(
    {
      code: 'aborted',
    },
  );
});

test('a build knows what another process has published', async () => {
  const [one, other] = await openTwice(twoRollups);
  await one.build({ preAggregations: ['orders.main'] });
  const { rollups } = await other.build();
  expect(rollups.map(({ outcome }) => outcome)).toEqual(['current', 'built']);
  await expectIntact(other);
});

test('builds of different rollups by two processes at the same time both publish', async () => {
  const [one, other] = await openTwice(twoRollups);
  await Promise.all([
    one.build({ preAggregations: ['orders.main'] }),
    other.build({ preAggregations: ['orders.small'] }),
  ]);
  for (const store of [one, other]) {
    expect((await store.status()).rollups.map(({ state }) => state)).toEqual(['built', 'built']);
    await expectIntact(store);
  }
});

test('of two processes that build the same rollup at the same time one is told that it was too late', async () => {
  const [one, other] = await openTwice(orders);
  const results = await Promise.allSettled([one.build(), other.build()]);
  const failed = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  expect(failed).toEqual([expect.objectContaining({ code: 'commit_conflict' })]);
  for (const store of [one, other]) {
    await store.build();
    await expectIntact(store);
  }
});

test('queries that meet a rebuild by another process look again, each of them', async () => {
  const [reader, writer] = await openTwice(orders);
  await writer.build();
  await reader.status();
  for (let round = 0; round < 3; round++) await writer.build({ force: true });
  const answers = await Promise.all([reader.query(byStatus), reader.query(byStatus), reader.query(byStatus)]);
  for (const { data, meta } of answers) {
    expect(data).toEqual(byStatusRows);
    expect(meta.preAggregation).toBe('orders.main');
  }
});

test('close waits for the calls that have begun, and refuses others', async () => {
  const store = await openTables(orders);
  const build = store.build();
  const fromSource = store.query({ measures: ['orders.count'], dimensions: ['orders.amount'] });
  const closed = store.close();
  await expect(store.query(byStatus)).rejects.toMatchObject({ code: 'closed' });
  await closed;
  expect((await build).rollups.map(({ outcome }) => outcome)).toEqual(['built']);
  expect((await fromSource).data).toHaveLength(3);
  await store.close();
});
