/**
 * Random windows over random events, in random granularities and zones: rollups, the source and the oracle give the same
 * rows. A failure prints the seed: set GRANARY_SEED to replay it.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CubeQuery } from '../support/cube-query.js';
import { buildTables } from '../support/open-tables.js';
import type { PrintedRow } from '../support/oracle.js';
import { answerWindows, keyOf } from '../support/oracle-windows.js';
import { Tape, tapes } from '../support/tape.js';
import { windowEvents, windowQuery } from '../support/window-events.js';

const long = process.env['GRANARY_LONG'] !== undefined;
const seed = Number(process.env['GRANARY_SEED'] ?? (long ? Date.now() % 2 ** 31 : 45));

test('[B20] [H2] [H11] windows of rollups, source and oracle agree', { timeout: 3_600_000 }, async () => {
  console.log(`rolling windows, seed ${seed}`);
  const lists = fc.array(tapes(40), { minLength: 50, maxLength: 50 });
  const modes = new Map<string, number>();
  for (const [cells, queries] of fc.sample(fc.tuple(tapes(4_000), lists), {
    seed,
    numRuns: long ? 40 : 4,
  })) {
    const events = windowEvents(new Tape(cells));
    const measures = (events.cube['measures'] as { name: string; type: string }[])
      .filter(({ type }) => type !== 'count_distinct')
      .map(({ name }) => name);
    const rollup = (name: string, granularity: string, more: object) => ({
      name,
      measures,
      time_dimension: 'at',
      granularity,
      ...more,
    });
    const pre_aggregations = [
      rollup('weekly', 'week', { dimensions: ['kind'] }),
      rollup('daily', 'day', { dimensions: ['kind'], partition_granularity: 'month' }),
      rollup('hourly', 'hour', { dimensions: ['kind'], partition_granularity: 'week' }),
      rollup('large', 'hour', { dimensions: ['kind'], segments: ['large'] }),
    ];
    const open = (cube: object) =>
      buildTables({ yaml: JSON.stringify({ cubes: [cube] }), init: events.init });
    const source = await open(events.cube);
    const rollups = await open({ ...events.cube, pre_aggregations });
    for (const list of queries) {
      const query = windowQuery(new Tape(list), events);
      const expected = answerWindows(events.oracle, events.windows, events.rows, query);
      const why = JSON.stringify({ query, windows: query.measures?.map((name) => events.windows[name]) });
      for (const store of [source, rollups]) {
        const { data, meta } = await store.query(query);
        modes.set(meta.mode, (modes.get(meta.mode) ?? 0) + 1);
        expectSame(data as readonly Row[], expected, query, `${meta.mode} ${why}`);
      }
    }
  }
  for (const mode of ['rollup', 'hybrid', 'source']) expect(modes.get(mode) ?? 0).toBeGreaterThan(10);
});

type Row = PrintedRow;

/** The same groups with the same values, real numbers but for their last digits. */
function expectSame(data: readonly Row[], expected: readonly Row[], query: CubeQuery, why: string): void {
  const { measures = [] } = query;
  const rows = new Map(data.map((row) => [keyOf(row, measures), row]));
  const keys = expected.map((row) => keyOf(row, measures));
  expect(rows.size, why).toBe(data.length);
  expect(new Set(rows.keys()), why).toEqual(new Set(keys));
  for (const [at, key] of keys.entries()) {
    for (const name of measures) {
      const [own, wanted] = [rows.get(key)?.[name] ?? null, expected[at][name]];
      const text = `${name} in ${key} of ${why}`;
      if (own === null || wanted === null || own === wanted) expect(own, text).toBe(wanted);
      else expect(Number(own), text).toBeCloseTo(Number(wanted), 9);
    }
  }
}
