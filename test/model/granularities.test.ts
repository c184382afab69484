import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bucketIndex,
  bucketStart,
  canBuildFrom,
  floorLocal,
  gridThrough,
  isOnGrid,
  isSteady,
  nextBucket,
} from '../../dist/model/civil-time.js';
import { findGrain, GRANULARITIES, grainName } from '../../dist/model/schema.js';
import type { Dimension, Grain } from '../../dist/model/schema.js';
import { toLocal, zoneFitsGrid } from '../../dist/model/timezone.js';
import { duckdbDialect } from '../../dist/planner/sql/compile-duckdb.js';
import { bucketStart as startOf, gridStart, gridStep, printWallTime } from '../support/oracle-time.js';
import type { OracleGrid } from '../support/oracle-time.js';
import { duckRows, sqlColumn } from './duckdb.js';
import { load } from './load/failures.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** A granularity beside what the oracle takes it for. */
interface Sample {
  readonly grain: Grain;
  readonly oracle: OracleGrid;
}

function custom(oracle: OracleGrid): Sample {
  const start = Date.parse(oracle.first.includes('T') ? `${oracle.first}Z` : oracle.first);
  const grid =
    oracle.months === undefined
      ? gridThrough('millisecond', oracle.ms as number, start)
      : gridThrough('month', oracle.months, start);
  const texts = { name: 'own', title: 'Own', interval: '', offset: null, origin: null };
  return { grain: { ...texts, grid }, oracle };
}

const predefined: readonly Sample[] = [
  { grain: 'second', oracle: { first: '2000-01-01', ms: 1_000 } },
  { grain: 'minute', oracle: { first: '2000-01-01', ms: 60_000 } },
  { grain: 'hour', oracle: { first: '2000-01-01', ms: HOUR } },
  { grain: 'day', oracle: { first: '2000-01-01', ms: DAY } },
  { grain: 'week', oracle: { first: '2000-01-03', ms: 7 * DAY } },
  { grain: 'month', oracle: { first: '2000-01-01', months: 1 } },
  { grain: 'quarter', oracle: { first: '2000-01-01', months: 3 } },
  { grain: 'year', oracle: { first: '2000-01-01', months: 12 } },
];

const day = fc.integer({ min: -40_000, max: 40_000 });
const firstDay = fc.oneof(
  fc.constantFrom(
    '2000-01-01',
    '2024-01-01',
    '2024-01-15',
    '1969-12-29',
    '1970-01-01',
    '2024-04-01',
    '1901-02-28',
  ),
  day.map((days) => new Date(days * DAY).toISOString().slice(0, 10)),
);
const firstTime = fc
  .tuple(firstDay, fc.constantFrom('00:00:00', '00:00:00', '06:00:00', '10:00:00', '18:30:00', '23:59:59'))
  .map(([date, time]) => `${date}T${time}`);
const seconds = fc.oneof(
  fc.constantFrom(1, 2, 15, 60, 900, 1_800, 3_600, 5_400, 7_200, 21_600, 43_200, 86_400, 90_000),
  fc.constantFrom(1, 2, 3, 4, 6, 7, 14, 28, 365, 1_461, 36_524).map((days) => days * 86_400),
  fc.integer({ min: 1, max: 200_000 }),
);
const spans = fc.tuple(firstTime, seconds).map(([first, count]) => custom({ first, ms: count * 1_000 }));
const months = fc
  .tuple(
    firstTime,
    fc.oneof(fc.constantFrom(1, 2, 3, 4, 6, 12, 24, 48, 1_200), fc.integer({ min: 1, max: 1_200 })),
  )
  .filter(([first]) => Number(first.slice(8, 10)) <= 28)
  .map(([first, count]) => custom({ first, months: count }));
const anySample = fc.oneof(fc.constantFrom(...predefined), spans, months);
const anyWall = fc.oneof(
  fc.integer({ min: Date.UTC(1890), max: Date.UTC(2110) }),
  fc.integer({ min: Date.UTC(-500), max: Date.UTC(3_000) }),
  day.map((days) => days * DAY),
  day.map((days) => days * DAY - 1),
);

