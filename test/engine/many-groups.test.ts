/** Scans by one key of nearly as many values as rows, or of many rows each, and answers that show the first few groups. */
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { GlobalDictionaries, GlobalDictionary } from '../../dist/engine/global-dictionaries.js';
import { KeyLayouts } from '../../dist/engine/key-layouts.js';
import { KeyOrder } from '../../dist/engine/key-order.js';
import { leadingGroups } from '../../dist/engine/leading-groups.js';
import { kernels } from '../../dist/engine/kernels/kernels.js';
import { plainKernels } from '../../dist/engine/kernels/plain-kernels.js';
import { prepareScan } from '../../dist/engine/prepare-scan.js';
import { runScan, runScanSync } from '../../dist/engine/run-scan.js';
import { createWorkerPool } from '../../dist/engine/workers/pool.js';
import type { GroupedBatch, StoredBatch } from '../../dist/model/batch.js';
import type { ScanPlan } from '../../dist/model/plan.js';
import { LIMITS } from '../../dist/model/limits.js';
import type { Value } from '../../dist/model/value.js';
import { placed } from '../../dist/storage/column-memory.js';
import { expectNaive } from './naive-scan.js';
import {
  buildBatch,
  keyArbitrary,
  KEYS,
  MEASURES,
  rowArbitrary,
  sortArbitrary,
  type Row,
} from './scan-cases.js';

const pool = createWorkerPool({ maxThreads: 2 });
afterAll(() => pool.close());

const RUNS = process.env.GRANARY_LONG ? 5_000 : 500;
const SPECS = [...KEYS, ...MEASURES.filter(({ name }) => ['count', 'amount'].includes(name))];
const BY_STATUS: ScanPlan = {
  keys: [{ column: 'status', output: 'status', bucket: null }],
  filter: null,
  aggregates: [
    { columns: ['count'], operation: 'sum', emptyValue: 0 },
    { columns: ['amount'], operation: 'sum', emptyValue: null },
  ],
};

/** Sums of some groups come to 0, some have no value, and some statuses are of one partition alone. */
function partition(rows: number, statuses: number, seed: number): Row[] {
  return Array.from({ length: rows }, (_, i) => {
    const n = Math.imul(i + seed, 0x9e3779b1) >>> 0;
    return {
      status: n % 97 === 0 ? null : `s${n % (statuses + (seed % 7))}`,
      count: 1 + (n % 3),
      amount: n % 5 === 0 ? null : (n % 2_001) - 1_000,
    };
  });
}

/** Of two bytes and of four, for their number is no multiple of three. */
const PARTITIONS = [
  { rows: 3_001, statuses: 2_500 },
  { rows: 3_002, statuses: 300 },
  { rows: 4_001, statuses: 1_500 },
  { rows: 1_202, statuses: 1_000 },
];

function column({ columns }: GroupedBatch, name: string): readonly Value[] {
  return columns.find((each) => each.name === name)?.values as readonly Value[];
}

