import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { GlobalDictionaries } from '../../dist/engine/global-dictionaries.js';
import { withKeptStates } from '../../dist/engine/kept-states.js';
import { prepareScan, type PreparedScan, type StateKeeping } from '../../dist/engine/prepare-scan.js';
import { runScan } from '../../dist/engine/run-scan.js';
import { createWorkerPool } from '../../dist/engine/workers/pool.js';
import type { ScanPlan } from '../../dist/model/plan.js';
import type { StoredBatch } from '../../dist/model/batch.js';
import { LIMITS } from '../../dist/model/limits.js';
import { expectNaive } from './naive-scan.js';
import {
  buildBatch,
  KEYS,
  MEASURES,
  rowArbitrary,
  type Row,
  scanArbitrary,
  sortArbitrary,
} from './scan-cases.js';

const pool = createWorkerPool({ maxThreads: 2 });
afterAll(() => pool.close());

const ROWS = 30_000;
const BY_STATUS: ScanPlan = {
  keys: [{ column: 'status', output: 'status', bucket: null }],
  filter: null,
  aggregates: [
    { columns: ['count'], operation: 'sum', emptyValue: 0 },
    { columns: ['amount'], operation: 'max', emptyValue: null },
  ],
};

/** One partition, with as many statuses as asked for: 256 at most. */
function partition(statuses: number, from = 0, count = ROWS): { batch: StoredBatch; rows: Row[] } {
  const rows = Array.from({ length: count }, (_, i): Row => {
    const n = from + i;
    return {
      status: `s${n % statuses}`,
      flag: n % 2 === 0,
      count: 1 + (n % 3),
      amount: n % 7 === 0 ? null : n % 1_000,
    };
  });
  const specs = [...KEYS, ...MEASURES].filter(({ name }) => name in rows[0]);
  return { batch: buildBatch(rows, specs, []), rows };
}

function visited({ slices }: PreparedScan): number {
  return slices.reduce((sum, { from, to }) => sum + to - from, 0);
}

describe('states of whole partitions', () => {
  test('a scan that takes them answers as a row-by-row loop does', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(rowArbitrary, { minLength: 1, maxLength: 30, size: 'max' }), {
          minLength: 1,
          maxLength: 4,
        }),
        fc.array(scanArbitrary, { minLength: 1, maxLength: 3 }),
        sortArbitrary,
        fc.boolean(),
        async (partitions, scans, sort, hasPool) => {
          const batches = partitions.map((rows) => buildBatch(rows, [...KEYS, ...MEASURES], sort));
          const dictionaries = new GlobalDictionaries();
          // The second time, with a partition less and in the turn of the others.
          for (const from of [0, 0, 1]) {
            for (const scan of scans) {
              const options = { dictionaries, states: 'eager' as const };
              const place = hasPool ? { pool, workerRowsMin: 0 } : { pool: null };
              const { batch } = await runScan(scan, sort, batches.slice(from), { ...options, ...place });
              expectNaive(scan, batch, partitions.slice(from).flat());
            }
          }
        },
      ),
      { numRuns: process.env.GRANARY_LONG ? 3_000 : 120 },
    );
  });

  const prepared = (batches: readonly StoredBatch[], dictionaries: GlobalDictionaries): PreparedScan =>
    prepareScan({ ...BY_STATUS }, [], batches, { dictionaries });
  const scanned = (scan: PreparedScan, keeping: StateKeeping): number =>
    visited(withKeptStates(scan, keeping));

  test('are made when a partition is asked for again, and serve every range that has it whole', () => {
    const batches = [partition(5), partition(7, 1), partition(3, 2)].map(({ batch }) => batch);
    const dictionaries = new GlobalDictionaries();
    expect(scanned(prepared(batches.slice(0, 2), dictionaries), 'again')).toBe(2 * ROWS);
    expect(scanned(prepared(batches.slice(0, 2), dictionaries), 'again')).toBe(5 + 7);
    expect(scanned(prepared(batches, dictionaries), 'again')).toBe(5 + 7 + ROWS);
    expect(scanned(prepared(batches, dictionaries), 'again')).toBe(5 + 7 + 3);
    expect(scanned(prepared(batches, dictionaries), 'off')).toBe(3 * ROWS);
  });

  test('are of one grouping and of one set of measures', () => {
    const batches = [partition(5).batch, partition(7, 1).batch];
    const dictionaries = new GlobalDictionaries();
    for (let turn = 0; turn < 2; turn++) scanned(prepared(batches, dictionaries), 'again');
    const others: ScanPlan[] = [
      { ...BY_STATUS, aggregates: [...BY_STATUS.aggregates].reverse() },
      { ...BY_STATUS, aggregates: BY_STATUS.aggregates.slice(0, 1) },
      { ...BY_STATUS, keys: [] },
      { ...BY_STATUS, keys: [{ column: 'flag', output: 'flag', bucket: null }] },
      { ...BY_STATUS, aggregates: [BY_STATUS.aggregates[0], BY_STATUS.aggregates[0]] },
      {
        ...BY_STATUS,
        aggregates: BY_STATUS.aggregates.map((each) => ({ ...each, operation: 'min' as const })),
      },
    ];
    for (const scan of others) {
      expect(scanned(prepareScan(scan, [], batches, { dictionaries }), 'again')).toBe(2 * ROWS);
      // It is the last used, and so it stays.
      expect(scanned(prepared(batches, dictionaries), 'again')).toBe(5 + 7);
    }
  });

  test('are not kept where they are not much fewer than the rows', async () => {
    const rows = 1_000;
    const many = Array.from({ length: 51 }, (_, at) => partition(rows / LIMITS.rowsPerState + 1, at, rows));
    const batches = many.map(({ batch }) => batch);
    const dictionaries = new GlobalDictionaries();
    for (let turn = 0; turn < 4; turn++) {
      expect(scanned(prepared(batches, dictionaries), 'again')).toBe(51 * rows);
      const { batch } = await runScan(BY_STATUS, [], batches, { dictionaries, pool: null });
      expectNaive(
        BY_STATUS,
        batch,
        many.flatMap((each) => each.rows),
      );
    }
  });

  test('of several groupings come to no more than that together', () => {
    const rows = 1_000;
    const batches = Array.from({ length: 51 }, (_, at) => partition(200, at, rows).batch);
    const dictionaries = new GlobalDictionaries();
    const ways = (['sum', 'min', 'max'] as const).map((operation): ScanPlan => {
      const [first, ...others] = BY_STATUS.aggregates;
      return { ...BY_STATUS, aggregates: [{ ...first, operation }, ...others] };
    });
    const ask = (way: ScanPlan): number => scanned(prepareScan(way, [], batches, { dictionaries }), 'again');
    expect(ways.map((way) => [ask(way), ask(way), ask(way)][2])).toEqual([51 * 200, 51 * 200, 51 * 200]);
    // 200 of 1,000 rows are within a quarter, and 400 are not.
    expect(ask(ways[2])).toBe(51 * 200);
    expect(ask(ways[1])).toBe(51 * rows);
  });

  test('one scan makes no more than its share of them', () => {
    const count = 2 + Math.ceil(LIMITS.statesRowsPerScan / ROWS);
    const batches = Array.from({ length: count }, (_, at) => partition(4, at).batch);
    const dictionaries = new GlobalDictionaries();
    scanned(prepared(batches, dictionaries), 'again');
    const second = scanned(prepared(batches, dictionaries), 'again');
    expect(second).toBeGreaterThan(ROWS);
    expect(second).toBeLessThan(3 * ROWS);
    expect(scanned(prepared(batches, dictionaries), 'again')).toBe(4 * count);
  });
});
