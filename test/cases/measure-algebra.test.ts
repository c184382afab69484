/** Measures that are stored as states: however the states are merged, the answer is that of the raw rows. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildTables, openTables, refusals, tableOf } from '../support/open-tables.js';
import type { Store } from '../support/open-tables.js';
import { eventMeasures, eventOracle, events, eventsTable } from '../support/measure-events.js';
import type { Event } from '../support/measure-events.js';
import { measureCell } from '../support/oracle-measure.js';
import type { Cell } from '../support/oracle-filter.js';
import { duckRows } from '../model/duckdb.js';

const names = eventMeasures.map(({ name }) => name);
const measures = names.map((name) => `events.${name}`);

function model(...rollups: readonly object[]): string {
  const dimensions = [
    { name: 'id', sql: 'id', type: 'number', primary_key: true },
    { name: 'kind', sql: 'kind', type: 'string' },
    { name: 'good', sql: 'ok', type: 'boolean' },
    { name: 'at', sql: 'moment', type: 'time' },
  ];
  const cube = { name: 'events', sql_table: 'events', dimensions, measures: eventMeasures };
  return JSON.stringify({ cubes: [{ ...cube, pre_aggregations: rollups }] });
}

const daily = {
  name: 'daily',
  measures: names.filter((name) => name !== 'per_row'),
  dimensions: ['kind'],
  time_dimension: 'at',
  granularity: 'day',
  partition_granularity: 'month',
};
const indexed = {
  ...daily,
  dimensions: ['kind', 'good'],
  indexes: [{ name: 'by_kind', type: 'aggregate', columns: ['kind'] }],
};

type Rows = readonly Readonly<Record<string, unknown>>[];

/** The answer is the oracle's over the rows of each group: doubles within 1e-9, all else exactly. */
function expectOracle(data: Rows, groupOf: (event: Event) => string, rows: readonly Event[] = events): void {
  const groups = new Map<string, Event[]>();
  for (const event of rows) groups.set(groupOf(event), [...(groups.get(groupOf(event)) ?? []), event]);
  expect(data.map((row) => keyOf(row)).toSorted()).toEqual([...groups.keys()].toSorted());
  for (const row of data) {
    const own = groups.get(keyOf(row))!;
    for (const name of names) {
      const wanted = measureCell(eventOracle, name, own);
      const given = row[`events.${name}`];
      if (name === 'last_at') expect(given).toBe(wanted === null ? null : isoOf(wanted));
      else if (typeof wanted === 'number') expectNear(given, wanted, name, keyOf(row));
      else expect(given, `${name} of ${keyOf(row)}`).toEqual(wanted);
    }
  }
}

function isoOf(cell: Cell): string {
  return new Date(Number(cell)).toISOString().slice(0, -1);
}

/** Doubles around 1e9 have a mean that is known to 1.2e-7, so that their variance, about 0.1, is known to some 1e-6. */
const ROUGH = new Set(['variance', 'stddev', 'covariance', 'correlation']);

function expectNear(given: unknown, wanted: number, name: string, group: string): void {
  const what = `${name} of ${group}: ${String(given)} for ${wanted}`;
  expect(given, what).toBeTypeOf('string');
  const number = Number(given);
  if (Number.isNaN(wanted)) expect(number, what).toBeNaN();
  else
    expect(Math.abs(number - wanted), what).toBeLessThanOrEqual(
      ROUGH.has(name) ? 2e-6 : 1e-12 * Math.abs(wanted),
    );
}

function keyOf(row: Rows[number]): string {
  return `${String(row['events.kind'])} ${String(row['events.at'])}`;
}

const KIND = { measures, dimensions: ['events.kind'] };
const byKind = ({ kind }: Event): string => `${kind} undefined`;

async function ask(store: Store, query: object, path: object): Promise<Rows> {
  const { data, meta } = await store.query(query);
  expect(meta).toMatchObject(path);
  return data;
}

