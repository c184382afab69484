/** Ranges that cut stored buckets: pieces from rollups and from the source, merged to the source's answer. */
import { expect, test } from 'vitest';
import { buildTables, openTables, refusals, temporaryFolder } from '../support/open-tables.js';
import type { Store, Tables } from '../support/open-tables.js';

/**
 * 2,000 events, about eight on each day from 2023-12-20 on, at odd milliseconds; the numbers are congruences.
 * Some groups are NULL, some values are missing or beyond 64 bits, and a few events have no time.
 */
const init = [
  `CREATE TABLE events AS SELECT
     i AS id,
     CASE WHEN i % 7 = 0 THEN NULL ELSE 'kind ' || chr((97 + i % 5)::INTEGER) END AS kind,
     CASE WHEN i % 11 = 0 THEN NULL ELSE (i * 37 % 1000)::DECIMAL(9, 2) / 8 END::DECIMAL(9, 3) AS price,
     CASE WHEN i % 3 = 0 THEN 9223372036854775807 ELSE i END::BIGINT AS wide,
     ((i * 29) % 64) / 8.0::DOUBLE AS ratio,
     i * 7919 % 300 AS visitor,
     'name ' || (i * 7919 % 1000) AS name,
     i % 2 = 0 AS even,
     CASE WHEN i % 97 = 0 THEN NULL
       ELSE TIMESTAMP '2023-12-20' + INTERVAL (i * 10000001) MILLISECOND END AS at,
     CASE WHEN i % 5 = 0 THEN NULL
       ELSE TIMESTAMP '2024-01-01' + INTERVAL (i * 7919 % 5000) HOUR + INTERVAL (i) SECOND END AS due
   FROM range(2000) AS numbers(i)`,
];

const measures = [
  'count',
  'price',
  'wide',
  'ratio',
  'lowest',
  'highest',
  'first_name',
  'last_name',
  'first_due',
  'visitors',
  'per_event',
  'large',
];

const members = `
    measures:
      - { name: count, type: count }
      - { name: price, sql: price, type: sum }
      - { name: wide, sql: wide, type: sum }
      - { name: ratio, sql: ratio, type: sum }
      - { name: lowest, sql: price, type: min }
      - { name: highest, sql: wide, type: max }
      - { name: first_name, sql: name, type: min }
      - { name: last_name, sql: name, type: max }
      - { name: first_due, sql: due, type: min }
      - { name: visitors, sql: visitor, type: count_distinct_approx }
      - { name: per_event, sql: "{CUBE.price} / {CUBE.count}", type: number }
      - { name: large, sql: id, type: count, filters: [{ sql: "{CUBE}.price > 60" }] }
      - { name: exact_visitors, sql: visitor, type: count_distinct }
      - { name: mean, sql: price, type: avg }
    dimensions:
      - { name: id, sql: id, type: number, primary_key: true }
      - { name: kind, sql: kind, type: string }
      - { name: visitor, sql: visitor, type: number }
      - { name: even, sql: even, type: boolean }
      - { name: at, sql: at, type: time }
      - { name: due, sql: due, type: time }
    segments:
      - { name: dear, sql: "{CUBE}.price > 50" }
`;

/** A rollup of all measures by kind and evenness. */
function rollup(name: string, ...times: readonly string[]): string {
  return `
      - name: ${name}
        measures: [${measures.join(', ')}, exact_visitors, mean]
        dimensions: [kind, even]
        segments: [dear]
        ${times.join('\n        ')}`;
}

const monthly = rollup('monthly', 'time_dimension: at', 'granularity: month');
const weekly = rollup('weekly', 'time_dimension: at', 'granularity: week');
const daily = rollup('daily', 'time_dimension: at', 'granularity: day', 'partition_granularity: month');
const hourly = rollup('hourly', 'time_dimension: at', 'granularity: hour');

function events(...rollups: readonly string[]): Tables {
  const listed = rollups.length === 0 ? '' : `    pre_aggregations:${rollups.join('')}\n`;
  return { init, yaml: `cubes:\n  - name: events\n    sql_table: events${members}${listed}` };
}

const all = measures.map((name) => `events.${name}`);

