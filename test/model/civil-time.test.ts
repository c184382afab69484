import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bucketIndex,
  bucketStart,
  canBuildFrom,
  civilFromDays,
  daysFromCivil,
  floorLocal,
  isOnGrid,
  nextBucket,
} from '../../dist/model/civil-time.js';
import { GRANULARITIES, type Granularity } from '../../dist/model/schema.js';
import { duckRows, sqlColumn } from './duckdb.js';

const YEAR_MS = 365.2425 * 86_400_000;
const farTime = fc.integer({ min: -200_000 * YEAR_MS, max: 200_000 * YEAR_MS });
const nearTime = fc.integer({ min: Date.UTC(1890), max: Date.UTC(2110) });
/** A time next to the start of a month, where buckets of all sizes begin. */
const edgeTime = fc
  .tuple(fc.integer({ min: -400 * 12, max: 400 * 12 }), fc.constantFrom(-1, 0, 1))
  .map(([month, shift]) => bucketStart(month, 'month') + shift);
const anyTime = fc.oneof(farTime, nearTime, edgeTime);
const anyGranularity = fc.constantFrom<Granularity>(...GRANULARITIES);

describe('[X10] buckets of second, minute, hour, day, week, month, quarter and year', () => {
  test('start where date_trunc of DuckDB says, from year -200000 to 200000', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyTime, { minLength: 500, maxLength: 500 }), async (times) => {
        const columns = GRANULARITIES.map(
          (granularity) => `epoch_ms(date_trunc('${granularity}', epoch_ms(v)))`,
        );
        const values = sqlColumn(times.map((ms) => `${ms}::BIGINT`));
        const rows = await duckRows(`SELECT ${columns.join(', ')} FROM ${values} ORDER BY i`);
        const ours = times.map((ms) => GRANULARITIES.map((granularity) => floorLocal(ms, granularity)));
        expect(ours).toEqual(rows.map((row) => row.map(Number)));
      }),
      { numRuns: 4 },
    );
  });

  test('follow each other without a gap, and are numbered in order', () => {
    fc.assert(
      fc.property(anyTime, anyGranularity, (ms, granularity) => {
        const start = floorLocal(ms, granularity);
        const next = nextBucket(start, granularity);
        expect(start <= ms && ms < next).toBe(true);
        expect(floorLocal(next - 1, granularity)).toBe(start);
        expect(floorLocal(next, granularity)).toBe(next);
        expect(bucketIndex(next, granularity)).toBe(bucketIndex(start, granularity) + 1);
        expect(isOnGrid(start, granularity)).toBe(true);
        expect(isOnGrid(start + 1, granularity)).toBe(false);
      }),
      { numRuns: 2_000 },
    );
  });
});

test('[X1] [X2] a granularity is built from another exactly when its buckets are unions of the other', () => {
  const from = bucketIndex(Date.UTC(1990), 'day');
  for (const fine of GRANULARITIES) {
    for (const coarse of GRANULARITIES) {
      let nested = true;
      for (let day = from; day < from + 12_000; day++) {
        nested &&= isOnGrid(floorLocal(bucketStart(day, 'day') + 12_345_678, coarse), fine);
      }
      expect(canBuildFrom(fine, coarse), `${coarse} from ${fine}`).toBe(nested);
    }
  }
});

test('dates and day numbers are inverse to each other', () => {
  expect(daysFromCivil(1970, 1, 1)).toBe(0);
  fc.assert(
    fc.property(fc.integer({ min: -7.3e7, max: 7.3e7 }), (days) => {
      const { year, month, day } = civilFromDays(days);
      const date = new Date(days * 86_400_000);
      expect([year, month, day]).toEqual([date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()]);
      expect(daysFromCivil(year, month, day)).toBe(days);
    }),
    { numRuns: 5_000 },
  );
});
