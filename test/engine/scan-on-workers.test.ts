import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { GlobalDictionaries } from '../../dist/engine/global-dictionaries.js';
import { runScan, type ScanOptions } from '../../dist/engine/run-scan.js';
import { createWorkerPool, type WorkerPool } from '../../dist/engine/workers/pool.js';
import type { StoredBatch } from '../../dist/model/batch.js';
import { StoreError } from '../../dist/model/errors.js';
import type { ScanPlan } from '../../dist/model/plan.js';
import type { ScanTask } from '../../dist/engine/scan-task.js';
import { expectNaive } from './naive-scan.js';
import {
  buildBatch,
  KEYS,
  MEASURES,
  numberColumn,
  PRECISION,
  type Row,
  rowArbitrary,
  scanArbitrary,
  sortArbitrary,
} from './scan-cases.js';

const threads = createWorkerPool({ maxThreads: 2 });
afterAll(() => threads.close());

/** The pool with a count of its tasks. */
function counted(pool: WorkerPool): WorkerPool & { tasks: number } {
  return {
    tasks: 0,
    threads: pool.threads,
    get idle() {
      return pool.idle;
    },
    get isStarted() {
      return pool.isStarted;
    },
    run(task) {
      this.tasks++;
      return pool.run(task);
    },
    release: (part) => pool.release(part),
    start: () => pool.start(),
    close: () => pool.close(),
  };
}

const options = (pool: WorkerPool): ScanOptions => ({
  pool,
  workerRowsMin: 0,
  dictionaries: new GlobalDictionaries(),
});

/** Without integers beyond 2^53, for these do not travel. */
const smallRow = rowArbitrary.map((row) =>
  typeof row.big === 'bigint' ? { ...row, big: -(2 ** 53) + 1 } : row,
);

const INTEGER = { kind: 'integer' } as const;
const COUNT: ScanPlan = {
  keys: [],
  filter: null,
  aggregates: [{ columns: ['n'], operation: 'sum', emptyValue: 0 }],
};

function ones(rows: number): StoredBatch {
  return { rows, columns: new Map([['n', numberColumn(Array<number>(rows).fill(1), INTEGER)]]), bytes: 0 };
}

describe('with workers', () => {
  test('a scan answers as a row-by-row loop does', async () => {
    const pool = counted(threads);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(smallRow, { minLength: 1, maxLength: 40, size: 'max' }), {
          minLength: 1,
          maxLength: 4,
        }),
        scanArbitrary,
        sortArbitrary,
        fc.constantFrom(2, 7, 4_096),
        async (partitions, scan, sort, blockRows) => {
          const numeric = {
            ...scan,
            aggregates: scan.aggregates.filter(
              ({ columns: [column] }) => column !== 'label' && column !== 'hour',
            ),
          };
          fc.pre(numeric.aggregates.length > 0);
          const batches = partitions.map((rows) => buildBatch(rows, [...KEYS, ...MEASURES], sort));
          const before = pool.tasks;
          const { batch, rowsScanned } = await runScan(numeric, sort, batches, {
            ...options(pool),
            blockRows,
          });
          expectNaive(numeric, batch, partitions.flat());
          expect(pool.tasks - before > 0).toBe(rowsScanned > 0);
        },
      ),
      { numRuns: process.env.GRANARY_LONG ? 2_000 : 150 },
    );
  });

  test('rows are split evenly, across partitions', async () => {
    const pool = counted(threads);
    const { batch } = await runScan(COUNT, [], [ones(10_000), ones(3), ones(29_997)], options(pool));
    expect(batch.columns[0].values).toEqual([40_000]);
    expect(pool.tasks).toBe(4);
  });

  test('a task that fails leaves the slices that it shares with others undone', async () => {
    const asked: ScanTask[] = [];
    const pool: WorkerPool = {
      ...counted(threads),
      idle: 2,
      run: async (task) => {
        asked.push(task);
        if (asked.length === 1) throw new StoreError('worker_failed', 'it ended.');
        await setImmediate();
        return { groups: 0, slots: [], states: [] };
      },
    };
    const rows = Array.from({ length: 5_000 }, (_, i): Row => ({ status: `s${i % 7}`, count: 1 }));
    const specs = [...KEYS, ...MEASURES].filter(({ name }) => name === 'status' || name === 'count');
    const scan: ScanPlan = {
      ...COUNT,
      keys: [{ column: 'status', output: 'status', bucket: null }],
      aggregates: [{ columns: ['count'], operation: 'sum', emptyValue: 0 }],
    };
    // Of a length at which columns lie in the memory of the kernels.
    const batches = [0, 1, 2].map(() => buildBatch(rows, specs, []));
    await expect(runScan(scan, [], batches, options(pool))).rejects.toMatchObject({ code: 'worker_failed' });
    expect(asked.length).toBeGreaterThan(1);
    for (const { next, slices } of asked) expect(next?.[0]).toBe(slices.length);
  });

  test('what sums of doubles round away comes back from the workers', async () => {
    const numbers = Array.from({ length: 400 }, (_, i) => (i % 200 < 100 ? 1e16 : 1e-3) * (i < 200 ? 1 : -1));
    const column = numberColumn([...numbers, 0.5], { kind: 'double' });
    const batch = { rows: 401, columns: new Map([['n', column]]), bytes: 0 };
    const scan: ScanPlan = { ...COUNT, aggregates: [{ columns: ['n'], operation: 'sum', emptyValue: null }] };
    const result = await runScan(scan, [], [batch], options(threads));
    expect(result.batch.columns[0].values[0]).toBeCloseTo(0.5, 9);
  });

  test.each<[string, StoredBatch, ScanPlan, Partial<ScanOptions>]>([
    ['few rows', ones(99), COUNT, { workerRowsMin: 100 }],
    [
      'integers beyond 2^53',
      { rows: 1, columns: new Map([['n', { kind: 'wide', type: INTEGER, values: [2n ** 60n] }]]), bytes: 0 },
      COUNT,
      {},
    ],
    [
      'values of a dictionary',
      buildBatch([{ n: 'x' }], [{ name: 'n', type: { kind: 'string' }, kind: 'dictionary' }], []),
      { ...COUNT, aggregates: [{ columns: ['n'], operation: 'max', emptyValue: null }] },
      {},
    ],
    [
      'memory that is not shared',
      {
        rows: 1,
        columns: new Map([
          ['n', { kind: 'number', type: INTEGER, values: Float64Array.of(1), validity: null, absSum: 1 }],
        ]),
        bytes: 0,
      },
      COUNT,
      {},
    ],
  ])('%s stay on the calling thread', async (_, batch, scan, more) => {
    const pool = counted(threads);
    await runScan(scan, [], [batch], { ...options(pool), ...more });
    expect(pool.tasks).toBe(0);
  });
});