function at(from: string, to: string, granularity?: string): object {
  return { dimension: 'events.at', dateRange: [from, to], ...(granularity !== undefined && { granularity }) };
}

/** What `explain` says of the times of all pieces, in their order: where from, and from when to when. */
async function piecesOf(store: Store, query: unknown): Promise<string[]> {
  const { pieces } = await store.explain(query);
  const stretches = pieces.flatMap(({ from, range, boxes }) => {
    const ranges = boxes?.map((box) => Object.values(box)[0].range ?? ['without a time', '']) ?? [
      range ?? [],
    ];
    return ranges.map((each) => ({ from, range: each }));
  });
  return stretches
    .toSorted((a, b) => (String(a.range[0]) < String(b.range[0]) ? -1 : 1))
    .map(({ from, range }) => `${from} ${range.map(short).join('/')}`);
}

function short(time: string): string {
  return time.replace('T00:00:00.000Z', '').replace(':00:00.000Z', '').replace('2024-', '');
}

/** Asserts that the store and one without rollups say the same, and gives what the store said. */
async function sameAsSource(store: Store, query: object): ReturnType<Store['query']> {
  const source = await openTables(events());
  const [answer, expected] = [await store.query(query), await source.query(query)];
  expect(expected.meta.mode).toBe('source');
  expect(answer.data).toEqual(expected.data);
  expect(answer.total).toBe(expected.total);
  expect(answer.annotation).toEqual(expected.annotation);
  expect([answer.meta.exact, answer.meta.relativeError]).toEqual([
    expected.meta.exact,
    expected.meta.relativeError,
  ]);
  return answer;
}

test('[X21] [X13] half days at both ends come from the source, the days between from the rollup', async () => {
  const store = await buildTables(events(daily));
  const query = {
    measures: all,
    dimensions: ['events.kind'],
    timeDimensions: [at('2024-01-10T12:00:00.000', '2024-03-05T11:59:59.999')],
  };
  const { data, meta, usedPreAggregations } = await sameAsSource(store, query);
  expect(data).toHaveLength(6);
  expect(meta).toMatchObject({
    mode: 'hybrid',
    preAggregation: 'events.daily',
    index: null,
    partitions: { read: 3, total: 10 },
  });
  expect(meta.rowsScanned).toBeGreaterThan(100);
  expect(Object.values(usedPreAggregations).map((used) => used.preAggregationId)).toEqual(['events.daily']);
  expect(await piecesOf(store, query)).toEqual([
    'source 01-10T12/01-11',
    'events.daily 01-11/03-05',
    'source 03-05/03-05T12',
  ]);
  expect(await refusals(store, query, 'events.daily')).toEqual(['range_not_aligned']);
});

test('[X21] explain shows each piece with its partitions or its SQL, and says of which rollup it is a part', async () => {
  const store = await buildTables(events(monthly, daily));
  const query = { measures: ['events.count'], timeDimensions: [at('2024-01-10T12:00:00.000', '2024-03-04')] };
  const { selected, mode, pieces, sql, candidates } = await store.explain(query);
  expect([selected, mode]).toEqual(['events.monthly', 'hybrid']);
  expect(pieces.map(({ from, partitions }) => [from, partitions])).toEqual([
    ['events.daily', ['20240101']],
    ['events.monthly', ['all']],
    ['events.daily', ['20240301']],
    ['source', undefined],
  ]);
  expect(pieces.map((piece) => piece.sql !== undefined)).toEqual([false, false, false, true]);
  expect(sql).toEqual(pieces[3]?.sql);
  const bounds = sql?.params.map(({ value }) => value);
  expect(bounds).toEqual([Date.UTC(2024, 0, 10, 12), Date.UTC(2024, 0, 11)]);
  expect(candidates.map(({ matched, partly }) => [matched, partly])).toEqual([
    [false, true],
    [false, true],
  ]);
  // Each partition is counted once: two months of `daily`, one file of `monthly`.
  const { meta, usedPreAggregations } = await sameAsSource(store, query);
  expect(meta.partitions).toEqual({ read: 3, total: 11 });
  expect(Object.keys(usedPreAggregations)).toHaveLength(2);
});

