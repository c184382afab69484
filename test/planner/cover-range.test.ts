/** The law of covers: parts are disjoint, together they are what was asked, and each lies on the grid of its rollup. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isOnGrid } from '../../dist/model/civil-time.js';
import { LIMITS } from '../../dist/model/limits.js';
import type { Cover } from '../../dist/model/cover.js';
import type { TimeRange, TimeSpan } from '../../dist/model/query.js';
import { GRANULARITIES } from '../../dist/model/schema.js';
import type { Granularity } from '../../dist/model/schema.js';
import { coverRange } from '../../dist/planner/cover-range.js';
import type { BoxPart, StoredGrid } from '../../dist/planner/cover-range.js';
import { cheapestCover } from '../../dist/planner/cheapest-cover.js';
import { coverFault } from '../../dist/planner/prove-cover.js';
import { ALL_TIME, NO_TIME, plainBox, spanOf } from '../../dist/planner/time-box.js';
import type { TimeBox } from '../../dist/planner/time-box.js';

interface Grid extends StoredGrid {
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
      .map((grains): Grid => ({
        times: new Map(dimensions.map((name, i) => [name, grains[i]])),
        held: null,
      })),
    { maxLength: 6 },
  );

const isInside = (box: TimeBox, point: ReadonlyMap<string, number>): boolean =>
  [...box].every(
    ([name, { from, to }]) => (point.get(name) as number) >= from && (point.get(name) as number) < to,
  );

const isAligned = (box: TimeBox, { times }: Grid): boolean =>
  [...box].every(([name, { from, to }]) => {
    const grains = times.get(name) as readonly Granularity[];
    return grains.some((grain) => [from, to].every((end) => !Number.isFinite(end) || isOnGrid(end, grain)));
  });

test('[X21] parts of one dimension follow each other from end to end, each on the grid of its rollup', () => {
  let divided = 0;
  fc.assert(
    fc.property(ranges, grids(['t']), (range, rollups) => {
      const parts = coverRange(new Map([['t', spanOf(range)]]), rollups);
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
      const parts = coverRange(new Map([['t', spanOf(range)]]), rollups);
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
        .map((each): TimeBox => new Map(dimensions.map((name, i) => [name, spanOf(each[i])]))),
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
  const grid = (grain: Granularity): Grid => ({ times: new Map([['t', [grain]]]), held: null });
  const [month, week, day] = [grid('month'), grid('week'), grid('day')];
  const asked = new Map([['t', spanOf({ from: Date.UTC(2024, 0, 10), to: Date.UTC(2024, 4, 6) })]]);
  expect(coverRange(asked, [month, day])).toEqual([{ box: asked, rollup: day }]);
  expect(coverRange(asked, [month, week]).map(({ rollup }) => rollup)).toEqual([
    null,
    week,
    null,
    month,
    null,
  ]);
  // In an edge as well: days hold the one after April whole.
  const halfDay = new Map([['t', spanOf({ from: Date.UTC(2024, 0, 9, 12), to: Date.UTC(2024, 4, 6) })]]);
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
  const hour: Grid = { times: new Map([['t', ['hour']]]), held: null };
  for (const [from, to] of [
    [0, 0],
    [5, 5],
    [1, 3_599_999],
    [1, 3_600_000],
    [3_600_001, 7_200_001],
  ] as const) {
    const asked = new Map([['t', spanOf({ from, to })]]);
    expect(coverRange(asked, [hour])).toEqual([{ box: asked, rollup: null }]);
  }
});

test('[X21] a cover of more parts than the limit is not begun', () => {
  const over = (dimensions: number): unknown[] => {
    const names = Array.from({ length: dimensions }, (_, i) => `t${i}`);
    const day: Grid = { times: new Map(names.map((name) => [name, ['day']])), held: null };
    const asked = new Map(names.map((name) => [name, spanOf({ from: START + 1, to: START + 5 * DAY + 1 })]));
    return coverRange(asked, [day]).map(({ rollup }) => rollup);
  };
  // Two edges of each dimension, and the middle.
  const most = (LIMITS.coverPartsMax - 1) >> 1;
  expect(over(most)).toHaveLength(2 * most + 1);
  expect(over(most + 1)).toEqual([null]);
});

const DIMENSIONS = ['t', 'u'];

/** Partitions of some months are missing, and perhaps that of rows without a time. */
const partlyHeld = fc
  .record({
    grains: fc.array(fc.constantFrom<Granularity>('day', 'hour', 'month'), { minLength: 1, maxLength: 2 }),
    others: fc.constantFrom<Granularity>('day', 'week', 'quarter'),
    built: fc.uniqueArray(fc.integer({ min: 0, max: 20 }), { maxLength: 12 }),
    open: fc.tuple(fc.boolean(), fc.boolean()),
    nulls: fc.boolean(),
    stores: fc.boolean(),
  })
  .map(({ grains, others, built, open, nulls, stores }): StoredGrid => {
    const ranges: { from: number; to: number }[] = [];
    for (const month of built.toSorted((a, b) => a - b)) {
      const range = { from: Date.UTC(2023, month, 1), to: Date.UTC(2023, month + 1, 1) };
      const last = ranges.at(-1);
      if (last?.to === range.from) last.to = range.to;
      else ranges.push(range);
    }
    const [first, last] = [ranges[0], ranges.at(-1)];
    if (first !== undefined && open[0]) first.from = -Infinity;
    if (last !== undefined && open[1]) last.to = Infinity;
    const times = new Map<string, readonly Granularity[]>([['t', grains]]);
    if (stores) times.set('u', [others]);
    return { times, held: { dimension: 't', ranges, nulls } };
  });