describe('failures', () => {
  const columns = buildBatch(
    [{ n: 3 }],
    [{ name: 'n', type: { kind: 'sketch', precision: PRECISION }, kind: 'sketch' }],
    [],
  ).columns;
  const scan: ScanPlan = {
    ...COUNT,
    aggregates: [{ columns: ['n'], operation: 'sketch', emptyValue: null }],
  };

  test('an error of a worker keeps its code and touches no other query', async () => {
    const column = columns.get('n')!;
    if (column.kind !== 'sketch') throw new Error('a sketch');
    const torn = { ...column, bytes: column.bytes.map((byte) => byte ^ 0xff) };
    const shared = new Uint8Array(new SharedArrayBuffer(torn.bytes.length));
    shared.set(torn.bytes);
    const broken = { rows: 1, columns: new Map([['n', { ...torn, bytes: shared }]]), bytes: 0 };
    const [failed, fine] = await Promise.allSettled([
      runScan(scan, [], [broken], options(threads)),
      runScan(COUNT, [], [ones(1_000)], options(threads)),
    ]);
    expect(failed).toMatchObject({
      status: 'rejected',
      reason: { name: 'StoreError', code: 'sketch_invalid' },
    });
    expect(fine).toMatchObject({ status: 'fulfilled', value: { rowsScanned: 1_000 } });
  });

  test('a bug in a worker rejects the query and the pool lives on', async () => {
    const nonsense = { shape: null, slices: [] } as never;
    await expect(threads.run(nonsense)).rejects.toMatchObject({
      code: 'worker_failed',
      cause: { name: 'TypeError' },
    });
    const { batch } = await runScan(COUNT, [], [ones(10)], options(threads));
    expect(batch.columns[0].values).toEqual([10]);
  });

  test('an aborted query begins no further task', async () => {
    const controller = new AbortController();
    const pool = counted(threads);
    const aborting: WorkerPool = {
      ...pool,
      threads: 1,
      async run(task) {
        const part = await pool.run(task);
        controller.abort(new Error('enough'));
        return part;
      },
      close: () => pool.close(),
    };
    const scanning = runScan(COUNT, [], [ones(1_000)], { ...options(aborting), signal: controller.signal });
    await expect(scanning).rejects.toMatchObject({ code: 'aborted', cause: { message: 'enough' } });
    expect(pool.tasks).toBe(1);
  });

  test('after a failure no further task begins', async () => {
    let begun = 0;
    const failing: WorkerPool = {
      ...threads,
      threads: 2,
      async run() {
        if (++begun === 1) throw new Error('lost');
        await setImmediate();
        return { groups: 0, slots: [], states: [] };
      },
      close: () => Promise.resolve(),
    };
    await expect(runScan(COUNT, [], [ones(1_000)], options(failing))).rejects.toThrow('lost');
    for (let turn = 0; turn < 10; turn++) await setImmediate();
    expect(begun).toBe(2);
  });

  test('a closed pool runs nothing', async () => {
    const pool = createWorkerPool({ maxThreads: 1 });
    await pool.close();
    await expect(runScan(COUNT, [], [ones(10)], options(pool))).rejects.toMatchObject({ code: 'closed' });
  });
});