describe('states that are merged give what the rows give', () => {
  test('[C10] [B38] from the source', async () => {
    const store = await openTables({ yaml: model(), init: [eventsTable] });
    expectOracle(await ask(store, KIND, { mode: 'source' }), byKind);
    expectOracle(await ask(store, { measures }, { mode: 'source' }), () => 'undefined undefined');
  });

  test('[C10] [C14] [C15] as stored, over some of the dimensions, and over all partitions', async () => {
    const store = await buildTables({ yaml: model(daily), init: [eventsTable] });
    const direct = { ...KIND, timeDimensions: [{ dimension: 'events.at', granularity: 'day' }] };
    const dayOf = ({ kind, at }: Event): string =>
      `${kind} ${at === null ? null : `${new Date(at).toISOString().slice(0, 10)}T00:00:00.000`}`;
    expectOracle(await ask(store, direct, { mode: 'direct' }), dayOf);
    expectOracle(await ask(store, KIND, { mode: 'rollup' }), byKind);
    expectOracle(await ask(store, { measures }, { mode: 'rollup' }), () => 'undefined undefined');
    const quarters = { ...KIND, timeDimensions: [{ dimension: 'events.at', granularity: 'quarter' }] };
    const quarterOf = ({ kind, at }: Event): string => {
      if (at === null) return `${kind} null`;
      const month = 3 * Math.floor(new Date(at).getUTCMonth() / 3) + 1;
      return `${kind} 2024-${String(month).padStart(2, '0')}-01T00:00:00.000`;
    };
    expectOracle(await ask(store, quarters, { mode: 'rollup' }), quarterOf);
  });

  test('[D53] [X21] where the range cuts through the stored buckets', async () => {
    const store = await buildTables({ yaml: model(daily), init: [eventsTable] });
    const [from, to] = ['2024-02-03T01:00:00.000', '2024-10-30T00:30:00.000'];
    const query = { ...KIND, timeDimensions: [{ dimension: 'events.at', dateRange: [from, to] }] };
    const within = events.filter(
      ({ at }) => at !== null && at >= Date.parse(`${from}Z`) && at <= Date.parse(`${to}Z`),
    );
    expectOracle(await ask(store, query, { mode: 'hybrid' }), byKind, within);
  });

  test('[C10] from an aggregating index', async () => {
    const store = await buildTables({ yaml: model(indexed), init: [eventsTable] });
    expectOracle(await ask(store, KIND, { mode: 'rollup', index: 'by_kind' }), byKind);
  });

  test('[C10] in rolling windows', async () => {
    const rolling = eventMeasures.map((measure) =>
      measure.name === 'per_row' ? measure : { ...measure, rolling_window: { trailing: '40 day' } },
    );
    const yaml = JSON.parse(model(daily)) as { cubes: { measures: object[] }[] };
    yaml.cubes[0].measures = rolling;
    const built = await buildTables({ yaml: JSON.stringify(yaml), init: [eventsTable] });
    const time = { dimension: 'events.at', granularity: 'month', dateRange: ['2024-02-01', '2024-11-30'] };
    const data = await ask(built, { ...KIND, timeDimensions: [time] }, { mode: 'rollup' });
    const labelled = Array.from({ length: 10 }, (_, at) => at + 1).flatMap((month) => {
      const end = Date.UTC(2024, month + 1);
      const label = new Date(Date.UTC(2024, month)).toISOString().slice(0, -1);
      const own = events.filter(({ at }) => at !== null && at < end && at >= end - 40 * 86_400_000);
      return own.map((event) => ({ ...event, label }));
    });
    const labelOf = (event: Event): string => `${event.kind} ${(event as Event & { label: string }).label}`;
    expectOracle(data, labelOf, labelled);
  });
});

