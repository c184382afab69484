/** The law of covers: parts are disjoint, together they are what was asked, and each lies on the grid of its rollup. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isOnGrid } from '../../dist/model/civil-time.js';
import { LIMITS } from '../../dist/model/limits.js';
import type { TimeRange } from '../../dist/model/query.js';
import { GRANULARITIES } from '../../dist/model/schema.js';
import type { Granularity } from '../../dist/model/schema.js';
import { coverRange } from '../../dist/planner/cover-range.js';
import type { TimeBox } from '../../dist/planner/time-box.js';

interface Grid {
  readonly times: ReadonlyMap<string, readonly Granularity[]>;
}

const DAY = 86_400_000;
const START = Date.UTC(2023, 10, 20);

/** Mostly on some grid, or a millisecond beside it. */
const instants = fc
  .tuple(
    fc.integer({ min: 0, max: 600 * DAY }),
    fc.constantFrom(...GRANULARITIES, null),
    fc.constantFrom(0, 0, 0, 1, -1),
  )
  .map(([offset, grain, beside]) => {
    const at = START + offset;
    return (grain === null ? at : new Date(floor(at, grain)).getTime()) + beside;
  });

/** The start of a bucket, by the calendar of JavaScript. */
function floor(at: number, grain: Granularity): number {
  const date = new Date(at);
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  const sizes = { second: 1_000, minute: 60_000, hour: 3_600_000, day: DAY };
  switch (grain) {
    case 'week':
      return Date.UTC(year, month, day - ((date.getUTCDay() + 6) % 7));
    case 'month':
      return Date.UTC(year, month);
    case 'quarter':
      return Date.UTC(year, month - (month % 3));
    case 'year':
      return Date.UTC(year, 0);
    default:
      return at - (((at % sizes[grain]) + sizes[grain]) % sizes[grain]);
  }
}

const ranges = fc
  .tuple(instants, instants)
  .map(([a, b]): TimeRange => ({ from: Math.min(a, b), to: Math.max(a, b) }));

const grids = (dimensions: readonly string[]): fc.Arbitrary<Grid[]> =>
  fc.array(
    fc
      .tuple(
        ...dimensions.map(() =>
          fc.uniqueArray(fc.constantFrom(...GRANULARITIES), { minLength: 1, maxLength: 2 }),
        ),
      )
      .map((grains) => ({ times: new Map(dimensions.map((name, i) => [name, grains[i]])) })),
    { maxLength: 6 },
  );

const isInside = (box: TimeBox, point: ReadonlyMap<string, number>): boolean =>
  [...box].every(
    ([name, { from, to }]) => (point.get(name) as number) >= from && (point.get(name) as number) < to,
  );

const isAligned = (box: TimeBox, { times }: Grid): boolean =>
  [...box].every(([name, { from, to }]) => {
    const grains = times.get(name) as readonly Granularity[];
    return grains.some((grain) => isOnGrid(from, grain) && isOnGrid(to, grain));
  });

test('[X21] parts of one dimension follow each other from end to end, each on the grid of its rollup', () => {
  let divided = 0;
  fc.assert(
    fc.property(ranges, grids(['t']), (range, rollups) => {
      const parts = coverRange(new Map([['t', range]]), rollups);
      expect(parts.length).toBeLessThanOrEqual(LIMITS.coverPartsMax);
      let reached = range.from;
      for (const { box, rollup } of parts) {
        const part = box.get('t') as TimeRange;
        expect(part.from).toBe(reached);
        if (parts.length > 1) expect(part.to).toBeGreaterThan(part.from);
        if (rollup !== null) expect(isAligned(box, rollup)).toBe(true);
        reached = part.to;
      }
      expect(reached).toBe(range.to);
      if (parts.length > 1) divided += 1;
    }),
    { numRuns: 3_000 },
  );
  expect(divided).toBeGreaterThan(1_000);
});

test('[X21] what the source is left with holds no whole bucket of any rollup', () => {
  fc.assert(
    fc.property(ranges, grids(['t']), (range, rollups) => {
      const parts = coverRange(new Map([['t', range]]), rollups);
      if (parts.length > LIMITS.coverPartsMax - 2) return;
      for (const { box, rollup } of parts) {
        if (rollup !== null) continue;
        const { from, to } = box.get('t') as TimeRange;
        for (const { times } of rollups) {
          // The first start of a bucket at or after `from`, and the last at or before `to`, are the same or reversed.
          for (const grain of times.get('t') as readonly Granularity[]) {
            const last = floor(to, grain);
            expect(last <= from || floor(last - 1, grain) < from).toBe(true);
          }
        }
      }
    }),
    { numRuns: 2_000 },
  );
});

