import { expect, test } from 'vitest';
import { measureAccuracy } from '../../dist/bench/measure-accuracy.js';
import { measureMerges } from '../../dist/bench/sketch-merges.js';
import { theoreticalError } from '../../dist/bench/sketch-accuracy.js';

test('a race of merges checks its union and tells every figure', async () => {
  const { sketches, figures, fault } = await measureMerges(130, { seed: 1, budgetMs: 50, roundsMax: 5 });
  expect([sketches, fault]).toEqual([130, null]);
  expect(Object.keys(figures)).toEqual(['sum', 'query', 'groups', 'plain', 'peer']);
  for (const { usPerSketch, gigabytesPerSecond } of Object.values(figures)) {
    expect(usPerSketch).toBeGreaterThan(0);
    expect(usPerSketch * gigabytesPerSecond).toBeCloseTo(4.096, 9);
  }
});

test('errors are of every precision and size, near theory, and the same for the same seed', async () => {
  const measured = await measureAccuracy([500, 20_000], 12, 3);
  expect(measured.fault).toBeNull();
  expect(measured.accuracy.map(({ precision, distinct }) => [precision, distinct])).toEqual(
    [500, 20_000].flatMap((distinct) => [11, 12, 13, 14].map((precision) => [precision, distinct])),
  );
  for (const { precision, rms } of measured.accuracy)
    expect(rms).toBeLessThan(2 * theoreticalError(precision));
  for (const { rms } of measured.duckdb) expect(rms).toBeGreaterThan(theoreticalError(12));
  expect((await measureAccuracy([500, 20_000], 12, 3)).accuracy).toEqual(measured.accuracy);
});