test('statistics are those of DuckDB on the raw rows', async () => {
  const store = await buildTables({ yaml: model(daily), init: [eventsTable] });
  const rows = eventsTable.slice('CREATE TABLE events AS '.length);
  const finite = (names_: string): string => `FILTER (WHERE ${names_})`;
  const expected = await duckRows(`
    SELECT kind,
      var_samp(x) ${finite('isfinite(x)')}, stddev_samp(whole), covar_samp(y, x), corr(y, x) ${finite('isfinite(x) AND isfinite(y)')},
      arg_min(word, moment) ${finite('word IS NOT NULL')}, bool_and(ok), bool_or(ok)
    FROM (${rows}) WHERE kind IN ('many', 'one', 'none') AND moment IS NOT NULL GROUP BY 1 ORDER BY 1`);
  const time = { dimension: 'events.at', dateRange: ['2024-01-01', '2024-12-31'] };
  const asked = ['variance', 'whole_stddev', 'covariance', 'correlation', 'first_word', 'all_ok', 'any_ok'];
  const filters = [{ member: 'events.kind', operator: 'equals', values: ['many', 'one', 'none'] }];
  const { data } = await store.query({
    measures: asked.map((name) => `events.${name}`),
    dimensions: ['events.kind'],
    timeDimensions: [time],
    filters,
    order: { 'events.kind': 'asc' },
  });
  const given = data.map((row) => [row['events.kind'], ...asked.map((name) => row[`events.${name}`])]);
  expect(given.length).toBe(expected.length);
  expected.forEach((row, at) =>
    row.forEach((cell, column) => {
      if (typeof cell === 'number' && !Number.isNaN(cell))
        expectNear(given[at][column], cell, asked[column - 1], String(row[0]));
      // DuckDB has NaN for a correlation that there is none of.
      else expect(given[at][column], `${at} ${column}`).toEqual(Number.isNaN(cell) ? null : cell);
    }),
  );
});

