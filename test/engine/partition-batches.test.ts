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

test('batches are all partitions in their order, without a gap in one, and of a number that their rows allow', () => {
  let joined = 0;
  fc.assert(
    fc.property(
      fc.array(
        fc.nat(9).map((number) => number === 0),
        { maxLength: 200 },
      ),
      fc.boolean(),
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.constantFrom(0, 1, 1_000, 100_000, LIMITS.stagedRowsMax, 10 * LIMITS.stagedRowsMax), {
        minLength: 1,
        maxLength: 5,
      }),
      (gaps, hasNulls, lanes, rows) => {
        const partitions = partitionsOf(gaps, hasNulls);
        const batches = new PartitionBatches(partitions, lanes, true);
        const made: (readonly BuildPartition[])[] = [];
        let [most, largest] = [0, 1];
        for (const batch of batches) {
          made.push(batch);
          expect(batch.length).toBeGreaterThan(0);
          batch.slice(1).forEach(({ range }, i) => expect(range?.to).toBe(batch[i].range?.from));
          expect(batch.length === 1 || batch.every(({ range }) => range !== null)).toBe(true);
          if (made.length <= 1) expect(batch).toHaveLength(1);
          if (batch.length > 1) {
            joined++;
            expect(batch.length * most).toBeLessThanOrEqual(LIMITS.stagedRowsMax);
            expect(batch.length).toBeLessThanOrEqual(LIMITS.stagedGrowth * largest);
            expect(batch.length).toBeLessThanOrEqual(Math.ceil(partitions.length / lanes));
          }
          largest = Math.max(largest, batch.length);
          const own = rows[(made.length - 1) % rows.length];
          most = Math.max(most, own);
          batches.learn(own);
        }
        expect(made.flat()).toEqual(partitions);
      },
    ),
    { numRuns: 500 },
  );
  expect(joined).toBeGreaterThan(100);
});

test('partitions come alone until the rows of one are known, and where nothing tells their rows apart', () => {
  const partitions = partitionsOf([false, false, false, false, false], true);
  const apart = new PartitionBatches(partitions, 2, false);
  apart.learn(1);
  expect(Array.from(apart, (batch) => batch.length)).toEqual([1, 1, 1, 1, 1, 1]);
  const unknown = new PartitionBatches(partitions, 2, true)[Symbol.iterator]();
  expect([unknown.next(), unknown.next(), unknown.next()].map(({ value }) => value.length)).toEqual([
    1, 1, 1,
  ]);
});

test('36 months of few rows are four statements in two lanes', () => {
  const batches = new PartitionBatches(partitionsOf(Array<boolean>(36).fill(false), false), 2, true);
  const sizes = Array.from(batches, (batch) => {
    if (batch[0].key === 'p1') batches.learn(1_000);
    return batch.length;
  });
  expect(sizes).toEqual([1, 1, 18, 16]);
});