describe('[D28] buckets of any grid', () => {
  test('start where the oracle steps to, at its starts, before them and before its first', () => {
    fc.assert(
      fc.property(anySample, anyWall, fc.integer({ min: -50, max: 50 }), ({ grain, oracle }, wall, at) => {
        const start = gridStep(oracle, at);
        for (const time of [wall, start, start - 1, start + 1]) {
          expect(printWallTime(floorLocal(time, grain))).toBe(printWallTime(gridStart(time, oracle)));
        }
        expect(nextBucket(start, grain)).toBe(gridStep(oracle, at + 1));
      }),
      { numRuns: 2_000 },
    );
  });

  test('are numbered without a gap from the one that holds 1970-01-01, and equal grids are equal', () => {
    fc.assert(
      fc.property(anySample, anyWall, fc.integer({ min: -50, max: 50 }), ({ grain, oracle }, wall, at) => {
        expect(bucketIndex(0, grain)).toBe(0);
        const index = bucketIndex(wall, grain);
        expect(bucketIndex(bucketStart(index, grain), grain)).toBe(index);
        expect(bucketIndex(nextBucket(floorLocal(wall, grain), grain), grain)).toBe(index + 1);
        const start = gridStep(oracle, at);
        expect([isOnGrid(start, grain), isOnGrid(start + 1, grain)]).toEqual([true, false]);
        if (typeof grain === 'string' || at < -40) return;
        const again = custom({ ...oracle, first: printWallTime(start) });
        expect(again.grain).toEqual(grain);
      }),
      { numRuns: 1_000 },
    );
  });

  test('are the buckets of the SQL, in years before 1970 and before Christ, and for times that are infinite', async () => {
    const samples = fc.sample(fc.oneof(spans, months), { numRuns: 40, seed: 2026 });
    const walls = fc.sample(anyWall, { numRuns: 300, seed: 2026 });
    for (const { grain, oracle } of samples) {
      const times = sqlColumn(walls.map((wall) => `make_timestamp(${wall}::BIGINT * 1000 + 999)`));
      const rows = await duckRows(
        `SELECT epoch_us(${duckdbDialect.bucket('v', grain)}) FROM ${times} ORDER BY i`,
      );
      expect(rows.map(([us]) => Number(us) / 1_000)).toEqual(walls.map((wall) => gridStart(wall, oracle)));
    }
    const edges = samples
      .map(({ grain }) => duckdbDialect.bucket("'-infinity'::TIMESTAMP", grain))
      .join(', ');
    const nulls = samples.map(({ grain }) => duckdbDialect.bucket('NULL::TIMESTAMP', grain)).join(', ');
    const [[least, none]] = await duckRows(
      `SELECT list_distinct([${edges}])::VARCHAR, len(list_distinct([${nulls}]))`,
    );
    expect([least, Number(none)]).toEqual(['[-infinity]', 0]);
  });

  test('have a day in every month, or are refused', () => {
    const first = (month: number): number => Date.UTC(2024, month, 1);
    expect(isSteady(first(0), 27 * DAY, 1)).toBe(true);
    expect(isSteady(first(0), 28 * DAY, 1)).toBe(false);
    expect(isSteady(first(11), 30 * DAY, 12)).toBe(true);
    expect(isSteady(first(1), 28 * DAY, 12)).toBe(false);
    expect(isSteady(first(1), 28 * DAY, 48)).toBe(false); // 2100 has no leap day
    expect(isSteady(first(0), -DAY, 12)).toBe(true);
    expect(isSteady(first(0), -DAY, 1)).toBe(false);
    expect(isSteady(first(0), 31 * DAY, 12)).toBe(true);
    expect(isSteady(first(0), 59 * DAY, 12)).toBe(false);
  });
});