test.for([
  ['one millisecond less at the start', ['2024-01-10T00:00:00.001', '2024-01-31'], 'source daily'],
  ['one millisecond less at the end', ['2024-01-10', '2024-01-31T23:59:59.998'], 'daily source'],
  ['one millisecond more at the end', ['2024-01-10', '2024-02-01T00:00:00.000'], 'daily source'],
  ['one day and a millisecond', ['2024-01-10', '2024-01-11T00:00:00.000'], 'daily source'],
  ['a range before all events', ['2021-01-10T01:00:00.000', '2021-02-01'], 'source daily'],
  ['a range after all events', ['2031-01-10T01:00:00.000', '2031-02-01'], 'source daily'],
  ['within one day', ['2024-01-10T01:00:00.000', '2024-01-10T23:00:00.000'], 'source'],
  ['over midnight, no day whole', ['2024-01-10T01:00:00.000', '2024-01-11T23:00:00.000'], 'source'],
  ['aligned', ['2024-01-10', '2024-01-11T23:59:59.999'], 'daily'],
] as const)('[B43] [B44] [D52] [FX-6] [X21] %s', async ([, [from, to], pieces]) => {
  const store = await buildTables(events(daily));
  for (const dimensions of [[], ['events.kind', 'events.even']]) {
    const query = { measures: all, dimensions, timeDimensions: [at(from, to)] };
    const { meta } = await sameAsSource(store, query);
    const names = (await piecesOf(store, query)).map((piece) => piece.split(' ')[0]?.replace('events.', ''));
    expect(names.join(' ')).toBe(pieces);
    expect(meta.mode === 'hybrid').toBe(pieces.includes(' '));
  }
});

test('[X21] a bucket of the query that the pieces cut is one row', async () => {
  const store = await buildTables(events(daily));
  for (const granularity of ['day', 'week', 'month', 'quarter', 'year']) {
    const times = [at('2024-01-10T06:00:00.000', '2024-05-05T17:30:00.000', granularity)];
    const { meta } = await sameAsSource(store, { measures: all, timeDimensions: times });
    expect(meta.mode).toBe('hybrid');
    await sameAsSource(store, { measures: all, dimensions: ['events.kind'], timeDimensions: times });
  }
});

test('[B42] [X21] a finer rollup that holds an edge comes before the source, and alone makes it no hybrid', async () => {
  const store = await buildTables(events(monthly, daily));
  const days = { measures: all, timeDimensions: [at('2024-01-10', '2024-05-05', 'month')] };
  const whole = await sameAsSource(store, days);
  expect(whole.meta).toMatchObject({ mode: 'rollup', preAggregation: 'events.daily' });
  expect(await piecesOf(store, days)).toEqual(['events.daily 01-10/05-06']);

  const hours = { ...days, timeDimensions: [at('2024-01-10T06:00:00.000', '2024-05-05', 'month')] };
  const { meta } = await sameAsSource(store, hours);
  expect(meta).toMatchObject({ mode: 'hybrid', preAggregation: 'events.monthly' });
  expect(await piecesOf(store, hours)).toEqual([
    'source 01-10T06/01-11',
    'events.daily 01-11/02-01',
    'events.monthly 02-01/05-01',
    'events.daily 05-01/05-06',
  ]);
});

test('[X21] pieces from rollups alone are merged without a hybrid', async () => {
  const store = await buildTables(events(monthly, weekly));
  const query = { measures: all, timeDimensions: [at('2024-03-25', '2024-04-30')] };
  const { meta } = await sameAsSource(store, query);
  expect(await piecesOf(store, query)).toEqual(['events.weekly 03-25/04-01', 'events.monthly 04-01/05-01']);
  expect(meta).toMatchObject({
    mode: 'rollup',
    preAggregation: 'events.monthly',
    partitions: { read: 2, total: 2 },
  });
});

