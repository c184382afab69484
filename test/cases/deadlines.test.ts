/** Queries end in time, in turns, and refuse what is too much; what ends one touches no other. */
import { describe, expect, test } from 'vitest';
import { buildTables, openTables } from '../support/open-tables.js';
import type { Store } from '../support/open-tables.js';
import { byStatus, byStatusRows, orders } from '../support/small-orders.js';

/** A table whose every query takes DuckDB minutes. */
const endless = {
  yaml: `
    cubes:
      - name: t
        sql: "SELECT a.range AS n FROM range(100000000) a, range(1000) b"
        measures: [{ name: total, sql: "sin(n) * cos(n)", type: sum }]
        dimensions: [{ name: n, sql: "n % 10", type: number }]
  `,
  init: [],
};
const query = { measures: ['t.total'], dimensions: ['t.n'] };

const soon = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function expectIdle(store: Store): Promise<void> {
  // Closing waits for what runs: a statement that went on would keep it for minutes.
  const startedAt = performance.now();
  await store.close();
  expect(performance.now() - startedAt).toBeLessThan(20_000);
}

describe('a query of the source', { timeout: 60_000 }, () => {
  test('ends at its deadline, and its statement with it', async () => {
    const store = await openTables(endless);
    await expect(store.query(query, { timeoutMs: 100 })).rejects.toMatchObject({
      code: 'timed_out',
      message: expect.stringContaining('100 ms'),
    });
    await expectIdle(store);
  });

  // An interrupt that came while the statement was being prepared was forgotten, and it ran on for minutes.
  test('ends whenever its time is over: connecting, preparing, running', async () => {
    const store = await openTables(endless);
    for (let timeoutMs = 1; timeoutMs <= 61; timeoutMs += 3) {
      await expect(store.query(query, { timeoutMs })).rejects.toMatchObject({ code: 'timed_out' });
    }
    await expectIdle(store);
  });

  test('ends with the signal of its caller, which is no deadline', async () => {
    const store = await openTables(endless);
    const stop = new AbortController();
    const asked = store.query(query, { timeoutMs: 50_000, signal: stop.signal });
    setTimeout(() => stop.abort(new Error('enough')), 50);
    await expect(asked).rejects.toMatchObject({ code: 'aborted', cause: { message: 'enough' } });
    await expectIdle(store);
  });

  test('that is answered in time leaves nothing behind', async () => {
    const store = await openTables(orders);
    const stop = new AbortController();
    const { data } = await store.query(byStatus, { timeoutMs: 50_000, signal: stop.signal });
    expect(data).toEqual(byStatusRows);
    stop.abort();
    expect((await store.query(byStatus)).data).toEqual(byStatusRows);
  });
});

test('a signal that has ended already ends a query before anything is read', async () => {
  const store = await buildTables(orders);
  const signal = AbortSignal.abort(new Error('before'));
  await expect(store.query(byStatus, { signal, timeoutMs: 1_000 })).rejects.toMatchObject({
    code: 'aborted',
    cause: { message: 'before' },
  });
});

describe('too many queries', { timeout: 60_000 }, () => {
  test('are refused with their number, and taken again when others have ended', async () => {
    const store = await openTables({ ...endless, options: { queriesMax: 2 } });
    const stop = new AbortController();
    const running = [0, 1].map(() =>
      store.query(query, { signal: stop.signal }).catch((error: unknown) => error),
    );
    await soon(20);
    await expect(store.query(query)).rejects.toMatchObject({
      code: 'overloaded',
      message: expect.stringContaining('2 queries are under way in this store, 2 of them of this client'),
    });
    // Another client is not kept out by these.
    await expect(store.query(query, { client: 'other', timeoutMs: 50 })).rejects.toMatchObject({
      code: 'timed_out',
    });
    stop.abort();
    await Promise.all(running);
    await expect(store.query(query, { timeoutMs: 50 })).rejects.toMatchObject({ code: 'timed_out' });
  });

  test('of many clients are refused at twice the bound', async () => {
    const store = await openTables({ ...orders, options: { queriesMax: 2 } });
    const asked = await Promise.allSettled(
      Array.from({ length: 6 }, (_, i) => store.query(byStatus, { client: `client ${i}` })),
    );
    const codes = asked.map((each) => (each.status === 'fulfilled' ? 'answered' : each.reason.code));
    expect(codes).toEqual([...Array(4).fill('answered'), 'overloaded', 'overloaded']);
  });
});

test('many tiny queries in a row leave the event loop its turns', async () => {
  const store = await buildTables(orders);
  await store.query(byStatus);
  let beats = 0;
  let next = setImmediate(function beat() {
    beats++;
    next = setImmediate(beat);
  });
  const client = async (): Promise<void> => {
    for (let i = 0; i < 300; i++) expect((await store.query(byStatus)).data).toEqual(byStatusRows);
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: 8 }, client));
  clearImmediate(next);
  // Without turns there is not one: each answer asks the next question as a microtask.
  expect(beats).toBeGreaterThan((performance.now() - startedAt) / 100);
});