const spans: fc.Arbitrary<TimeSpan> = fc.oneof(fc.constant(ALL_TIME), ranges.map(spanOf));

function coverOf(asked: TimeBox, parts: readonly BoxPart<StoredGrid>[]): Cover {
  return {
    asked: plainBox(asked),
    states: [],
    parts: parts.map(({ box }) => ({ from: null, boxes: [plainBox(box)] })),
  };
}

/** A point of each dimension, or none. */
const points = fc.array(fc.tuple(...DIMENSIONS.map(() => fc.oneof(fc.constant(null), instants))), {
  minLength: 20,
  maxLength: 40,
});

const isIn = (box: TimeBox, point: readonly (number | null)[]): boolean =>
  [...box].every(([name, { from, to, orNull }]) => {
    const at = point[DIMENSIONS.indexOf(name)];
    return at === null ? orNull : at >= from && at < to;
  });

test('[X14] what is not built is left to the source, rows without a time included, and nothing counts twice', () => {
  let [gaps, held] = [0, 0];
  const cases = fc.record({
    asked: fc.tuple(spans, fc.boolean(), ranges).map(([span, second, other]): TimeBox => {
      const box = new Map<string, TimeSpan>();
      if (span !== ALL_TIME) box.set('t', span);
      return second ? box.set('u', spanOf(other)) : box;
    }),
    rollups: fc.array(partlyHeld, { minLength: 1, maxLength: 3 }),
    points,
  });
  fc.assert(
    fc.property(cases, ({ asked, rollups: all, points: seeds }) => {
      const rollups = all.filter(({ times }) => [...asked.keys()].every((name) => times.has(name)));
      const parts = coverRange(asked, rollups);
      expect(coverFault(coverOf(asked, parts))).toBe(null);
      for (const { box, rollup } of parts) {
        const span = box.get('t') ?? ALL_TIME;
        if (rollup === null) gaps += Number(parts.length > 1);
        else if (rollup.held !== null) {
          held += 1;
          // All that a rollup answers for is built.
          if (span.orNull) expect(rollup.held.nulls).toBe(true);
          const isEmpty = span.from >= span.to;
          expect(
            isEmpty || rollup.held.ranges.some(({ from, to }) => from <= span.from && span.to <= to),
          ).toBe(true);
          expect(isEmpty || isAligned(new Map([['t', span]]), rollup as Grid)).toBe(true);
        }
      }
      for (const point of seeds) {
        expect(parts.filter(({ box }) => isIn(box, point))).toHaveLength(isIn(asked, point) ? 1 : 0);
      }
    }),
    { numRuns: 3_000 },
  );
  expect(Math.min(gaps, held)).toBeGreaterThan(500);
});