describe('measures by type', () => {
  const values = tableOf(
    'points',
    ['id', 'g', 'x', 'paid', 'moment', 'seen'],
    [
      "1, 'a', 1, true, TIMESTAMP '2024-01-01 00:00:00.0009', TIMESTAMP '2024-01-09'",
      "2, 'a', 3, NULL, TIMESTAMP '2024-01-01 00:00:00.0001', TIMESTAMP '2024-01-08'",
      "3, 'b', 5, false, TIMESTAMP '2024-01-02', TIMESTAMP '2024-01-01'",
      "4, 'b', NULL, true, TIMESTAMP '2024-01-03', NULL",
      "5, 'c', 7, NULL, NULL, TIMESTAMP '2024-01-01'",
    ],
  );
  const parts = tableOf('parts', ['point', 'n'], ['1, 1', '1, 2', '1, 3', '2, 1', '3, 1', '3, 1']);
  const cubes = (...rollups: readonly object[]) => ({
    cubes: [
      {
        name: 'points',
        sql_table: 'points',
        joins: [{ name: 'parts', relationship: 'one_to_many', sql: '{CUBE}.id = {parts}.point' }],
        dimensions: [
          { name: 'id', sql: 'id', type: 'number', primary_key: true },
          { name: 'g', sql: 'g', type: 'string' },
          { name: 'at', sql: 'moment', type: 'time' },
          { name: 'seen', sql: 'seen', type: 'time' },
        ],
        measures: [
          { name: 'paid', type: 'bool_and', sql: 'paid' },
          { name: 'some_paid', type: 'bool_or', sql: 'paid' },
          { name: 'latest', type: 'last', sql: 'x', time_dimension: 'at' },
          { name: 'earliest_g', type: 'first', sql: '{g}', timeDimension: 'CUBE.seen' },
          { name: 'spread', type: 'stddev', sql: 'x' },
          { name: 'variance', type: 'variance', sql: 'x' },
          { name: 'line', type: 'correlation', sql: 'x', sql2: 'id' },
          { name: 'slope', type: 'covariance', sql: 'x', sql2: 'id' },
          { name: 'as_case', type: 'number', sql: 'CASE WHEN {some_paid} THEN {variance} ELSE -1 END' },
          { name: 'all_in_sql', type: 'number', sql: 'greatest({spread}, {slope}, {line})' },
        ],
        pre_aggregations: rollups,
      },
      {
        name: 'parts',
        sql_table: 'parts',
        dimensions: [{ name: 'n', sql: 'n', type: 'number', primary_key: true }],
        measures: [{ name: 'count', type: 'count' }],
      },
    ],
  });
  const own = ['paid', 'some_paid', 'latest', 'earliest_g', 'spread', 'variance', 'line', 'slope'];
  const rollup = { name: 'by_g', measures: own, dimensions: ['g'] };
  const asked = (...list: readonly string[]) => list.map((name) => `points.${name}`);

  test('[B38] over joins that repeat rows each row counts once', async () => {
    const store = await openTables({ yaml: JSON.stringify(cubes()), init: [values, parts] });
    const query = { measures: asked(...own), dimensions: ['points.g'], order: { 'points.g': 'asc' } };
    const once = await store.query(query);
    const repeated = await store.query({ ...query, measures: [...query.measures, 'parts.count'] });
    expect(repeated.data.map(({ 'parts.count': count }) => count)).toEqual(['4', '2', '0']);
    expect(repeated.data.map(({ 'parts.count': _count, ...row }) => row)).toEqual(once.data);
    expect(once.data[0]).toEqual({
      'points.g': 'a',
      'points.paid': true,
      'points.some_paid': true,
      // Both are of one millisecond, and 3 is the greater.
      'points.latest': '3',
      'points.earliest_g': 'a',
      'points.spread': String(Math.SQRT2),
      'points.variance': '2',
      'points.line': '1',
      'points.slope': '1',
    });
  });

  test('true and false are filtered, ordered and described as such, and so is the value of a dimension', async () => {
    const store = await buildTables({ yaml: JSON.stringify(cubes(rollup)), init: [values, parts] });
    const query = {
      measures: asked('paid', 'earliest_g'),
      dimensions: ['points.g'],
      order: { 'points.paid': 'desc' },
    };
    const { data, annotation, meta } = await store.query(query);
    expect(meta.preAggregation).toBe('points.by_g');
    expect(data.map((row) => row['points.paid'])).toEqual([true, false, null]);
    expect(annotation.measures['points.paid']).toMatchObject({ type: 'boolean' });
    expect(annotation.measures['points.earliest_g']).toMatchObject({ type: 'string' });
    const having = async (member: string, operator: string, text: string): Promise<unknown[]> => {
      const filters = [{ member: `points.${member}`, operator, values: [text] }];
      const rows = await store.query({ ...query, filters }, { numbers: 'native' });
      return rows.data.map((row) => row['points.g']);
    };
    expect(await having('paid', 'equals', 'true')).toEqual(['a']);
    expect(await having('paid', 'notEquals', 'true')).toEqual(['b', 'c']);
    expect(await having('earliest_g', 'contains', 'B')).toEqual(['b']);
    await expect(having('paid', 'equals', 'yes')).rejects.toThrow('not true or false');
    expect(await refusals(store, query, 'points.by_g')).toEqual([]);
  });

  test('SQL that is more than arithmetic has their values from the source', async () => {
    const store = await openTables({ yaml: JSON.stringify(cubes()), init: [values, parts] });
    const measures = asked('as_case', 'all_in_sql');
    const { data } = await store.query({ measures, dimensions: ['points.g'], order: { 'points.g': 'asc' } });
    expect(data.map((row) => row['points.as_case'])).toEqual(['2', null, '-1']);
    expect(data.map((row) => row['points.all_in_sql'])).toEqual([String(Math.SQRT2), null, null]);
  });

  test('[C10] Cube does not know them, so that its choice counts them as not additive', async () => {
    const store = await buildTables({
      yaml: JSON.stringify(cubes(rollup)),
      init: [values, parts],
      options: { compatibility: 'cube' },
    });
    const merged = await store.query({ measures: asked('spread') });
    expect(merged.meta.preAggregation).toBe(null);
    const stored = await store.query({ measures: asked('spread'), dimensions: ['points.g'] });
    expect(stored.meta.preAggregation).toBe('points.by_g');
  });
});