describe('many groups of one key', () => {
  const partitions = PARTITIONS.map(({ rows, statuses }, seed) => partition(rows, statuses, seed));
  const batches = partitions.map((rows): StoredBatch => buildBatch(rows, SPECS, []));

  test.each(['on this thread', 'on workers', 'without WebAssembly'])(
    'sums are those of a row-by-row loop, the first time and later ones, %s',
    async (how) => {
      const dictionaries = new GlobalDictionaries();
      const place = how === 'on workers' ? { pool, workerRowsMin: 0 } : { pool: null };
      const options = { dictionaries, states: 'off' as const, plainKernels: how === 'without WebAssembly' };
      for (let turn = 0; turn < 3; turn++) {
        const { batch } = await runScan(BY_STATUS, [], batches, { ...options, ...place });
        expectNaive(BY_STATUS, batch, partitions.flat());
      }
    },
  );

  test('rows are put in the order of their slots where values are nearly as many, from the second time on', () => {
    const options = { dictionaries: new GlobalDictionaries() };
    const areOrdered = (): boolean[] =>
      prepareScan(BY_STATUS, [], batches, options).slices.map(({ ordered }) => ordered !== null);
    expect(areOrdered()).toEqual([false, false, false, false]);
    // Those of the last are too far from each other, and so are laid out row by row.
    expect(areOrdered()).toEqual([true, false, false, false]);
    const { slices } = prepareScan(BY_STATUS, [], batches, options);
    expect(slices.map(({ keys: [{ rowSlots }] }) => rowSlots !== null)).toEqual([false, false, false, true]);
    const [{ keys, inputs, ordered }] = slices;
    const [{ codes, slots }] = keys;
    let slot = ordered?.first ?? 0;
    const inOrder = Array.from(ordered?.steps ?? [], (step) => (slot += step));
    const rows = Array.from(codes.keys()).sort((a, b) => slots[codes[a]] - slots[codes[b]] || a - b);
    expect(inOrder).toEqual(rows.map((row) => slots[codes[row]]));
    inputs.forEach(([input], i) => {
      if (input.kind !== 'narrow') throw new Error('sums of integers are narrow');
      expect(Array.from(ordered?.codes[i] ?? [])).toEqual(rows.map((row) => input.codes[row]));
    });
  });

  test('the slots of rows are laid out where more than sums is asked, from the second time on', () => {
    const options = { dictionaries: new GlobalDictionaries() };
    const scan: ScanPlan = {
      ...BY_STATUS,
      aggregates: [...BY_STATUS.aggregates, { columns: ['amount'], operation: 'max', emptyValue: null }],
    };
    const areLaidOut = (): boolean[] =>
      prepareScan(scan, [], batches, options).slices.map(({ keys }) => keys[0].rowSlots !== null);
    expect(areLaidOut()).toEqual([false, false, false, false]);
    expect(areLaidOut()).toEqual([true, false, false, true]);
    const [{ keys, ordered }] = prepareScan(scan, [], batches, options).slices;
    const [{ codes, slots, rowSlots }] = keys;
    expect(ordered).toBeNull();
    expect(Array.from(rowSlots ?? [])).toEqual(Array.from(codes, (code) => slots[code]));
  });

  test('random rows in the order of a key add up to what a row-by-row loop finds', () => {
    let ordered = 0;
    fc.assert(
      fc.property(
        fc.array(fc.array(rowArbitrary, { minLength: 1, maxLength: 60, size: 'max' }), {
          minLength: 1,
          maxLength: 4,
        }),
        keyArbitrary,
        sortArbitrary,
        fc.boolean(),
        (rows, key, sort, plainKernels) => {
          const parts = rows.map((part): StoredBatch => buildBatch(part, SPECS, sort));
          const scan: ScanPlan = { ...BY_STATUS, keys: [key] };
          const options = { dictionaries: new GlobalDictionaries(), plainKernels, eager: true };
          const { slices, shape } = prepareScan(scan, sort, parts, options);
          if (shape.direct) ordered += slices.filter((slice) => slice.ordered !== null).length;
          expectNaive(scan, runScanSync(scan, sort, parts, options).batch, rows.flat());
        },
      ),
      { numRuns: RUNS },
    );
    expect(ordered).toBeGreaterThan(RUNS / 4);
  });

  test('a partition of more rows than a scan lays out is laid out all the same, and a larger one is not', () => {
    const type = { kind: 'integer' } as const;
    const layoutsOf = (rows: number): [isOrdered: boolean, isSettled: boolean][] => {
      const values = Array.from({ length: rows - 1 }, (_, i) => i);
      const codes = Uint32Array.from({ length: rows }, (_, row) => (row * 7_919) % values.length);
      const column = { kind: 'dictionary', type, codes, values, hasNulls: false } as const;
      const narrow = {
        kind: 'narrow',
        type,
        base: 0,
        codes: new Uint8Array(rows),
        validity: null,
        absSum: 0,
      } as const;
      const dictionary = new GlobalDictionary(null);
      return [1, 2, 3].map(() => {
        const layouts = new KeyLayouts(dictionary, false);
        const { ordered } = layouts.of(column, [narrow]);
        return [ordered !== null, layouts.isSettled];
      });
    };
    // The order the second time, and what is added in it the third.
    expect(layoutsOf(LIMITS.laidOutRowsPerScan + 1)).toEqual([
      [false, false],
      [false, false],
      [true, true],
    ]);
    expect(layoutsOf(LIMITS.laidOutRowsMax + 1)).toEqual([
      [false, true],
      [false, true],
      [false, true],
    ]);
  });

  test('rows of slots far from each other have no order', () => {
    const slots = Int32Array.of(700, 445, 0, 190);
    expect(KeyOrder.of(Uint8Array.of(0, 1, 1, 3), slots)).toMatchObject({
      first: 190,
      steps: Uint8Array.of(0, 255, 0, 255),
    });
    expect(KeyOrder.of(Uint8Array.of(0, 1, 2), slots)).toBe('scattered');
  });

  test.each([true, false])('the first of them are among what is left, descending %s', async (descending) => {
    const all = await runScan(BY_STATUS, [], batches, { dictionaries: new GlobalDictionaries(), pool: null });
    for (const name of ['count', 'amount']) {
      for (const count of [1, 10, 200]) {
        for (const place of [{ pool: null }, { pool, workerRowsMin: 0 }]) {
          const leading = { column: name, descending, count };
          const options = { dictionaries: new GlobalDictionaries(), leading, ...place };
          const some = await runScan(BY_STATUS, [], batches, options);
          const ordered = (batch: GroupedBatch): Value[][] =>
            firstOf(column(batch, name), column(batch, 'status'), descending, count);
          expect(ordered(some.batch)).toEqual(ordered(all.batch));
          // Counts tie too often for that: all are left.
          const isCut = name === 'amount' && count === 10;
          if (isCut) expect(some.batch.rows).toBeLessThan(all.batch.rows / 10);
        }
      }
    }
  });
});

