import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PartitionBatches } from '../../dist/engine/partition-batches.js';
import { LIMITS } from '../../dist/model/limits.js';
import type { BuildPartition } from '../../dist/model/plan.js';

/** Newest first; where `gaps` says so, one lacks between two of them. The last one holds rows without a time. */
function partitionsOf(gaps: readonly boolean[], hasNulls: boolean): BuildPartition[] {
  let from = 1_000;
  const timed = gaps.map((gap, i) => {
    from -= gap ? 2 : 1;
    return { key: `p${i}`, range: { from, to: from + 1 } };
  });
  const nulls = hasNulls ? [{ key: 'null', range: null }] : [];
  return [...timed, ...nulls] as unknown as BuildPartition[];
}

/** Rows of each partition, by position: any, with runs of empty ones, and now and then one that is much larger. */
const rowsOf = (length: number) =>
  fc.array(fc.constantFrom(0, 0, 1, 1_000, 100_000, LIMITS.stagedRowsMax, 10 * LIMITS.stagedRowsMax), {
    minLength: length,
    maxLength: length,
  });

const cases = fc
  .array(
    fc.nat(9).map((number) => number === 0),
    { minLength: 1, maxLength: 200 },
  )
  .chain((gaps) =>
    fc.record({
      partitions: fc.boolean().map((hasNulls) => partitionsOf(gaps, hasNulls)),
      rows: fc.oneof(
        rowsOf(gaps.length + 1),
        fc.nat(3_000_000).map((rows) => Array<number>(gaps.length + 1).fill(rows)),
      ),
      lanes: fc.integer({ min: 1, max: 4 }),
      most: fc.constantFrom(1, 4, Infinity),
    }),
  );

test('batches are all partitions in their order, without a gap in one, and of a number that their rows allow', () => {
  let joined = 0;
  fc.assert(
    fc.property(cases, ({ partitions, rows, lanes, most }) => {
      const batches = new PartitionBatches(partitions, lanes, most);
      const made: BuildPartition[] = [];
      let [largest, filled] = [0, 0];
      for (const batch of batches) {
        expect(batch.length).toBeGreaterThan(0);
        batch.slice(1).forEach(({ range }, i) => expect(range?.to).toBe(batch[i].range?.from));
        expect(batch.length === 1 || batch.every(({ range }) => range !== null)).toBe(true);
        if (batch.length > 1) {
          joined++;
          expect(batch.length * largest).toBeLessThanOrEqual(LIMITS.stagedRowsMax);
          expect(batch.length).toBeLessThanOrEqual(
            Math.max(LIMITS.stagedGrowth * filled, LIMITS.stagedBlindly),
          );
          expect(batch.length).toBeLessThanOrEqual(Math.min(most, Math.ceil(partitions.length / lanes)));
        }
        for (const partition of batch) {
          const own = rows[made.length];
          // The newest, and rows without a time, say nothing of the others.
          if (made.length > 0 && partition.range !== null && own > 0) {
            largest = Math.max(largest, own);
            filled++;
          }
          made.push(partition);
          batches.learn(partition, own);
        }
      }
      expect(made).toEqual(partitions);
    }),
    { numRuns: 1_000 },
  );
  expect(joined).toBeGreaterThan(150);
});

const sizesOf = (rows: readonly number[], most = Infinity, lanes = 1): number[] => {
  const partitions = partitionsOf(Array<boolean>(rows.length).fill(false), false);
  const batches = new PartitionBatches(partitions, lanes, most);
  let at = 0;
  return Array.from(batches, (batch) => {
    for (const partition of batch) batches.learn(partition, rows[at++]);
    return batch.length;
  });
};

test.each<[string, number[], number[]]>([
  ['36 months of few rows', Array<number>(36).fill(1_000), [1, 1, 8, 26]],
  ['the first day of a month', [3, ...Array<number>(12).fill(300_000)], [1, 1, 3, 3, 3, 2]],
  ['months of more rows than may come together', Array<number>(4).fill(2_000_000), [1, 1, 1, 1]],
  // Of what lies behind the empty ones nothing is known.
  [
    'a date that is ten years off',
    [1, ...Array<number>(12).fill(0), ...Array<number>(6).fill(900_000)],
    [1, 1, 4, 4, 4, 1, 1, 1, 1, 1],
  ],
])('%s come in batches of %j', (_, rows, sizes) => {
  expect(sizesOf(rows)).toEqual(sizes);
});

test('partitions come alone where their rows cannot be told apart, and few together once many did not fit', () => {
  expect(sizesOf(Array<number>(5).fill(1), 1)).toEqual([1, 1, 1, 1, 1]);
  expect(sizesOf(Array<number>(11).fill(1), 4)).toEqual([1, 1, 4, 4, 1]);
  const partitions = partitionsOf(Array<boolean>(20).fill(false), false);
  const batches = new PartitionBatches(partitions, 1, Infinity);
  const sizes = Array.from(batches, (batch) => {
    for (const partition of batch) batches.learn(partition, 1);
    if (batch.length === 8) batches.shrink(batch.length);
    return batch.length;
  });
  expect(sizes).toEqual([1, 1, 8, 4, 4, 2]);
});