test('[X24] ratios are computed after the merge, as real numbers, and are NULL where the divisor is 0', async () => {
  const yaml = JSON.stringify({
    cubes: [
      {
        name: 'sales',
        sql_table: 'sales',
        dimensions: [
          { name: 'shop', sql: 'shop', type: 'string' },
          { name: 'city', sql: 'city', type: 'string' },
        ],
        measures: [
          { name: 'won', type: 'sum', sql: 'won' },
          { name: 'count', type: 'count' },
          { name: 'zero', type: 'sum', sql: '0 * won' },
          { name: 'share', type: 'number', sql: '{won} / {count}' },
          { name: 'none', type: 'number', sql: '{count} / {zero}' },
          { name: 'percent', type: 'number', sql: '100 * {share} - {none}' },
        ],
        pre_aggregations: [
          { name: 'main', measures: ['won', 'count', 'zero'], dimensions: ['shop', 'city'] },
        ],
      },
    ],
  });
  const init = [tableOf('sales', ['shop', 'city', 'won'], ["'x', 'A', 1", "'x', 'B', 0", "'y', 'A', 0"])];
  const measures = ['share', 'none', 'percent'].map((name) => `sales.${name}`);
  const built = await buildTables({ yaml, init });
  const source = await openTables({ yaml, init });
  const third = [{ 'sales.share': '0.3333333333333333', 'sales.none': null, 'sales.percent': null }];
  expect(await ask(built, { measures }, { mode: 'rollup' })).toEqual(third);
  expect(await ask(source, { measures }, { mode: 'source' })).toEqual(third);
});

test('the example of docs/measures.md shows what it says', async () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/measures.md'), 'utf8');
  const block = (start: string): string => page.split(start)[1].split('```')[0];
  const store = await buildTables({ yaml: block('```yaml\n'), init: [] });
  const query: unknown = JSON.parse(/granary query '(.*)'/.exec(page)?.[1] ?? '');
  const { data, meta } = await store.query(query);
  expect(meta.mode).toBe('rollup');
  const [names, , ...lines] = block('```\nruns.machine').trim().split('\n');
  const shown = lines.map((line) => line.split(/\s{2,}/));
  const printed = data.map((row) =>
    Object.values(row).map((cell) => (cell === null ? '∅' : `${cell as string | boolean}`)),
  );
  expect(printed).toEqual(shown);
  expect(names.split(/\s+/).filter((name) => name !== '')).toEqual(Object.keys(data[0]).slice(1));
});

// DuckDB's mean of three times 0.1 is 0.10000000000000002.
test('[C10] what is always the same has the variance 0 and no correlation, however it is divided', async () => {
  const days = [1, 1, 1, 2, 3, 3, 4, 4, 4, 4, 4, 4];
  const yaml = JSON.stringify({
    cubes: [
      {
        name: 't',
        sql_table: 't',
        dimensions: [
          { name: 'day', sql: 'day', type: 'time' },
          { name: 'all', sql: "'x'", type: 'string' },
        ],
        measures: [
          { name: 'variance', type: 'variance', sql: 'x' },
          { name: 'correlation', type: 'correlation', sql: 'x', sql2: 'y' },
          { name: 'constant', type: 'variance', sql: '0.1' },
          { name: 'turned', type: 'correlation', sql: 'y', sql2: 'x' },
        ],
        pre_aggregations: [
          {
            name: 'daily',
            measures: ['variance', 'constant', 'correlation', 'turned'],
            dimensions: ['all'],
            time_dimension: 'day',
            granularity: 'day',
            indexes: [{ name: 'whole', type: 'aggregate', columns: ['all'] }],
          },
        ],
      },
    ],
  });
  const rows = days.map((day, at) => `TIMESTAMP '2024-01-0${day} 13:00', 0.1::DOUBLE, ${at}`);
  const store = await buildTables({ yaml, init: [tableOf('t', ['day', 'x', 'y'], rows)] });
  const measures = ['t.variance', 't.constant', 't.correlation', 't.turned'];
  const constant = { 't.variance': '0', 't.constant': '0', 't.correlation': null, 't.turned': null };
  const timeDimensions = [{ dimension: 't.day', dateRange: ['2024-01-01T12:00:00.000', '2024-01-09'] }];
  expect(await ask(store, { measures, timeDimensions }, { mode: 'hybrid' })).toEqual([constant]);
  expect(await ask(store, { measures }, { mode: 'rollup', index: 'whole' })).toEqual([constant]);
});
