import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canBuildFrom, floorLocal, nextBucket } from '../../dist/model/civil-time.js';
import type { TimeRange } from '../../dist/model/query.js';
import { GRANULARITIES, type Granularity } from '../../dist/model/schema.js';
import {
  changesWithin,
  isTimezone,
  offsetAt,
  toLocal,
  toUtc,
  zoneFitsGrid,
} from '../../dist/model/timezone.js';
import { duckRows } from './duckdb.js';

const LONG = process.env['GRANARY_LONG'] !== undefined;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Whole and broken offsets, both hemispheres, changes at midnight and at 00:01, half an hour, a lost day. */
const ZONES = [
  'UTC',
  'Europe/Berlin',
  'Europe/London',
  'Europe/Dublin',
  'America/New_York',
  'America/St_Johns',
  'America/Goose_Bay',
  'America/Havana',
  'America/Sao_Paulo',
  'America/Caracas',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Asia/Gaza',
  'Asia/Tokyo',
  'Africa/Casablanca',
  'Africa/Monrovia',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Pacific/Chatham',
  'Antarctica/Troll',
];
const DUCKDB_ZONES = LONG ? Intl.supportedValuesOf('timeZone') : ZONES;
/** Where the tz data of Node 20 and of DuckDB 1.5 differ: corrected history, and laws of 2026. Half-open. */
const UNSETTLED: Readonly<Record<string, readonly [number, number]>> = {
  'Africa/Casablanca': [Date.UTC(2026), Infinity],
  'Africa/El_Aaiun': [Date.UTC(2026), Infinity],
  'America/Bogota': [Date.UTC(1992, 4), Date.UTC(1992, 5)],
  'America/Edmonton': [Date.UTC(2026), Infinity],
  'America/Inuvik': [Date.UTC(2026), Infinity],
  'America/Vancouver': [Date.UTC(2026), Infinity],
  'Asia/Tehran': [Date.UTC(1979, 4), Date.UTC(1979, 5)],
  'Europe/Chisinau': [Date.UTC(2022), Infinity],
};
const anyZone = fc.constantFrom(...ZONES);

/** Whether the tz data of Node and of DuckDB are of one mind. */
function isSettled(zone: string, utcMs: number): boolean {
  const [from, to] = UNSETTLED[zone] ?? [Infinity, Infinity];
  return utcMs < from || utcMs >= to;
}

/** The changes of offsets of whole minutes that DuckDB knows from 1970 to 2037. */
function duckChanges(zones: readonly string[]): Promise<unknown[][]> {
  const local = 'epoch_ms(timezone(zone, make_timestamptz(ms * 1000)))';
  return duckRows(`
    WITH zones AS (SELECT unnest([${zones.map((zone) => `'${zone}'`).join(', ')}]) AS zone),
    days AS (SELECT zone, ms, ${local} - ms AS lead FROM zones, range(0, ${Date.UTC(2038)}, ${DAY}) AS t(ms)),
    changed AS (
      SELECT zone, ms FROM days QUALIFY lead <> lag(lead) OVER (PARTITION BY zone ORDER BY ms)
    ),
    minutes AS (
      SELECT zone, ms, ${local} - ms AS lead FROM (
        SELECT zone, unnest(range(ms - ${DAY}, ms + ${MINUTE}, ${MINUTE})) AS ms FROM changed
      )
    )
    SELECT zone, ms, lead, before FROM (
      SELECT *, lag(lead) OVER (PARTITION BY zone ORDER BY ms) AS before,
        lag(ms) OVER (PARTITION BY zone ORDER BY ms) AS earlier FROM minutes
    ) WHERE lead <> before AND ms - earlier = ${MINUTE} AND before % ${MINUTE} = 0 ORDER BY zone, ms`);
}

