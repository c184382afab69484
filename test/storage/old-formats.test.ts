/** [fault 21] A store that an earlier Granary wrote, committed byte for byte, is opened by this one. */
import { cpSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { openStore } from '../../dist/index.js';
import type { Store } from '../support/open-tables.js';
import { temporaryFolder } from './support/temporary-folder.js';

const fixture = join(import.meta.dirname, 'fixtures', 'format-0');

/** What `events.sql` holds, counted by hand: eight events of each kind, `i * 1001 / 100` summed over each fifth i. */
const BY_KIND = [
  { 'events.kind': '', 'events.count': '8', 'events.amount': '1481.48' },
  { 'events.kind': 'Web', 'events.count': '8', 'events.amount': '1721.72' },
  { 'events.kind': 'web', 'events.count': '8', 'events.amount': '1401.4' },
  { 'events.kind': "😀 'quoted'", 'events.count': '8', 'events.amount': '1561.56' },
  { 'events.kind': null, 'events.count': '8', 'events.amount': '1641.64' },
];

const ALL_MEASURES = {
  measures: ['count', 'amount', 'big', 'ratio', 'mean', 'last_at', 'visitors'].map(
    (name) => `events.${name}`,
  ),
  dimensions: ['events.kind', 'events.paid'],
  timeDimensions: [{ dimension: 'events.created_at', granularity: 'day' }],
};

let directory: string;

beforeEach(() => {
  directory = join(temporaryFolder(), 'store');
  cpSync(join(fixture, 'store'), directory, { recursive: true });
});

async function openFixture(): Promise<Store> {
  const init = [readFileSync(join(fixture, 'events.sql'), 'utf8')];
  const store = await openStore({
    model: join(fixture, 'model.yml'),
    store: directory,
    sources: { default: { type: 'duckdb', init } },
  });
  onTestFinished(() => store.close());
  return store;
}

describe('[fault 21] a store of format version 0', () => {
  test('opens whole: every file verifies and every rollup is current', async () => {
    const store = await openFixture();
    expect(await store.verify()).toMatchObject({ ok: true, files: 7, rows: 95, problems: [] });
    const { version, warnings, rollups } = await store.status();
    expect([version, warnings]).toEqual([2, []]);
    expect(rollups).toMatchObject([
      { id: 'events.by_day', state: 'built', partitions: 2, rows: 40 },
      { id: 'events.totals', state: 'built', partitions: 1, rows: 5 },
    ]);
  });

  test('answers from its rollups, all types of columns, as the source does', async () => {
    const store = await openFixture();
    const byKind = {
      measures: ['events.count', 'events.amount'],
      dimensions: ['events.kind'],
      order: [['events.kind', 'asc']],
    };
    expect((await store.query(byKind, { use: ['events.totals'] })).data).toEqual(BY_KIND);
    for (const asked of [byKind, ALL_MEASURES]) {
      const stored = await store.query(asked, { policy: 'rollupOnly' });
      const fresh = await store.query(asked, { policy: 'sourceOnly' });
      expect(stored.data).toEqual(fresh.data);
    }
  });

  test('is built upon: the next publish keeps it readable', async () => {
    const store = await openFixture();
    await store.build({ force: true });
    expect(await store.verify()).toMatchObject({ ok: true, files: 7 });
    await store.query(ALL_MEASURES, { policy: 'rollupOnly' });
  });
});

test('[fault 21] a store of a newer format is refused with its number, and nothing of it is touched', async () => {
  const folder = join(directory, 'manifests');
  const [newest = ''] = readdirSync(folder).toSorted().toReversed();
  const body = readFileSync(join(folder, newest), 'utf8')
    .replace(/^\{"format":\d+/, '{"format":99')
    .replace(/,"crc32":"[0-9a-f]{8}"\}\n$/, '');
  const sealed = `${body},"crc32":"${crc32(body).toString(16).padStart(8, '0')}"}\n`;
  writeFileSync(join(folder, newest), sealed);
  await expect(openFixture()).rejects.toMatchObject({
    code: 'format_newer',
    message: expect.stringMatching(/format version 99; this Granary reads up to \d+\..*Update Granary/),
  });
  expect(readFileSync(join(folder, newest), 'utf8')).toBe(sealed);
  expect(readdirSync(join(directory, 'data', 'events.by_day'))).toHaveLength(6);
});
