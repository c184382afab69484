/** `store.export()`: a folder that a pattern may read, whole or not there. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { inspectFile } from '../../dist/index.js';
import { connectDuckDb } from '../storage/support/duckdb.js';
import { buildTables, temporaryFolder } from '../support/open-tables.js';
import type { Store } from '../support/open-tables.js';
import { EVENTS, EVENTS_MODEL } from '../support/typed-events.js';

const connection = await connectDuckDb();
await connection.run(EVENTS);

async function ask(sql: string): Promise<Record<string, unknown>[]> {
  return (await connection.runAndReadAll(sql)).getRowObjectsJson();
}

async function openEvents(): Promise<{ store: Store; folder: string }> {
  const folder = temporaryFolder();
  return { store: await buildTables({ yaml: EVENTS_MODEL, init: [EVENTS], folder }), folder };
}

/** Sums by group, as the source has them. */
const GROUPS = `SELECT city, paid, code, date_trunc('day', seen_at) AS day, count(*) AS n, sum(amount)::BIGINT AS amount,
                       max(weight) AS weight
                FROM events GROUP BY ALL ORDER BY ALL`;

const groupsIn = (files: string): string =>
  `SELECT events__city AS city, events__paid AS paid, events__code AS code, events__at_day AS day, events__count AS n,
          events__amount AS amount, events__weight AS weight
   FROM ${files} ORDER BY ALL`;

describe('an exported folder', () => {
  test.each(['zstd', 'none'] as const)(
    'holds each row once, the source says, compression %s',
    async (compression) => {
      const { store, folder } = await openEvents();
      const to = join(folder, 'exported');
      const report = await store.export({ to, compression });
      const { rollups } = await store.status();
      expect(report).toMatchObject({ to, version: 4 });
      expect(report.rollups.map(({ preAggregation, index, rows }) => [preAggregation, index, rows])).toEqual(
        rollups.map(({ id, rows }) => [id, null, rows]),
      );
      const plain = join(to, 'events.plain');
      expect(readdirSync(plain).toSorted()).toEqual(['20010101.parquet', '20010201.parquet', 'null.parquet']);
      expect(await ask(groupsIn(`'${plain}/*.parquet'`))).toEqual(await ask(GROUPS));
      expect(
        await ask(`SELECT count(*)::INT n, sum(events__cost) c FROM '${to}/events.every/*.parquet'`),
      ).toEqual(
        await ask(`SELECT count(*)::INT n, sum(cost) c
                 FROM (SELECT sum(cost) AS cost FROM events GROUP BY city, paid, code, price, date_trunc('day', seen_at))`),
      );
      const [file] = report.rollups.filter(({ preAggregation }) => preAggregation === 'events.whole');
      expect(await inspectFile(join(to, 'events.whole', 'all.parquet'))).toMatchObject({
        bytes: file.bytes,
        rows: 3,
        sortedBy: [{ column: 'events__paid' }],
        granary: { rollup: 'events.whole', sketches: { events__visitors: { precision: 12 } } },
      });
      expect(readdirSync(folder).toSorted()).toEqual(['exported', 'model', 'store']);
    },
  );

  test('of zstd holds the published bytes', async () => {
    const { store, folder } = await openEvents();
    const to = join(folder, 'exported');
    mkdirSync(to); // an empty folder may be there
    await store.export({ to, preAggregations: ['events.whole', 'events.whole'] });
    const { rollups } = await store.status({ files: true });
    const [published] = rollups.find(({ id }) => id === 'events.whole')!.files!['default'];
    expect(readFileSync(join(to, 'events.whole', 'all.parquet')).equals(readFileSync(published))).toBe(true);
    expect(readdirSync(to)).toEqual(['events.whole']);
  });

  test.each(['zstd', 'none'] as const)(
    'in the form of Hive is read with its partitions, %s',
    async (compression) => {
      const { store, folder } = await openEvents();
      const to = join(folder, 'exported');
      await store.export({ to, format: 'hive', compression });
      const files = `read_parquet('${to}/events.plain/**/*.parquet', hive_partitioning = true)`;
      expect(await ask(groupsIn(files))).toEqual(await ask(GROUPS));
      const byPart = `SELECT partition_month AS part, typeof(partition_month) AS type, sum(events__count)::INT AS n
                    FROM ${files} GROUP BY ALL ORDER BY part`;
      expect(await ask(byPart)).toEqual(
        await ask(`SELECT date_trunc('month', seen_at)::DATE AS part, 'DATE' AS type, count(*)::INT AS n
                 FROM events GROUP BY ALL ORDER BY part`),
      );
      const hours = `SELECT partition_hour AS part, events__at_hour AS hour, sum(events__count)::INT AS n
                   FROM read_parquet('${to}/events.hourly/**/*.parquet', hive_types = {partition_hour: TIMESTAMP})
                   GROUP BY ALL ORDER BY part`;
      expect(await ask(hours)).toEqual(
        await ask(
          `SELECT seen_at AS part, seen_at AS hour, count(*)::INT AS n FROM events GROUP BY ALL ORDER BY part`,
        ),
      );
      expect(readdirSync(join(to, 'events.whole'))).toEqual(['all.parquet']);
    },
  );

  test('is in the order of the index that was asked for', async () => {
    const { store, folder } = await openEvents();
    const to = join(folder, 'exported');
    const report = await store.export({ to, index: 'by_code', preAggregations: ['events.plain'] });
    expect(report.rollups).toMatchObject([{ preAggregation: 'events.plain', index: 'by_code', files: 3 }]);
    const { sortedBy, granary } = await inspectFile(join(to, 'events.plain', '20010101.parquet'));
    expect(sortedBy.slice(0, 2).map(({ column }) => column)).toEqual(['events__code', 'events__city']);
    expect(granary?.index).toBe('by_code');
    expect(await ask(groupsIn(`'${to}/*/*.parquet'`))).toEqual(await ask(GROUPS));
  });

  test('is one publish, whatever is built meanwhile', async () => {
    const { store, folder } = await openEvents();
    const to = join(folder, 'exported');
    const exported = store.export({
      to,
      compression: 'none',
      preAggregations: ['events.hourly', 'events.plain'],
    });
    for (let i = 0; i < 3; i++) await store.build({ force: true, preAggregations: ['events.plain'] });
    expect(await exported).toMatchObject({ version: 4 });
    expect(await ask(groupsIn(`'${to}/events.plain/*.parquet'`))).toEqual(await ask(GROUPS));
  });

  test('may have any name', async () => {
    const { store, folder } = await openEvents();
    const to = join(folder, "it's [a] *?{b} =x é");
    await store.export({ to, compression: 'none', format: 'hive', preAggregations: ['events.plain'] });
    expect(readdirSync(join(to, 'events.plain')).toSorted()).toEqual([
      'partition_month=2001-01-01',
      'partition_month=2001-02-01',
      'partition_month=__HIVE_DEFAULT_PARTITION__',
    ]);
  });
});

