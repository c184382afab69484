/** One row that the catalog tells stands for a partition: the scan gives the same groups with the same states. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GlobalDictionaries } from '../../dist/engine/global-dictionaries.js';
import { runScan } from '../../dist/engine/run-scan.js';
import { totalsBatch } from '../../dist/engine/totals-batch.js';
import type { StoredBatch } from '../../dist/model/batch.js';
import type { FileMeta } from '../../dist/model/catalog.js';
import type { ScanPlan } from '../../dist/model/plan.js';
import { columnStats } from '../../dist/storage/column-stats.js';
import { expectNaive } from './naive-scan.js';
import {
  buildBatch,
  KEYS,
  MEASURES,
  rowArbitrary,
  scanArbitrary,
  sortArbitrary,
  type Row,
} from './scan-cases.js';

const fileOf = ({ rows, columns }: StoredBatch): FileMeta => ({
  path: 'x',
  bytes: 0,
  crc32: 0,
  rows,
  columns: [...columns].map(([name, column]) => columnStats(name, column)),
});

/** Rows of which some columns hold one value, as those of a partition often do. */
const partition = fc
  .record({
    rows: fc.array(rowArbitrary, { minLength: 1, maxLength: 12 }),
    constant: fc.subarray(['status', 'store', 'flag', 'hour', 'amount', 'big']),
  })
  .map(({ rows, constant }) =>
    rows.map((row): Row => ({
      ...row,
      ...Object.fromEntries(constant.map((name) => [name, rows[0][name]])),
    })),
  );

const scanOf = (more: Partial<ScanPlan>): ScanPlan => ({
  keys: [],
  filter: null,
  aggregates: [{ columns: ['amount'], operation: 'sum', emptyValue: null }],
  ...more,
});
const batchOf = (...rows: Partial<Row>[]): StoredBatch =>
  buildBatch(
    rows as Row[],
    [...KEYS, ...MEASURES].filter(({ name }) => name in rows[0]),
    [],
  );

test('a scan of totals answers as a row-by-row loop over the rows does', async () => {
  let whole = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(partition, { minLength: 1, maxLength: 4 }),
      scanArbitrary,
      sortArbitrary,
      async (partitions, scan, sort) => {
        const batches = partitions.map((rows) => buildBatch(rows, [...KEYS, ...MEASURES], sort));
        const totals = batches.map((batch) => totalsBatch(fileOf(batch), scan));
        whole += totals.filter((each) => each !== null).length;
        const mixed = batches.map((batch, at) => totals[at] ?? batch);
        const options = { pool: null, dictionaries: new GlobalDictionaries() };
        const { batch } = await runScan(scan, sort, mixed, options);
        expectNaive(scan, batch, partitions.flat());
      },
    ),
    { numRuns: process.env.GRANARY_LONG ? 20_000 : 1_500 },
  );
  expect(whole).toBeGreaterThan(100);
});

describe('a partition is read', () => {
  const hour = Date.UTC(2024, 2, 31);
  const day = (timezone: string) =>
    [{ column: 'hour', output: 'day', bucket: { granularity: 'day', timezone } }] as const;

  test.for<[why: string, batch: StoredBatch, scan: ScanPlan]>([
    [
      'where its rows fall into two groups',
      batchOf({ flag: true, amount: 1 }, { flag: false, amount: 2 }),
      scanOf({ keys: [{ column: 'flag', output: 'flag', bucket: null }] }),
    ],
    [
      'where some have no key',
      batchOf({ flag: true, amount: 1 }, { flag: null, amount: 2 }),
      scanOf({ keys: [{ column: 'flag', output: 'flag', bucket: null }] }),
    ],
    [
      'where a zone may bucket the times between otherwise',
      batchOf({ hour, amount: 1 }, { hour: hour + 3_600_000, amount: 2 }),
      scanOf({ keys: day('Europe/Berlin') }),
    ],
    [
      'for a sum of doubles, which is rounded once',
      batchOf({ ratio: 0.5 }),
      scanOf({ aggregates: [{ columns: ['ratio'], operation: 'sum', emptyValue: null }] }),
    ],
    [
      'for sketches',
      batchOf({ users: 3 }),
      scanOf({ aggregates: [{ columns: ['users'], operation: 'sketch', emptyValue: null }] }),
    ],
    [
      'where a filter lets some of it pass',
      batchOf({ flag: true, amount: 1 }, { flag: false, amount: 2 }),
      scanOf({
        filter: {
          kind: 'test',
          member: 'flag',
          test: { kind: 'oneOf', values: [{ kind: 'boolean', value: true }], orNull: false, negated: false },
        },
      }),
    ],
  ])('%s', ([, batch, scan]) => {
    expect(totalsBatch(fileOf(batch), scan)).toBeNull();
  });

  test('where an older version sealed its file without a total', () => {
    const file = fileOf(batchOf({ amount: 1 }));
    expect(totalsBatch(file, scanOf({}))).not.toBeNull();
    const columns = file.columns.map(({ name, type, nulls, min, max }) => ({ name, type, nulls, min, max }));
    const older = { ...file, columns };
    expect(totalsBatch(older, scanOf({}))).toBeNull();
  });
});

test('one bucket of UTC, or one value, stands for the times of a partition', () => {
  const hour = Date.UTC(2024, 2, 31);
  const times = batchOf({ hour, amount: 1 }, { hour: hour + 3_600_000, amount: 2 });
  const scan = scanOf({
    keys: [{ column: 'hour', output: 'day', bucket: { granularity: 'day', timezone: 'UTC' } }],
  });
  const row = totalsBatch(fileOf(times), scan);
  expect(row?.rows).toBe(1);
  expect(row?.columns.get('amount')).toMatchObject({ kind: 'number', values: Float64Array.of(3) });
});

describe('the total of a column', () => {
  const totalOf = (name: string, ...values: Row[string][]) => {
    const batch = batchOf(...values.map((value) => ({ [name]: value })));
    return fileOf(batch).columns[0].total;
  };
  test('is exact at any size', () => {
    expect(totalOf('amount', 1, null, 2)).toBe(3);
    expect(totalOf('count', 2 ** 53 - 1, 2 ** 53 - 1, 1)).toBe(2n ** 54n - 1n);
    expect(totalOf('big', 2n ** 100n, -(2n ** 100n), 7)).toBe(7);
    expect(totalOf('big', 2n ** 100n, null)).toBe(2n ** 100n);
  });
  test('is unknown without a value, and for all that is not exact', () => {
    expect(totalOf('amount', null, null)).toBeNull();
    expect(totalOf('big', null)).toBeNull();
    expect(totalOf('ratio', 1)).toBeNull();
    expect(totalOf('store', 1)).toBeNull();
    expect(totalOf('hour', 1)).toBeNull();
  });
});