test('[H2] [X21] days of a zone lie on the hours of an hourly rollup, and half hours at their ends at the source', async () => {
  const store = await buildTables(events(hourly));
  for (const timezone of ['America/New_York', 'Europe/Berlin']) {
    const query = {
      measures: all,
      dimensions: ['events.kind'],
      timeDimensions: [at('2024-03-05T09:30:00.000', '2024-04-02T17:45:00.000', 'day')],
      timezone,
    };
    expect((await sameAsSource(store, query)).meta.mode).toBe('hybrid');
  }
  // Clocks in India lead by half an hour: no stored hour lies in one day there.
  const india = {
    measures: ['events.count'],
    timeDimensions: [at('2024-03-05T09:10:00.000', '2024-04-02', 'day')],
    timezone: 'Asia/Kolkata',
  };
  expect((await sameAsSource(store, india)).meta.mode).toBe('source');
  expect(await refusals(store, india, 'events.hourly')).toEqual([
    'range_not_aligned',
    'timezone_not_aligned',
  ]);
});

test('[X21] without a granularity a zone only moves the range', async () => {
  const store = await buildTables(events(daily));
  const query = { measures: all, timeDimensions: [at('2024-02-01', '2024-02-29')], timezone: 'Asia/Kolkata' };
  expect((await sameAsSource(store, query)).meta.mode).toBe('hybrid');
  expect(await piecesOf(store, query)).toEqual([
    'source 01-31T18:30:00.000Z/02-01',
    'events.daily 02-01/02-29',
    'source 02-29/02-29T18:30:00.000Z',
  ]);
});

test('[X21] filters, segments, measure filters, order, limit, offset and total are those of the merged rows', async () => {
  const store = await buildTables(events(daily));
  const base = {
    measures: all,
    dimensions: ['events.kind', 'events.even'],
    timeDimensions: [at('2024-01-10T12:00:00.000', '2024-03-05T11:00:00.000', 'month')],
  };
  const variants: object[] = [
    { filters: [{ member: 'events.kind', operator: 'equals', values: ['kind a', 'kind b'] }] },
    { filters: [{ member: 'events.kind', operator: 'notSet' }] },
    {
      filters: [
        {
          or: [
            { member: 'events.kind', operator: 'contains', values: ['C'] },
            { member: 'events.even', operator: 'equals', values: ['true'] },
          ],
        },
      ],
    },
    { segments: ['events.dear'] },
    { filters: [{ member: 'events.count', operator: 'gt', values: ['30'] }] },
    { filters: [{ member: 'events.per_event', operator: 'lt', values: ['61'] }], total: true },
    { filters: [{ member: 'events.visitors', operator: 'gte', values: ['30'] }], limit: 2, total: true },
    { filters: [{ member: 'events.first_name', operator: 'set' }], order: { 'events.last_name': 'desc' } },
    { order: [['events.price', 'desc']], limit: 5 },
    { order: [['events.wide', 'asc']], limit: 5, offset: 3, total: true },
    { order: [['events.kind', 'desc']], offset: 30, total: true },
    { limit: 0, total: true },
  ];
  for (const variant of variants) {
    const { meta } = await sameAsSource(store, { ...base, ...variant });
    expect(meta.mode, JSON.stringify(variant)).toBe('hybrid');
  }
});

test('[X21] dimensions without a measure are those that occur in any piece, each once', async () => {
  const store = await buildTables(events(daily));
  const query = {
    dimensions: ['events.kind', 'events.even'],
    timeDimensions: [at('2024-01-10T12:00:00.000', '2024-03-05T11:00:00.000')],
  };
  const { data, meta } = await sameAsSource(store, query);
  expect([data.length, meta.mode]).toEqual([12, 'hybrid']);
});

test('[X21] [X22] a measure whose states cannot be merged is left to the source; an avg can be', async () => {
  const store = await buildTables(events(daily));
  const modeOf = async (name: string): Promise<string> => {
    const query = {
      measures: [`events.${name}`],
      dimensions: ['events.kind', 'events.even'],
      segments: [],
      timeDimensions: [at('2024-01-10T12:00:00.000', '2024-01-15', 'day')],
    };
    return (await sameAsSource(store, query)).meta.mode;
  };
  expect(await modeOf('exact_visitors')).toBe('source');
  expect(await modeOf('mean')).toBe('hybrid');
});