describe('[X1] [X2] [E24] one law of nesting', () => {
  test('a grid is built from another exactly when all its starts are starts of the other', () => {
    let nestings = 0;
    fc.assert(
      fc.property(anySample, anySample, (fine, coarse) => {
        let nested = true;
        for (let at = -30; nested && at < 100; at++) {
          const start = gridStep(coarse.oracle, at);
          nested = gridStart(start, fine.oracle) === start;
        }
        nestings += nested ? 1 : 0;
        expect(canBuildFrom(fine.grain, coarse.grain)).toBe(nested);
      }),
      { numRuns: 4_000 },
    );
    expect(nestings).toBeGreaterThan(300);
  });

  test('is reflexive and transitive', () => {
    fc.assert(
      fc.property(anySample, anySample, anySample, (a, b, c) => {
        expect(canBuildFrom(a.grain, a.grain)).toBe(true);
        if (canBuildFrom(a.grain, b.grain) && canBuildFrom(b.grain, c.grain)) {
          expect(canBuildFrom(a.grain, c.grain)).toBe(true);
        }
      }),
      { numRuns: 4_000 },
    );
  });

  const time = load(`cubes:
  - name: orders
    sql_table: orders
    dimensions:
      - name: created_at
        type: time
        sql: created_at
        granularities:
          - {name: quarter_hour, interval: 15 minutes}
          - {name: shift, interval: 8 hours, offset: 6 hours}
          - {name: morning, interval: 1 day, offset: 6 hours}
          - {name: ten_days, interval: 10 days}
          - {name: sunday_week, interval: 1 week, offset: -1 day}
          - {name: fortnight, interval: 2 weeks, origin: 2024-01-15}
          - {name: fiscal_quarter, interval: 1 quarter, offset: 1 month}
          - {name: half_year, interval: 6 months}
          - {name: fiscal_year, interval: 1 year, offset: 3 months}
          - {name: decade, interval: 10 years}
          - {name: on_the_3rd, interval: 1 month, origin: 2024-01-03}
`)
    .cubes.get('orders')
    ?.dimensions.get('created_at') as Dimension;

  /** Down: what is stored; across: what it makes. */
  test('a table of predefined and custom granularities', () => {
    const all = [...GRANULARITIES, ...time.granularities.values()];
    const head = all.map((_, at) => String.fromCodePoint(('a'.codePointAt(0) as number) + at));
    const lines = all.map((fine, at) => {
      const marks = all.map((coarse) => (canBuildFrom(fine, coarse) ? '✓' : '·'));
      return `${`${head[at]} ${grainName(fine)}`.padEnd(18)}${marks.join(' ')}`;
    });
    expect([`${' '.repeat(18)}${head.join(' ')}`, ...lines].join('\n')).toBe(TABLE);
  });

  test('[FX-9] the granularities of the document of Foggy', () => {
    const stored = /^Pre-aggregation granularity: (\w+)$/m.exec(FOGGY)?.[1];
    const rows = [...FOGGY.matchAll(/^Query salesDate\$(\w+): .*(✓|✗) /gm)];
    expect(rows).toHaveLength(2);
    for (const [, asked, mark] of rows) {
      const [fine, coarse] = [stored, asked].map((name) => findGrain(time, name) as Grain);
      expect(canBuildFrom(fine, coarse), `${stored} → ${asked}`).toBe(mark === '✓');
    }
    // E13 has the week among its granularities: months are not made of it, nor it of months.
    expect([canBuildFrom('week', 'month'), canBuildFrom('month', 'week')]).toEqual([false, false]);
  });
});