/** The wall clock as Intl prints it, field by field. */
function intlLocal(zone: string): (utcMs: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (utcMs) => {
    const fields = Object.fromEntries(format.formatToParts(utcMs).map(({ type, value }) => [type, value]));
    const year = fields['era']?.startsWith('B') ? 1 - Number(fields['year']) : Number(fields['year']);
    const local = new Date(0);
    local.setUTCFullYear(year, Number(fields['month']) - 1, Number(fields['day']));
    local.setUTCHours(Number(fields['hour']), Number(fields['minute']), Number(fields['second']));
    return local.getTime() + (((utcMs % 1000) + 1000) % 1000);
  };
}

describe('offsetAt and toLocal', () => {
  test('agree with DuckDB at random instants from 1970 to 2037', async () => {
    const count = LONG ? 500 : 300;
    const instants = fc.sample(fc.integer({ min: 0, max: Date.UTC(2038) - 1 }), {
      numRuns: count,
      seed: 2026,
    });
    const rows = await duckRows(`
      SELECT zone, ms, epoch_ms(timezone(zone, make_timestamptz(ms * 1000)))
      FROM (SELECT unnest([${DUCKDB_ZONES.map((zone) => `'${zone}'`).join(', ')}]) AS zone),
        (SELECT unnest([${instants.join(', ')}]::BIGINT[]) AS ms)`);
    expect(rows).toHaveLength(DUCKDB_ZONES.length * count);
    const settled = rows.filter(([zone, ms]) => isSettled(zone as string, Number(ms)));
    const differing = settled.filter(
      ([zone, ms, local]) => toLocal(Number(ms), zone as string) !== Number(local),
    );
    expect(differing).toEqual([]);
  });

  test('change in the same millisecond as in DuckDB', { timeout: 600_000 }, async () => {
    const zones = LONG
      ? DUCKDB_ZONES
      : ['Europe/Berlin', 'America/Havana', 'Australia/Lord_Howe', 'Pacific/Apia'];
    const changes = await duckChanges(zones);
    expect(changes.length).toBeGreaterThan(300);
    for (const [zone, ms, lead, before] of changes) {
      const at = Number(ms);
      if (!isSettled(zone as string, at)) continue;
      const name = `${String(zone)} at ${new Date(at).toISOString()}`;
      expect(offsetAt(at, zone as string), name).toBe(Number(lead));
      expect(offsetAt(at - 1, zone as string), name).toBe(Number(before));
    }
  });

  test('are what Intl prints in any year, local mean time and the far future included', () => {
    const instant = fc.oneof(
      fc.integer({ min: Date.UTC(1800), max: Date.UTC(2110) }),
      fc.integer({ min: Date.UTC(2110), max: Date.UTC(9999) }),
      fc.integer({ min: -8.6e15, max: 8.6e15 }),
    );
    for (const zone of ZONES) {
      const expected = intlLocal(zone);
      fc.assert(
        fc.property(instant, (utcMs) => {
          expect(toLocal(utcMs, zone)).toBe(expected(utcMs));
        }),
        { numRuns: 200 },
      );
    }
  });

  test('see changes that lie only days apart', () => {
    for (const [zone, day] of [
      ['America/Boa_Vista', Date.UTC(2000, 9, 8)],
      ['America/Noronha', Date.UTC(2000, 9, 8)],
      ['Asia/Gaza', Date.UTC(2040, 9, 20)],
      ['Africa/Tunis', Date.UTC(1943, 3, 17)],
      ['Europe/Simferopol', Date.UTC(1944, 3, 3)],
      ['Europe/Vienna', Date.UTC(1945, 3, 2)],
    ] as const) {
      const expected = intlLocal(zone);
      for (let at = day - 20 * DAY; at < day + 20 * DAY; at += HOUR)
        expect(toLocal(at, zone)).toBe(expected(at));
    }
  });

  test('reach beyond the years that Intl can print', () => {
    expect(offsetAt(9.2e15, 'Asia/Tokyo')).toBe(9 * HOUR);
    expect(offsetAt(-9.2e15, 'Europe/Amsterdam')).toBe(offsetAt(Date.UTC(1500), 'Europe/Amsterdam'));
  });
});