test('the proof of a cover finds a row that is missed, and one that counts twice', () => {
  const span = (from: number, to: number, orNull = false): TimeSpan => ({ from, to, orNull });
  const box = (t: TimeSpan, u?: TimeSpan): Cover['asked'] => [
    { dimension: 't', span: t },
    ...(u === undefined ? [] : [{ dimension: 'u', span: u }]),
  ];
  const fault = (asked: Cover['asked'], ...boxes: Cover['asked'][]): string | null =>
    coverFault({ asked, states: [], parts: [{ from: null, boxes }] });
  expect(fault(box(span(0, 9)), box(span(0, 4)), box(span(4, 9)))).toBe(null);
  expect(fault(box(span(0, 9)), box(span(0, 4)), box(span(5, 9)))).toBe(
    'rows at t 4 count 0 times instead of 1',
  );
  expect(fault(box(span(0, 9)), box(span(0, 5)), box(span(4, 9)))).toBe(
    'rows at t 4 count 2 times instead of 1',
  );
  expect(fault(box(span(0, 9)), box(span(0, 10)))).toBe('rows at t 9 count 1 times instead of 0');
  expect(fault([], box(span(-Infinity, 3)), box(span(3, Infinity)))).toBe(
    'rows at t null count 0 times instead of 1',
  );
  expect(fault([], box(span(-Infinity, 3)), box(span(3, Infinity)), box(NO_TIME))).toBe(null);
  expect(fault([], [], box(NO_TIME))).toBe('rows at t null count 2 times instead of 1');
  expect(fault(box(span(0, 9), span(0, 9)), box(span(0, 4)), box(span(4, 9), span(0, 9)))).toMatch(
    /^rows at t 0, u -Infinity count 1 times instead of 0$/,
  );
  expect(fault(box(span(5, 5)), box(span(5, 5)))).toBe(null);
});

test('the cheapest cover takes least from the source, then the fewest rows', () => {
  const grid = (name: string, grain: Granularity): StoredGrid & { readonly name: string } => ({
    name,
    times: new Map([['t', [grain]]]),
    held: null,
  });
  const days = (box: TimeBox): number => {
    const { from, to } = box.get('t') as TimeSpan;
    return (to - from) / DAY;
  };
  const [month, day] = [grid('month', 'month'), grid('day', 'day')];
  const cost =
    (price: Readonly<Record<string, number>>) => (rollup: { readonly name: string }, box: TimeBox) =>
      price[rollup.name] * days(box);
  const cover = (from: number, to: number, price: Readonly<Record<string, number>>): string[] | null => {
    const parts = cheapestCover('t', spanOf({ from, to }), [month, day], cost(price));
    return (
      parts?.map(({ box, rollup }) => `${rollup?.name ?? 'source'} ${Number(days(box).toFixed(1))}`) ?? null
    );
  };
  const asked = [Date.UTC(2024, 0, 15, 12), Date.UTC(2024, 3, 3)] as const;
  // Months are few rows: they are worth two more pieces; where days are nearly as few, they are not.
  expect(cover(...asked, { month: 10, day: 1_000 })).toEqual(['source 0.5', 'day 16', 'month 60', 'day 2']);
  expect(cover(...asked, { month: 10, day: 12 })).toEqual(['source 0.5', 'day 78']);
  expect(cover(Date.UTC(2024, 0), Date.UTC(2024, 3), { month: 10, day: 9 })).toEqual(['day 91']);
  expect(cover(Date.UTC(2024, 0), Date.UTC(2024, 3), { month: 10, day: 10 })).toEqual(['month 91']);
});

test('the cheapest cover is a cover, and no cover by turns leaves less to the source', () => {
  fc.assert(
    fc.property(ranges, fc.array(partlyHeld, { minLength: 1, maxLength: 3 }), (range, rollups) => {
      if (range.from === range.to) return;
      const asked = new Map([['t', spanOf(range)]]);
      const parts = cheapestCover('t', spanOf(range), rollups, () => 1);
      if (parts === null) return;
      expect(coverFault(coverOf(asked, parts))).toBe(null);
      const left = (some: readonly BoxPart<StoredGrid>[]): number =>
        some.reduce((sum, { box, rollup }) => {
          const { from, to } = box.get('t') as TimeSpan;
          return rollup === null ? sum + to - from : sum;
        }, 0);
      expect(left(parts)).toBeLessThanOrEqual(left(coverRange(asked, rollups)));
      for (const [at, { rollup }] of parts.entries())
        if (rollup === null) expect(parts[at + 1]?.rollup).not.toBe(null);
    }),
    { numRuns: 1_500 },
  );
});