describe('an export that cannot be leaves nothing behind:', () => {
  const listing = (folder: string): Set<unknown> =>
    new Set(readdirSync(folder, { recursive: true, encoding: 'utf8' }));

  test('one with options that do not go together', async () => {
    const { store, folder } = await openEvents();
    const before = listing(folder);
    const cases: readonly (readonly [options: object, message: string])[] = [
      [{ to: undefined }, 'needs the folder'],
      [{ to: '' }, 'the option to'],
      [{ format: 'delta' }, "'flat' or 'hive'"],
      [{ compression: 'brotli' }, "'zstd' or 'none'"],
      [{ overwrite: true }, "no option 'overwrite'"],
      [{ preAggregations: ['events.plan'] }, "Did you mean 'events.plain'?"],
      [{ index: 'by_code' }, "events.hourly has no index 'by_code'"],
      [
        { index: 'cities', preAggregations: ['events.plain'] },
        'merges rows: it does not hold them all. Its indexes that hold all rows: the default, by_code.',
      ],
    ];
    for (const [options, message] of cases) {
      const expected = { code: 'query_invalid', message: expect.stringContaining(message) };
      await expect(store.export({ to: join(folder, 'exported'), ...options })).rejects.toMatchObject(
        expected,
      );
    }
    const signal = AbortSignal.abort();
    await expect(store.export({ to: join(folder, 'exported'), signal })).rejects.toMatchObject({
      code: 'aborted',
    });
    expect(listing(folder)).toEqual(before);
  });

  test('one to a folder that is not empty, and one to a file', async () => {
    const { store, folder } = await openEvents();
    const expected = { code: 'query_invalid', message: expect.stringContaining('there is something at') };
    mkdirSync(join(folder, 'mine'));
    writeFileSync(join(folder, 'mine', 'mine.txt'), 'mine');
    const before = listing(folder);
    for (const to of ['mine', 'mine/mine.txt']) {
      await expect(store.export({ to: join(folder, to) })).rejects.toMatchObject(expected);
    }
    expect(listing(folder)).toEqual(before);
  });

  test('one into the store', async () => {
    const { store, folder } = await openEvents();
    for (const to of ['store', 'store/exported', 'model/../store/data']) {
      const exported = store.export({ to: join(folder, to) });
      await expect(exported).rejects.toMatchObject({
        message: expect.stringContaining('in the store itself'),
      });
    }
    expect(existsSync(join(folder, 'store', 'exported'))).toBe(false);
  });

  test('[fault 6] one of a published file that is damaged', async () => {
    const { store, folder } = await openEvents();
    const { rollups } = await store.status({ files: true });
    const [path] = rollups.find(({ id }) => id === 'events.whole')!.files!['default'];
    const bytes = readFileSync(path);
    bytes[bytes.length >> 1] ^= 1;
    writeFileSync(path, bytes);
    const to = join(folder, 'exported');
    await expect(store.export({ to })).rejects.toMatchObject({
      code: 'corrupt',
      message: expect.stringContaining(path),
    });
    expect(readdirSync(folder).toSorted()).toEqual(['model', 'store']);
  });
});
