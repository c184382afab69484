/** Sketches of partitions that differ: in precision, in form, in what they hold. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { plainKernels } from '../../dist/engine/kernels/plain-kernels.js';
import { GlobalDictionaries } from '../../dist/engine/global-dictionaries.js';
import { runScanSync } from '../../dist/engine/run-scan.js';
import { packSketches } from '../../dist/engine/sketches/pack-sketches.js';
import { denseBytes } from '../../dist/engine/sketches/airlift-bytes.js';
import { entryOfInteger } from '../../dist/engine/sketches/sketch-entry.js';
import { Sketch } from '../../dist/engine/sketches/sketch.js';
import type { StoredBatch, StoredColumn } from '../../dist/model/batch.js';
import type { ScanPlan } from '../../dist/model/plan.js';
import type { SketchType } from '../../dist/model/value.js';

const runs = process.env['GRANARY_LONG'] ? 5000 : 150;

/** Values from … to (exclusive); `dense`: as another writer makes it, whatever it holds. */
interface Held {
  readonly from: number;
  readonly to: number;
  readonly dense: boolean;
}

function sketchOf({ from, to, dense }: Held, precision: number): Uint8Array {
  const sketch = new Sketch(precision);
  if (dense) {
    const none = denseBytes(precision, new Uint8Array(2 ** precision));
    sketch.mergeBytes(none, 0, none.length);
  }
  for (let value = from; value < to; value++) sketch.addEntry(entryOfInteger(value));
  return sketch.toBytes();
}

function batchOf(
  type: SketchType,
  groups: readonly number[],
  cells: readonly (Uint8Array | null)[],
): StoredBatch {
  const column = packSketches(cells);
  const columns = new Map<string, StoredColumn>([
    [
      'g',
      {
        kind: 'dictionary',
        type: { kind: 'integer' },
        codes: Uint8Array.from(groups),
        values: [0, 1, 2],
        hasNulls: false,
      },
    ],
    ['u', { ...column, type }],
  ]);
  return { rows: cells.length, columns, bytes: 0 };
}

const scan: ScanPlan = {
  keys: [{ column: 'g', output: 'g', bucket: null }],
  filter: null,
  aggregates: [{ columns: ['u'], operation: 'sketch', emptyValue: null }],
};
const run = (batches: readonly StoredBatch[]) =>
  runScanSync(scan, [], batches, { dictionaries: new GlobalDictionaries() }).batch;

test('[C10] a union of any precisions and forms is the sketch of the whole set at the coarsest', () => {
  const held: fc.Arbitrary<Held | null> = fc.option(
    fc
      .tuple(fc.nat(4000), fc.oneof(fc.nat(9), fc.nat(200), fc.nat(6000)), fc.boolean())
      .map(([from, count, dense]) => ({ from, to: from + count, dense })),
  );
  const partition = fc.record({
    precision: fc.constantFrom(10, 11, 12, 14),
    rows: fc.array(fc.tuple(fc.nat(2), held), { minLength: 1, maxLength: 5 }),
  });
  let folded = 0;
  fc.assert(
    fc.property(fc.array(partition, { minLength: 1, maxLength: 4 }), (partitions) => {
      const batches = partitions.map(({ precision, rows }) =>
        batchOf(
          { kind: 'sketch', precision },
          rows.map(([group]) => group),
          rows.map(([, one]) => (one === null ? null : sketchOf(one, precision))),
        ),
      );
      const filled = partitions.filter(({ rows }) => rows.some(([, one]) => one !== null));
      const precision = Math.min(...filled.map((one) => one.precision));
      if (filled.some((one) => one.precision > precision)) folded++;
      const [groups, unions] = run(batches).columns;
      groups.values.forEach((group, at) => {
        const sets = partitions.flatMap(({ rows }) =>
          rows.filter(([of]) => of === group).flatMap(([, one]) => one ?? []),
        );
        if (sets.length === 0) {
          expect(unions.values[at]).toBeNull();
          return;
        }
        const whole = new Sketch(precision);
        if (sets.some(({ dense }) => dense)) {
          const none = denseBytes(precision, new Uint8Array(2 ** precision));
          whole.mergeBytes(none, 0, none.length);
        }
        for (const { from, to } of sets)
          for (let value = from; value < to; value++) whole.addEntry(entryOfInteger(value));
        expect(unions.values[at]).toEqual(whole.toBytes());
        expect(unions.type).toEqual({ kind: 'sketch', precision });
      });
    }),
    { numRuns: runs },
  );
  expect(folded).toBeGreaterThan(runs / 4);
});

test('partitions of two domains are refused with the column; one without a sketch has none', () => {
  const airlift = batchOf(
    { kind: 'sketch', precision: 11 },
    [0],
    [sketchOf({ from: 0, to: 9, dense: false }, 11)],
  );
  const bytes = Uint8Array.of(0x11, 0x8b, 0x7f);
  const postgres = batchOf({ kind: 'sketch', precision: 11, domain: 'pghll' }, [1], [bytes]);
  const nothing = batchOf({ kind: 'sketch', precision: 11 }, [2], [null]);
  for (const batches of [
    [airlift, postgres],
    [nothing, postgres, airlift],
  ]) {
    expect(() => run(batches)).toThrowError(
      expect.objectContaining({
        code: 'sketch_invalid',
        message: expect.stringMatching(
          /^u: sketches of domain \w+ and of domain \w+ cannot be merged/,
        ) as string,
      }),
    );
  }
  expect(run([nothing, postgres]).columns[1]).toMatchObject({
    type: { kind: 'sketch', precision: 11, domain: 'pghll' },
    values: expect.arrayContaining([bytes, null]) as unknown[],
  });
});

test('the kernel takes every sound sketch of its precision, and sparse ones of a higher', () => {
  const sketches = [10, 10, 10, 12].map((precision, i) =>
    sketchOf({ from: 0, to: [0, 90, 3000, 300][i], dense: i === 2 }, precision),
  );
  const { bytes, offsets } = packSketches([sketches[0], null, ...sketches.slice(1)]);
  const registers = new Uint8Array(2 ** 10);
  const rows = Int32Array.from([0, 1, 2, 3, 4]);
  expect(plainKernels.raiseStored(bytes, offsets, rows, 0, 5, 10, registers)).toBe(5);
  const whole = new Sketch(10);
  for (const sketch of sketches) whole.mergeBytes(sketch, 0, sketch.length);
  expect(denseBytes(10, registers)).toEqual(whole.toBytes());
});
