import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { profileFiles } from '../../dist/sources/profile-files.js';
import { writeSampleOrders } from '../../dist/sources/write-sample-orders.js';
import { StoreError } from '../../dist/model/errors.js';

const folder = (): string => mkdtempSync(join(tmpdir(), 'granary-profile-'));

describe('profileFiles', () => {
  test('counts what a column holds, whatever its name', async () => {
    const file = join(folder(), "it's.csv");
    writeFileSync(file, 'Cost Total $,"say ""hi""",day\n1,a,2024-01-01\n2,,2024-01-03\n2,a,\n');
    const [profile] = await profileFiles(file);
    expect(profile).toMatchObject({ table: "it's", rows: 3 });
    expect(profile.columns).toEqual([
      { name: 'Cost Total $', type: 'BIGINT', distinct: 2, nulls: 0, min: '1', max: '2', common: null },
      { name: 'say "hi"', type: 'VARCHAR', distinct: 1, nulls: 1, min: 'a', max: 'a', common: 'a' },
      {
        name: 'day',
        type: 'DATE',
        distinct: 2,
        nulls: 1,
        min: '2024-01-01',
        max: '2024-01-03',
        common: null,
      },
    ]);
  });

  test('a folder of files with the same columns is one table, others are tables of their own', async () => {
    const root = folder();
    const same = join(root, 'events');
    const mixed = join(root, 'mixed');
    for (const path of [same, mixed]) mkdirSync(path);
    for (const part of [1, 2]) await writeSampleOrders(join(same, `part-${part}.parquet`), 100, part);
    writeFileSync(join(mixed, 'a.csv'), 'x\n1\n');
    writeFileSync(join(mixed, 'b.csv'), 'y,z\n1,2\n');
    expect((await profileFiles(same)).map(({ table, rows }) => [table, rows])).toEqual([['events', 200]]);
    expect((await profileFiles(mixed)).map(({ table, rows }) => [table, rows])).toEqual([
      ['a', 1],
      ['b', 1],
    ]);
  });

  test('says what is missing and what cannot be read', async () => {
    const root = folder();
    const broken = join(root, 'broken.parquet');
    writeFileSync(broken, 'no parquet');
    const text = join(root, 'notes.txt');
    writeFileSync(text, 'hello');
    const code = (path: string): Promise<unknown> =>
      profileFiles(path).catch((error: unknown) => (error instanceof StoreError ? error.code : error));
    expect(await code(join(root, 'nothing.csv'))).toBe('file_missing');
    expect(await code(broken)).toBe('source_failed');
    expect(await code(text)).toBe('source_failed');
  });
});

test('made-up orders are the same for the same seed', async () => {
  const root = folder();
  const profileOf = async (name: string, seed: number): Promise<unknown> => {
    await writeSampleOrders(join(root, name), 2_000, seed);
    const [{ columns }] = await profileFiles(join(root, name));
    return columns;
  };
  const first = await profileOf('a.parquet', 1);
  expect(await profileOf('b.parquet', 1)).toEqual(first);
  expect(await profileOf('c.parquet', 2)).not.toEqual(first);
});