test('[X21] parts over several dimensions are disjoint boxes that together are the asked one', () => {
  let divided = 0;
  const names = ['a', 'b', 'c'];
  const cases = fc.integer({ min: 2, max: 3 }).chain((count) => {
    const dimensions = names.slice(0, count);
    return fc.record({
      asked: fc
        .tuple(...dimensions.map(() => ranges))
        .map((each): TimeBox => new Map(dimensions.map((name, i) => [name, each[i]]))),
      rollups: grids(dimensions),
      seeds: fc.array(fc.tuple(...dimensions.map(() => fc.double({ min: 0, max: 1, noNaN: true }))), {
        minLength: 10,
        maxLength: 30,
      }),
    });
  });
  fc.assert(
    fc.property(cases, ({ asked, rollups, seeds }) => {
      const parts = coverRange(asked, rollups);
      for (const { box, rollup } of parts) if (rollup !== null) expect(isAligned(box, rollup)).toBe(true);
      if (parts.length === 1) {
        expect(parts[0]?.box).toEqual(asked);
        return;
      }
      divided += 1;
      const volume = (box: TimeBox): bigint =>
        [...box.values()].reduce((product, { from, to }) => product * BigInt(to - from), 1n);
      // Disjoint pair by pair, inside, and together as large as the whole: nothing is missing.
      expect(parts.reduce((sum, { box }) => sum + volume(box), 0n)).toBe(volume(asked));
      for (const [i, { box }] of parts.entries()) {
        for (const [name, { from, to }] of box) {
          const whole = asked.get(name) as TimeRange;
          expect(from >= whole.from && to <= whole.to && from < to).toBe(true);
        }
        for (const { box: other } of parts.slice(i + 1)) {
          const apart = [...box].some(([name, range]) => {
            const there = other.get(name) as TimeRange;
            return range.to <= there.from || there.to <= range.from;
          });
          expect(apart).toBe(true);
        }
      }
      for (const seed of seeds) {
        const point = new Map(
          [...asked].map(([name, { from, to }], i) => [name, Math.floor(from + seed[i] * (to - from - 1))]),
        );
        expect(parts.filter(({ box }) => isInside(box, point))).toHaveLength(1);
      }
    }),
    { numRuns: 2_000 },
  );
  expect(divided).toBeGreaterThan(400);
});

test('[X21] a rollup that holds the whole comes before an earlier one that holds a part', () => {
  const grid = (grain: Granularity): Grid => ({ times: new Map([['t', [grain]]]) });
  const [month, week, day] = [grid('month'), grid('week'), grid('day')];
  const asked = new Map([['t', { from: Date.UTC(2024, 0, 10), to: Date.UTC(2024, 4, 6) }]]);
  expect(coverRange(asked, [month, day])).toEqual([{ box: asked, rollup: day }]);
  expect(coverRange(asked, [month, week]).map(({ rollup }) => rollup)).toEqual([
    null,
    week,
    null,
    month,
    null,
  ]);
  // In an edge as well: days hold the one after April whole.
  const halfDay = new Map([['t', { from: Date.UTC(2024, 0, 9, 12), to: Date.UTC(2024, 4, 6) }]]);
  expect(coverRange(halfDay, [month, week, day]).map(({ rollup }) => rollup)).toEqual([
    null,
    day,
    week,
    day,
    month,
    day,
  ]);
});

test('[X21] an empty range, and one between two starts of buckets, are one part of the source', () => {
  const hour: Grid = { times: new Map([['t', ['hour']]]) };
  for (const [from, to] of [
    [0, 0],
    [5, 5],
    [1, 3_599_999],
    [1, 3_600_000],
    [3_600_001, 7_200_001],
  ] as const) {
    const asked = new Map([['t', { from, to }]]);
    expect(coverRange(asked, [hour])).toEqual([{ box: asked, rollup: null }]);
  }
});

test('[X21] a cover of more parts than the limit is not begun', () => {
  const over = (dimensions: number): unknown[] => {
    const names = Array.from({ length: dimensions }, (_, i) => `t${i}`);
    const day: Grid = { times: new Map(names.map((name) => [name, ['day']])) };
    const asked = new Map(names.map((name) => [name, { from: START + 1, to: START + 5 * DAY + 1 }]));
    return coverRange(asked, [day]).map(({ rollup }) => rollup);
  };
  // Two edges of each dimension, and the middle.
  const most = (LIMITS.coverPartsMax - 1) >> 1;
  expect(over(most)).toHaveLength(2 * most + 1);
  expect(over(most + 1)).toEqual([null]);
});