describe('toUtc', () => {
  /** Local times on the grid of minutes around changes of the clock, and since all offsets are whole minutes. */
  const localTime = fc.oneof(
    fc
      .tuple(
        fc.constantFrom(
          Date.UTC(2011, 11, 30),
          Date.UTC(2018, 10, 4),
          Date.UTC(2021, 2, 28),
          Date.UTC(2021, 9, 31),
        ),
        fc.integer({ min: -30 * 60, max: 30 * 60 }),
      )
      .map(([day, minutes]) => day + minutes * MINUTE),
    fc
      .integer({ min: Date.UTC(1973) / MINUTE, max: Date.UTC(2037) / MINUTE })
      .map((minutes) => minutes * MINUTE),
  );

  test('finds every instant at which the clock shows the time, or the change that skips it', () => {
    fc.assert(
      fc.property(localTime, anyZone, (localMs, zone) => {
        let shown: number[] = [];
        let skip = NaN;
        for (let utcMs = localMs - DAY; utcMs <= localMs + DAY; utcMs += MINUTE) {
          const local = toLocal(utcMs, zone);
          if (local === localMs) shown.push(utcMs);
          if (local > localMs && toLocal(utcMs - 1, zone) < localMs) skip = utcMs;
        }
        if (shown.length === 0) shown = [skip];
        expect(toUtc(localMs, zone, 'earlier')).toBe(shown[0]);
        expect(toUtc(localMs, zone, 'later')).toBe(shown.at(-1));
      }),
      { numRuns: 150 },
    );
  });

  test('agrees with DuckDB, which takes the later of two instants and passes a gap by its length', async () => {
    const locals = fc.sample(localTime, { numRuns: 400, seed: 2026 });
    const rows = await duckRows(`
      SELECT zone, ms, epoch_ms(timezone(zone, epoch_ms(ms)))
      FROM (SELECT unnest([${ZONES.map((zone) => `'${zone}'`).join(', ')}]) AS zone),
        (SELECT unnest([${locals.join(', ')}]::BIGINT[]) AS ms)`);
    let gaps = 0;
    for (const [name, ms, utc] of rows) {
      const [zone, localMs, utcMs] = [name as string, Number(ms), Number(utc)];
      const ours = toUtc(localMs, zone, 'later');
      if (!isSettled(zone, ours)) continue;
      if (toLocal(ours, zone) === localMs) {
        expect(ours, `${zone} ${localMs}`).toBe(utcMs);
      } else {
        gaps++;
        expect(utcMs).toBe(localMs - offsetAt(ours - 1, zone));
      }
    }
    expect(gaps).toBeGreaterThan(0);
  });
});

test('isTimezone knows IANA names and their links, and no offsets', () => {
  for (const name of ['UTC', 'Europe/Berlin', 'europe/berlin', 'Asia/Calcutta', 'US/Eastern', 'Etc/GMT+5']) {
    expect(isTimezone(name), name).toBe(true);
  }
  for (const name of ['', '+02:00', 'Europe/Atlantis', 'Z', "UTC'; DROP TABLE x"]) {
    expect(isTimezone(name), name).toBe(false);
  }
});