test('[X21] several time dimensions may be misaligned: the pieces are boxes', async () => {
  const both = rollup(
    'both',
    'time_dimensions: [{ dimension: at, granularity: day }, { dimension: due, granularity: month }]',
  );
  const store = await buildTables(events(both));
  const query = {
    measures: all,
    dimensions: ['events.kind'],
    timeDimensions: [
      at('2024-01-10T12:00:00.000', '2024-03-05T11:00:00.000', 'month'),
      { dimension: 'events.due', dateRange: ['2024-01-15', '2024-06-15'] },
    ],
  };
  const { meta } = await sameAsSource(store, query);
  expect(meta).toMatchObject({ mode: 'hybrid', preAggregation: 'events.both' });
  const { pieces } = await store.explain(query);
  expect(pieces.map(({ from }) => from)).toEqual(['events.both', 'source']);
  const days = ['2024-01-11T00:00:00.000Z', '2024-03-05T00:00:00.000Z'];
  const months = ['2024-02-01T00:00:00.000Z', '2024-06-01T00:00:00.000Z'];
  expect(pieces[0]?.ranges).toEqual({ 'events.at': days, 'events.due': months });
  // One statement for the four boxes around: beside the days whatever is due, within them what is due beside the months.
  const span = (range: readonly string[]) => ({ range, orNull: false });
  const due = span(['2024-01-15T00:00:00.000Z', '2024-06-16T00:00:00.000Z']);
  expect(new Set(pieces[1]?.boxes)).toEqual(
    new Set([
      { 'events.at': span(['2024-01-10T12:00:00.000Z', days[0]]), 'events.due': due },
      { 'events.at': span([days[1], '2024-03-05T11:00:00.001Z']), 'events.due': due },
      { 'events.at': span(days), 'events.due': span(['2024-01-15T00:00:00.000Z', months[0]]) },
      { 'events.at': span(days), 'events.due': span([months[1], '2024-06-16T00:00:00.000Z']) },
    ]),
  );
});

test('[X21] two ranges of one time dimension count as the one that they have in common', async () => {
  const store = await buildTables(events(daily));
  const ranges = (...pairs: [string, string][]): object => ({
    measures: all,
    timeDimensions: pairs.map(([from, to]) => at(from, to)),
  });
  const cut = ranges(['2024-01-10T12:00:00.000', '2024-02-20'], ['2024-01-05', '2024-02-10T10:00:00.000']);
  expect((await sameAsSource(store, cut)).meta.mode).toBe('hybrid');
  expect(await piecesOf(store, cut)).toHaveLength(3);
  const apart = ranges(['2024-01-10T12:00:00.000', '2024-01-20'], ['2024-02-05', '2024-02-10T10:00:00.000']);
  expect((await sameAsSource(store, apart)).meta.mode).toBe('source');
  const whole = ranges(['2024-01-01', '2024-02-20T12:00:00.000'], ['2023-12-24T01:00:00.000', '2024-01-31']);
  expect((await sameAsSource(store, whole)).meta).toMatchObject({
    mode: 'rollup',
    preAggregation: 'events.daily',
  });
});

test('[X21] [X14] partitions that are not built are not passed over: the source answers for them', async () => {
  const store = await openTables(events(daily));
  await store.build({ preAggregations: ['events.daily'], range: ['2024-02-01', '2024-02-29'] });
  const query = { measures: all, timeDimensions: [at('2024-01-10T12:00:00.000', '2024-02-20')] };
  expect((await sameAsSource(store, query)).meta.mode).toBe('hybrid');
  expect(await piecesOf(store, query)).toEqual(['source 01-10T12/02-01', 'events.daily 02-01/02-21']);
  expect(await refusals(store, query, 'events.daily')).toEqual(['range_not_aligned', 'partitions_missing']);
});

test('[X21] a hybrid answer is as old as its oldest rollup, whatever now is', async () => {
  const store = await openTables(events(monthly, daily));
  await store.build({ preAggregations: ['events.monthly'] });
  await new Promise((resolve) => setTimeout(resolve, 5));
  await store.build({ preAggregations: ['events.daily'] });
  const query = { measures: all, timeDimensions: [at('2024-01-10', '2024-03-15T12:00:00.000')] };
  const { lastRefreshTime, usedPreAggregations } = await store.query(query, { now: 0 });
  const updated = Object.values(usedPreAggregations).map(({ lastUpdatedAt }) => lastUpdatedAt);
  expect(updated).toHaveLength(2);
  expect(new Set(updated).size).toBe(2);
  expect(lastRefreshTime).toBe(new Date(Math.min(...updated)).toISOString());
});

