/** A thread that ends takes one task with it, and no more. */
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { createWorkerPool, type PoolOptions, type WorkerPool } from '../../../dist/engine/workers/pool.js';
import type { ScanTask } from '../../../dist/engine/scan-task.js';

const worker = pathToFileURL(fileURLToPath(new URL('../../support/failing-worker.mjs', import.meta.url)));
const pools: WorkerPool[] = [];
afterEach(() => Promise.all(pools.splice(0).map((pool) => pool.close())));

function open(options: PoolOptions = {}): WorkerPool {
  const pool = createWorkerPool({ maxThreads: 2, worker, ...options });
  pools.push(pool);
  return pool;
}

const empty: ScanTask = {
  shape: {
    radices: [],
    rows: 0,
    dense: true,
    plain: false,
    roomBytes: Infinity,
    direct: false,
    aggregates: [],
  },
  slices: [],
};
const ending = (end: string, ms = 0): ScanTask => ({ ...empty, end, ms }) as ScanTask;
const NOTHING = { groups: 0, slots: [], states: [] };

describe('the end of a thread', () => {
  test.for([
    ['exit', 'exited'],
    ['memory', 'memory'],
    ['uncaught', 'planted'],
  ] as const)('by %s fails one task with a typed error', { timeout: 60_000 }, async ([end, reason]) => {
    const pool = open({ heapMb: 24 });
    const beside = [pool.run(ending('wait', 300)), pool.run(empty)];
    const failed = pool.run(ending(end));
    await expect(failed).rejects.toMatchObject({ name: 'StoreError', code: 'worker_failed' });
    await expect(failed).rejects.toThrow(reason);
    expect(await Promise.all(beside)).toEqual([NOTHING, NOTHING]);
    // Both threads are there again.
    expect(pool.idle).toBe(2);
    const after = await Promise.all(Array.from({ length: 6 }, () => pool.run(empty)));
    expect(after).toEqual(Array.from({ length: 6 }, () => NOTHING));
  });

  test('again and again leaves a pool that works', { timeout: 60_000 }, async () => {
    const pool = open();
    for (let i = 0; i < 5; i++) {
      const ended = await Promise.allSettled([
        pool.run(ending('exit')),
        pool.run(ending('exit')),
        pool.run(empty),
      ]);
      expect(ended.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
    }
  });
});

test('a scan that runs ends soon after its signal, and its thread is free', { timeout: 60_000 }, async () => {
  const pool = open({ maxThreads: 1 });
  const values = new Float64Array(new SharedArrayBuffer(8 * 4_194_304));
  const slice = {
    from: 0,
    to: values.length,
    whole: false,
    filters: [],
    keys: [],
    inputs: [[{ kind: 'number' as const, values, validity: null }]],
    ordered: null,
  };
  // 80 thousand million rows: minutes of it.
  const endless: ScanTask = {
    shape: { ...empty.shape, aggregates: [{ kind: 'sum', nullable: false, precision: 0 }] },
    slices: Array.from({ length: 20_000 }, () => slice),
  };
  const stop = new AbortController();
  const scanning = pool.run(endless, { signal: stop.signal });
  const after = pool.run(empty);
  setTimeout(() => stop.abort(new Error('enough')), 100);
  await expect(scanning).rejects.toMatchObject({ code: 'aborted', cause: { message: 'enough' } });
  expect(await after).toEqual(NOTHING);
});

describe('what waits for a thread', () => {
  test('takes turns by client', async () => {
    const pool = open({ maxThreads: 1 });
    const done: string[] = [];
    const run = (client: string) => pool.run(empty, { client }).then(() => done.push(client));
    const first = pool.run(ending('wait', 50));
    await Promise.all([first, ...['a', 'a', 'a', 'b', 'c', 'b'].map(run)]);
    expect(done).toEqual(['a', 'b', 'c', 'a', 'b', 'a']);
  });

  test('leaves when its signal ends it, and keeps no thread', async () => {
    const pool = open({ maxThreads: 1 });
    const stop = new AbortController();
    const first = pool.run(ending('wait', 100));
    const waiting = pool.run(empty, { signal: stop.signal });
    const after = pool.run(empty);
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toMatchObject({ code: 'aborted', cause: { message: 'enough' } });
    expect(pool.idle).toBe(0);
    expect(await Promise.all([first, after])).toEqual([NOTHING, NOTHING]);
    expect(pool.idle).toBe(1);
    await expect(pool.run(empty, { signal: stop.signal })).rejects.toMatchObject({ code: 'aborted' });
    expect(pool.idle).toBe(1);
  });

  test('gives its thread on when the signal comes in the moment that it is let in', async () => {
    const pool = open({ maxThreads: 1 });
    const stop = new AbortController();
    const first = pool.run(empty).then(() => stop.abort());
    const waiting = pool.run(empty, { signal: stop.signal });
    await Promise.allSettled([first, waiting]);
    expect(pool.idle).toBe(1);
    expect(await pool.run(empty)).toEqual(NOTHING);
  });
});