describe('[H2] buckets of UTC serve a zone whose buckets are unions of them', () => {
  const year: TimeRange = { from: Date.UTC(2021), to: Date.UTC(2022) };
  const winter: TimeRange = { from: Date.UTC(2021, 10, 1), to: Date.UTC(2022, 1, 1) };

  test.each<[string, Granularity, TimeRange, Granularity]>([
    ['UTC', 'year', year, 'year'],
    ['Europe/Berlin', 'hour', year, 'hour'],
    ['Europe/Berlin', 'day', year, 'hour'],
    ['Europe/London', 'day', year, 'hour'],
    ['Europe/London', 'month', winter, 'month'],
    ['Asia/Kolkata', 'hour', year, 'minute'],
    ['Asia/Kolkata', 'day', year, 'minute'],
    ['Africa/Abidjan', 'week', year, 'week'],
    // Offsets of whole hours, but the clock changed at one minute past midnight.
    ['America/Goose_Bay', 'hour', { from: Date.UTC(2010), to: Date.UTC(2011) }, 'minute'],
    ['America/Goose_Bay', 'hour', { from: Date.UTC(2010, 5), to: Date.UTC(2010, 6) }, 'hour'],
    ['Europe/Amsterdam', 'minute', { from: Date.UTC(1800), to: Date.UTC(1801) }, 'second'],
    ['Etc/GMT+5', 'hour', { from: Date.UTC(-200_000), to: Date.UTC(200_000) }, 'hour'],
  ])('%s from %s', (zone, granularity, range, expected) => {
    const fits = (stored: Granularity): boolean => zoneFitsGrid(zone, stored, granularity, range);
    const finer = GRANULARITIES.filter((stored) => canBuildFrom(stored, granularity));
    expect(finer.findLast(fits)).toBe(expected);
    // What is built of the buckets fits too.
    for (const coarse of GRANULARITIES.filter((each) => canBuildFrom(granularity, each))) {
      expect(zoneFitsGrid(zone, granularity, coarse, range)).toBe(expected === granularity);
    }
  });

  test('a bucket that fits lies in one bucket of the zone, whatever the size', () => {
    const firstHour = fc.integer({ min: Date.UTC(1985) / HOUR, max: Date.UTC(2030) / HOUR });
    const grain = fc.constantFrom<Granularity>('minute', 'hour', 'day', 'week');
    fc.assert(
      fc.property(firstHour, grain, anyZone, (hour, granularity, zone) => {
        const from = floorLocal(hour * HOUR, granularity);
        const to = nextBucket(from, granularity);
        const coarser = GRANULARITIES.filter((coarse) => canBuildFrom(granularity, coarse));
        let whole = true;
        for (let at = from; at < to; at += 30_000) {
          whole &&= coarser.every(
            (coarse) => floorLocal(toLocal(at, zone), coarse) === floorLocal(toLocal(from, zone), coarse),
          );
        }
        const fits = zoneFitsGrid(zone, granularity, granularity, { from, to });
        const changes = offsetAt(from, zone) !== offsetAt(to - 1, zone);
        // A change within the one bucket may happen to spare it, but not its neighbours: this is refused.
        if (fits || !changes) expect(fits).toBe(whole);
      }),
      { numRuns: 300 },
    );
  });
});

test('the changes of a range are where the offset differs, whatever the range', () => {
  const lengths = [0, 1, 3 * DAY, 500 * DAY, 30_000 * DAY];
  fc.assert(
    fc.property(
      fc.constantFrom(...ZONES),
      fc.integer({ min: Date.UTC(1790, 0, 1), max: Date.UTC(2560, 0, 1) }),
      fc.constantFrom(...lengths),
      (zone, from, length) => {
        const { instants, offsets } = changesWithin(zone, { from, to: from + length });
        expect(offsets[0]).toBe(offsetAt(Math.max(from, Date.UTC(1800, 0, 1)), zone));
        for (let i = 1; i < instants.length; i++) {
          expect(instants[i]).toBeGreaterThan(instants[i - 1]);
          expect(offsets[i]).not.toBe(offsets[i - 1]);
          expect([offsetAt(instants[i] - 1, zone), offsetAt(instants[i], zone)]).toEqual([
            offsets[i - 1],
            offsets[i],
          ]);
        }
        // No change is left out: in between the offset is the same, wherever one looks.
        for (let i = 0; i < 50; i++) {
          const at = Math.floor(from + (length * i) / 50);
          if (at < instants[0] || at >= from + length) continue;
          const last = instants.findLastIndex((instant) => instant <= at);
          expect(offsetAt(at, zone)).toBe(offsets[last]);
        }
      },
    ),
    { numRuns: 300 },
  );
});