test('an aborted hybrid query ends with `aborted`, and the store serves the next', async () => {
  const store = await buildTables(events(daily));
  const query = { measures: all, timeDimensions: [at('2024-01-10T12:00:00.000', '2024-03-05T11:00:00.000')] };
  await expect(store.query(query, { signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'aborted',
  });
  expect((await sameAsSource(store, query)).meta.mode).toBe('hybrid');
});

/** The table after the rollup was built: one column is made anew. */
function changed(column: string, sql: string): Tables {
  const alter = `CREATE OR REPLACE TABLE events AS SELECT * REPLACE (${sql} AS ${column}) FROM events`;
  return { ...events(daily), init: [...init, alter] };
}

test('[X21] a scale that grew in the source since the build is raised in the rollup', async () => {
  const folder = temporaryFolder();
  await (await openTables({ ...events(daily), folder })).build();
  const store = await openTables({ ...changed('price', 'price::DECIMAL(12, 5)'), folder });
  const query = {
    measures: ['events.price', 'events.lowest', 'events.per_event'],
    dimensions: ['events.kind'],
    timeDimensions: [at('2024-01-10T12:00:00.000', '2024-03-05T11:00:00.000')],
  };
  expect((await sameAsSource(store, query)).meta.mode).toBe('hybrid');
});

test('[X21] a type that became another kind in the source is an error that says what to do', async () => {
  const folder = temporaryFolder();
  await (await openTables({ ...events(daily), folder })).build();
  const store = await openTables({ ...changed('price', "'EUR ' || price"), folder });
  const times = [at('2024-01-10T12:00:00.000', '2024-03-05T11:00:00.000')];
  await expect(store.query({ measures: ['events.lowest'], timeDimensions: times })).rejects.toMatchObject({
    code: 'source_failed',
    message:
      'events__lowest is of type decimal in events.daily, and of type string in the source. ' +
      'The type changed in the source: build the rollup again with force.',
  });
  // The source refuses to add texts up; what the rollup holds whole is served on.
  await expect(store.query({ measures: ['events.price'], timeDimensions: times })).rejects.toMatchObject({
    code: 'source_failed',
    message: expect.stringContaining('sum') as string,
  });
  const whole = { measures: ['events.price'], timeDimensions: [at('2024-01-10', '2024-03-05')] };
  expect((await store.query(whole)).meta.mode).toBe('rollup');
});

// Found by random queries: with no row in the whole buckets, only the source told the sketches, and not their precision.
test('[X21] sketches of which the rollup has none, and of which nobody has one', async () => {
  const store = await buildTables({
    init: [
      "CREATE TABLE t AS SELECT TIMESTAMP '2024-01-01 12:00' AS at, 7 AS x, 'a' AS kind UNION ALL SELECT TIMESTAMP '2024-01-05', 8, 'b'",
    ],
    yaml: `
cubes:
  - name: t
    sql_table: t
    measures: [{ name: kinds, sql: x, type: count_distinct_approx, precision: 14 }]
    dimensions:
      - { name: at, sql: at, type: time }
      - { name: kind, sql: kind, type: string }
    pre_aggregations:
      - { name: r, measures: [kinds], dimensions: [kind], time_dimension: at, granularity: day }
`,
  });
  const kinds = async (kind: string) => {
    const { data, meta } = await store.query({
      measures: ['t.kinds'],
      timeDimensions: [{ dimension: 't.at', dateRange: ['2024-01-01T11:00:00.000', '2024-01-03'] }],
      filters: [{ member: 't.kind', operator: 'equals', values: [kind] }],
    });
    return [meta.mode, ...data.map((row) => row['t.kinds'])];
  };
  expect(await kinds('a')).toEqual(['hybrid', '1']);
  expect(await kinds('none')).toEqual(['hybrid', '0']);
});