/** In order by the value, NULLs last, and by the text. */
function firstOf(
  values: readonly Value[],
  texts: readonly Value[],
  descending: boolean,
  count: number,
): Value[][] {
  const sign = descending ? -1 : 1;
  return values
    .map((value, i): Value[] => [value, texts[i]])
    .sort(([a, s], [b, t]) => {
      if (a !== b) {
        if (a === null || b === null) return Number(a === null) - Number(b === null);
        return sign * (Number(a) - Number(b));
      }
      return String(s) < String(t) ? -1 : 1;
    })
    .slice(0, count);
}

test('leading groups hold all that can be among the first, whatever the numbers', () => {
  const number = fc.oneof(
    { arbitrary: fc.integer({ min: -1_000_000, max: 1_000_000 }), weight: 400 },
    { arbitrary: fc.constantFrom(0, -0, Infinity, -Infinity, 2 ** 53), weight: 20 },
    { arbitrary: fc.constant(NaN), weight: 1 },
  );
  let cut = 0;
  fc.assert(
    fc.property(
      fc.array(fc.tuple(number, fc.boolean()), { minLength: 1, maxLength: 3_000, size: 'max' }),
      fc.boolean(),
      fc.integer({ min: 1, max: 30 }),
      fc.constantFrom('none', 'some' as const),
      (rows, descending, count, nulls) => {
        const values = placed(Float64Array.from(rows, ([value]) => value));
        const validity = nulls === 'none' ? null : Uint8Array.from(rows, ([, isValid]) => Number(isValid));
        const by = { column: 'amount', descending, count };
        const sets = [kernels(), plainKernels].map((own) =>
          leadingGroups({ values, validity }, rows.length, by, own, 1),
        );
        expect(sets[0]).toEqual(sets[1]);
        const [groups] = sets;
        if (groups === null) return;
        cut++;
        expect(Array.from(groups)).toEqual([...new Set(groups)].sort((a, b) => a - b));
        const left = new Set(groups);
        const sign = descending ? -1 : 1;
        const isNull = (group: number): boolean => validity !== null && validity[group] === 0;
        const worst = Math.max(
          ...[...groups].filter((group) => !isNull(group)).map((group) => sign * values[group]),
        );
        expect(groups.length).toBeGreaterThanOrEqual(Math.min(count, rows.length));
        for (let group = 0; group < rows.length; group++) {
          if (left.has(group) || isNull(group)) continue;
          expect(sign * values[group]).toBeGreaterThan(worst);
        }
      },
    ),
    { numRuns: process.env.GRANARY_LONG ? 2_000 : 200 },
  );
  expect(cut).toBeGreaterThan(20);
});
