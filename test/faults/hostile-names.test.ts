/** [fault 14] Names of a model that would be paths, devices or one another, and links within the folders of a store. */
import {
  mkdirSync,
  readFileSync,
  readdirSync,
  realpathSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, sep } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openStore } from '../../dist/index.js';
import { nodeDisk } from '../../dist/storage/node-disk.js';
import { buildTables, openTables, temporaryFolder } from '../support/open-tables.js';
import type { Store } from '../support/open-tables.js';
import { byStatus, byStatusRows, expectIntact, orders } from '../support/small-orders.js';

/** Allowed in a model, and of no good on some disk. */
const NAMES = [
  'CON',
  'con',
  'Con',
  'cON',
  'nul',
  'AUX',
  'com1',
  '__proto__',
  'constructor',
  'hasOwnProperty',
  '_',
  '__',
  '_a',
  'a_',
  'x'.repeat(300),
  `${'x'.repeat(300)}y`,
  `${'x'.repeat(299)}X`,
];

const REFUSED = [
  '../up',
  '/etc/passwd',
  '..',
  '.',
  'a.b',
  'a b',
  '😀',
  'a\0b',
  'a/b',
  'a\\b',
  'C:x',
  ' x',
  '',
];

function cubeOf(name: string, rollups: readonly string[], at: number): object {
  return {
    name,
    sql: `SELECT ${at} AS v`,
    measures: [{ name: 'total', sql: 'v', type: 'sum' }],
    dimensions: [{ name: 'v', sql: 'v', type: 'number' }],
    pre_aggregations: rollups.map((rollup) => ({ name: rollup, measures: ['total'], dimensions: ['v'] })),
  };
}

function optionsOf(cubes: readonly object[], store: string) {
  return { model: { cubes }, store, sources: { default: { type: 'duckdb' as const, init: [] } } };
}

async function filesOf(store: Store): Promise<readonly string[]> {
  const { rollups } = await store.status({ files: true });
  return rollups.flatMap(({ files = {} }) => Object.values(files).flat());
}

describe('[fault 14] names of a model', () => {
  test('that differ anyhow have folders of their own, on every disk, within the store', async () => {
    const folder = temporaryFolder();
    const directory = join(folder, 'store');
    const cubes = NAMES.map((name, at) => cubeOf(name, at === 0 ? NAMES : [NAMES[at]], at + 1));
    const store = await openStore(optionsOf(cubes, directory));
    await store.build();
    const files = await filesOf(store);
    expect(files).toHaveLength(2 * NAMES.length - 1);
    const inside = `${realpathSync(directory)}${sep}`;
    for (const file of files) expect(realpathSync(file).startsWith(inside)).toBe(true);
    expect(new Set(files.map((file) => file.toLowerCase())).size).toBe(files.length);
    for (const part of files.flatMap((file) => file.slice(inside.length).split(sep))) {
      expect(Buffer.byteLength(part)).toBeLessThan(256);
      expect(part).toMatch(/^[a-z0-9_%~.-]+$/);
    }
    for (const [at, name] of NAMES.entries()) {
      const { data } = await store.query({ measures: [`${name}.total`] }, { policy: 'rollupOnly' });
      expect(data, name).toEqual([{ [`${name}.total`]: String(at + 1) }]);
    }
    await store.close();
    expect(readdirSync(folder)).toEqual(['store']);
  });

  test.each(REFUSED)('%j names no cube, no rollup and no index', async (name) => {
    const folder = temporaryFolder();
    const good = cubeOf('good', [], 1) as { pre_aggregations: object[] };
    const indexed = {
      name: 'main',
      measures: ['total'],
      dimensions: ['v'],
      indexes: [{ name, columns: ['v'] }],
    };
    const models = [
      cubeOf(name, ['main'], 1),
      cubeOf('good', [name], 1),
      { ...good, pre_aggregations: [indexed] },
    ];
    for (const cube of models) {
      const opened = openStore(optionsOf([cube], join(folder, 'store')));
      await expect(opened).rejects.toMatchObject({
        code: 'model_invalid',
        message: expect.stringMatching(/name/),
      });
    }
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('[fault 14] links within a store', () => {
  test('a published file, a manifest or a staging folder that is a link is no way out', async () => {
    const folder = temporaryFolder();
    const directory = join(folder, 'store');
    const outside = join(folder, 'outside');
    mkdirSync(join(outside, 'deep'), { recursive: true });
    writeFileSync(join(outside, 'deep', 'mine.txt'), 'mine');
    const store = await buildTables({ ...orders, folder });
    const moved: string[] = [];
    const moveOut = (path: string): void => {
      const away = join(outside, `moved-${moved.length}`);
      renameSync(path, away);
      symlinkSync(away, path);
      moved.push(away);
    };
    for (const file of await filesOf(store)) moveOut(file);
    for (const name of readdirSync(join(directory, 'manifests'))) moveOut(join(directory, 'manifests', name));
    // As of a process that ended: to be removed when the store is opened.
    const { place } = await nodeDisk.self();
    symlinkSync(outside, join(directory, 'staging', `x1.${place}.999999999.5`));
    const before = moved.map((path) => readFileSync(path));
    const reader = await openTables({ ...orders, folder });
    expect((await reader.query(byStatus, { policy: 'rollupOnly' })).data).toEqual(byStatusRows);
    for (let round = 0; round < 3; round++) await reader.build({ force: true });
    await expectIntact(reader);
    expect(readFileSync(join(outside, 'deep', 'mine.txt'), 'utf8')).toBe('mine');
    expect(moved.map((path) => readFileSync(path))).toEqual(before);
  });
});