test('[H2] stored buckets of any grid that fit a zone lie in one bucket of it', () => {
  const zones = [
    'Europe/Berlin',
    'Asia/Kolkata',
    'America/New_York',
    'Australia/Lord_Howe',
    'Asia/Kathmandu',
  ];
  const hour = fc.integer({ min: Date.UTC(1985) / HOUR, max: Date.UTC(2030) / HOUR });
  const zone = fc.constantFrom(...zones);
  const short = spans.filter(
    ({ oracle }) => (oracle.ms as number) >= 900_000 && (oracle.ms as number) <= 7 * DAY,
  );
  let fitting = 0;
  fc.assert(
    fc.property(short, anySample, zone, hour, (stored, asked, name, at) => {
      const from = gridStart(at * HOUR, stored.oracle);
      const to = gridStart(from + 20 * (stored.oracle.ms as number), stored.oracle);
      if (!zoneFitsGrid(name, stored.grain, asked.grain, { from, to })) return;
      fitting++;
      for (let bucket = from; bucket < to; bucket += stored.oracle.ms as number) {
        const first = gridStart(toLocal(bucket, name), asked.oracle);
        const steps = Math.max(60_000, (stored.oracle.ms as number) / 50);
        for (let each = bucket; each < bucket + (stored.oracle.ms as number); each += steps) {
          expect(gridStart(toLocal(each, name), asked.oracle)).toBe(first);
        }
      }
    }),
    { numRuns: 3_000 },
  );
  expect(fitting).toBeGreaterThan(30);
  const kolkata = custom({ first: '2024-01-01T18:30:00', ms: DAY }).grain;
  const week = { from: Date.UTC(2024, 0, 1, 18, 30), to: Date.UTC(2024, 0, 8, 18, 30) };
  expect(zoneFitsGrid('Asia/Kolkata', kolkata, 'month', week)).toBe(true);
  expect(zoneFitsGrid('Asia/Kathmandu', kolkata, 'month', week)).toBe(false);
});

test('predefined buckets of the oracle are grids too', () => {
  // Date.UTC takes the years 0 to 99 for those of the 20th century.
  const sinceThen = fc.integer({ min: Date.UTC(1890), max: Date.UTC(2110) });
  fc.assert(
    fc.property(fc.constantFrom(...predefined), sinceThen, ({ grain, oracle }, wall) => {
      expect(gridStart(wall, oracle)).toBe(startOf(wall, grain as 'day'));
    }),
  );
});

/** From foggy-pre-aggregation.md, "3. Granularity Matching", unchanged. */
const FOGGY = `
Query granularity must be >= pre-aggregation granularity (supports rollup).

Pre-aggregation granularity: day
Query salesDate$month: Match ✓ (day → month can rollup)
Query salesDate$hour: No match ✗ (day → hour cannot drill down)
`;

const TABLE = `
                  a b c d e f g h i j k l m n o p q r s
a second          ✓ ✓ ✓ ✓ ✓ ✓ ✓ ✓ ✓ ✓ ✓ ✓ ✓ ✓ ✓ ✓ ✓ ✓ ✓
b minute          · ✓ ✓ ✓ ✓ ✓ ✓ ✓ ✓ ✓ ✓ ✓ ✓ ✓ ✓ ✓ ✓ ✓ ✓
c hour            · · ✓ ✓ ✓ ✓ ✓ ✓ · ✓ ✓ ✓ ✓ ✓ ✓ ✓ ✓ ✓ ✓
d day             · · · ✓ ✓ ✓ ✓ ✓ · · · ✓ ✓ ✓ ✓ ✓ ✓ ✓ ✓
e week            · · · · ✓ · · · · · · · · ✓ · · · · ·
f month           · · · · · ✓ ✓ ✓ · · · · · · ✓ ✓ ✓ ✓ ·
g quarter         · · · · · · ✓ ✓ · · · · · · · ✓ ✓ ✓ ·
h year            · · · · · · · ✓ · · · · · · · · · ✓ ·
i quarter_hour    · · ✓ ✓ ✓ ✓ ✓ ✓ ✓ ✓ ✓ ✓ ✓ ✓ ✓ ✓ ✓ ✓ ✓
j shift           · · · · · · · · · ✓ ✓ · · · · · · · ·
k morning         · · · · · · · · · · ✓ · · · · · · · ·
l ten_days        · · · · · · · · · · · ✓ · · · · · · ·
m sunday_week     · · · · · · · · · · · · ✓ · · · · · ·
n fortnight       · · · · · · · · · · · · · ✓ · · · · ·
o fiscal_quarter  · · · · · · · · · · · · · · ✓ · · · ·
p half_year       · · · · · · · ✓ · · · · · · · ✓ · ✓ ·
q fiscal_year     · · · · · · · · · · · · · · · · ✓ · ·
r decade          · · · · · · · · · · · · · · · · · ✓ ·
s on_the_3rd      · · · · · · · · · · · · · · · · · · ✓
`.replaceAll(/^\n|\n$/g, '');
