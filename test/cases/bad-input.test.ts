/** Wrong files, configurations and calls end in a typed error, and what was published before is still served. */
import { readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { StoreError, openStore } from '../../dist/index.js';
import { buildTables, openTables, temporaryFolder } from '../support/open-tables.js';
import type { Tables } from '../support/open-tables.js';
import { byStatus, byStatusRows, expectIntact, init, orders, yaml } from '../support/small-orders.js';

describe('files and configuration', () => {
  const sources = { default: { type: 'duckdb' as const, init } };

  test('a model file that does not exist', async () => {
    const folder = temporaryFolder();
    const model = join(folder, 'nowhere.yml');
    await expect(openStore({ model, store: join(folder, 'store'), sources })).rejects.toMatchObject({
      code: 'file_missing',
      message: expect.stringContaining('nowhere.yml'),
    });
  });

  test('a model file that cannot be read', async () => {
    const folder = temporaryFolder();
    const model = join(folder, 'model.yml');
    symlinkSync(join(folder, 'gone.yml'), model);
    await expect(openStore({ model, store: join(folder, 'store'), sources })).rejects.toMatchObject({
      code: 'file_missing',
      message: expect.stringContaining('model.yml'),
    });
  });

  test('a model that is no YAML says where', async () => {
    const broken = { ...orders, yaml: 'cubes:\n  - name: orders\n    measures: [\n' };
    await expect(openTables(broken)).rejects.toMatchObject({
      code: 'model_invalid',
      message: expect.stringMatching(/model\.yml:\d+:\d+/),
      position: { line: expect.any(Number), column: expect.any(Number) },
    });
  });

  test('a misspelt key of the model is named with the right one', async () => {
    const broken = {
      ...orders,
      yaml: yaml.replace('measures: [count, revenue]', 'measure: [count, revenue]'),
    };
    await expect(openTables(broken)).rejects.toMatchObject({
      code: 'model_invalid',
      message: expect.stringMatching(/model\.yml:\d+:\d+.*measures/s),
    });
  });

  test('a configuration that does not exist, or is no JSON', async () => {
    const folder = temporaryFolder();
    const config = join(folder, 'granary.config.json');
    await expect(openStore({ config })).rejects.toMatchObject({ code: 'file_missing' });
    writeFileSync(config, '{ "model": ');
    await expect(openStore({ config })).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringContaining('granary.config.json'),
    });
  });

  test.for([
    ['an unknown key', { sorces: {} }, /sources/],
    ['a source of unknown type', { sources: { default: { type: 'duckbd' } } }, /duckdb/],
    ['a source without a type', { sources: { default: { init } } }, /type/],
    ['statements that are no list', { sources: { default: { type: 'duckdb', init: 'SELECT 1' } } }, /init/],
    ['a model that is a number', { model: 7 }, /model/],
    ['a store that is a number', { store: 7 }, /store/],
    ['unknown numbers', { numbers: 'roman' }, /numbers/],
  ] as [string, object, RegExp][])('%s in the configuration', async ([, wrong, says]) => {
    const folder = temporaryFolder();
    const config = join(folder, 'granary.config.json');
    writeFileSync(config, JSON.stringify({ model: { cubes: [] }, store: 'store', sources, ...wrong }));
    const call = openStore({ config });
    await expect(call).rejects.toBeInstanceOf(StoreError);
    await expect(call).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringMatching(says),
    });
  });

  test('statements of a source that fail', async () => {
    const ask = async (): Promise<unknown> =>
      (await openTables({ ...orders, init: ['CREATE VIEW orders AS SELECT * FROM nothing_here'] })).query({
        measures: ['orders.count'],
      });
    await expect(ask()).rejects.toMatchObject({
      code: 'source_failed',
      message: expect.stringContaining('nothing_here'),
    });
  });
});

describe('a column that the source lacks', () => {
  const folderOf = (yamlText: string, folder: string): Tables => ({ yaml: yamlText, init, folder });
  const broken = yaml.replace('sql: amount, type: sum', 'sql: amuont, type: sum');

  test('fails the build, and what was published before is still served', async () => {
    const folder = temporaryFolder();
    await (await buildTables(folderOf(yaml, folder))).close();
    const changed = await openTables(folderOf(broken, folder));
    await expect(changed.build()).rejects.toMatchObject({
      code: 'source_failed',
      message: expect.stringContaining('amuont'),
    });
    await changed.close();
    await expectIntact(await openTables(folderOf(yaml, folder)));
  });

  test('fails the query', async () => {
    const store = await openTables({ ...orders, yaml: broken });
    await expect(store.query(byStatus)).rejects.toMatchObject({
      code: 'source_failed',
      message: expect.stringMatching(/model\.yml:\d+:\d+: orders\.revenue: .*amuont/s),
    });
    expect((await store.query({ measures: ['orders.count'] })).data).toEqual([{ 'orders.count': '3' }]);
  });
});

describe('damaged partitions', () => {
  const partitionFiles = (folder: string): string[] =>
    readdirSync(join(folder, 'store'), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.parquet'))
      .map((path) => join(folder, 'store', path));

  const flipByte = (file: string): void => {
    const bytes = readFileSync(file);
    bytes[bytes.length >> 1] ^= 0x10;
    writeFileSync(file, bytes);
  };

  test.for([
    ['a flipped bit', flipByte, /^corrupt$/],
    ['a lost tail', (file: string) => writeFileSync(file, readFileSync(file).subarray(0, -100)), /^corrupt$/],
    ['a lost file', (file: string) => rmSync(file), /^(corrupt|file_missing)$/],
  ] as [string, (file: string) => void, RegExp][])(
    '%s never gives a wrong answer, is found by verify and healed by a build',
    async ([, damage, code]) => {
      const folder = temporaryFolder();
      await (await buildTables({ ...orders, folder })).close();
      const files = partitionFiles(folder);
      expect(files.length).toBeGreaterThanOrEqual(2);
      files.forEach(damage);

      // Else what is kept beside the files would answer.
      const options = { servingFiles: false, testing: { totals: false } };
      const store = await openTables({ ...orders, folder, options });
      const outcome = await store.query(byStatus).then(
        ({ data, meta }) => ({ data, mode: meta.mode }),
        (error: unknown) => error,
      );
      if (outcome instanceof StoreError) {
        expect(outcome.code).toMatch(code);
        expect(files.some((file) => outcome.message.includes(nameOf(file)))).toBe(true);
      } else {
        expect(outcome).toEqual({ data: byStatusRows, mode: 'source' });
      }

      const report = await store.verify();
      expect(report.ok).toBe(false);
      for (const file of files)
        expect(report.problems.some((problem) => problem.file!.endsWith(nameOf(file)))).toBe(true);

      await store.build({ force: true });
      await expectIntact(store);
    },
  );

  const nameOf = (file: string): string =>
    file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
});

describe('calls that end early', () => {
  test('a signal that is already given ends a query and a build', async () => {
    const store = await openTables(orders);
    const signal = AbortSignal.abort();
    await expect(store.build({ signal })).rejects.toMatchObject({ code: 'aborted' });
    await expect(store.query(byStatus, { signal })).rejects.toMatchObject({ code: 'aborted' });
    expect((await store.query(byStatus)).meta.mode).toBe('source');
    await store.build();
    await expectIntact(store);
    await expect(store.query(byStatus, { signal })).rejects.toMatchObject({ code: 'aborted' });
  });

  test('a signal ends a query in the source while it runs, and the next one is answered', async () => {
    const endless = `
      - name: endless
        sql: SELECT a.range AS n FROM range(10000000) a, range(10000000) b WHERE (a.range * b.range) % 7 = 3
        measures: [{ name: sum, sql: n, type: sum }]
`;
    const store = await buildTables({ ...orders, yaml: yaml + endless });
    const abort = new AbortController();
    const running = store.query({ measures: ['endless.sum'] }, { signal: abort.signal });
    setTimeout(() => abort.abort(), 200);
    await expect(running).rejects.toMatchObject({ code: 'aborted' });
    expect(
      (await store.query({ measures: ['orders.count'], dimensions: ['orders.amount'] })).data,
    ).toHaveLength(3);
    await expectIntact(store);
  });

  test('a closed store says so', async () => {
    const store = await buildTables(orders);
    await store.close();
    for (const call of [
      store.query(byStatus),
      store.explain(byStatus),
      store.build(),
      store.status(),
      store.verify(),
    ]) {
      await expect(call).rejects.toMatchObject({ code: 'closed', name: 'StoreError' });
    }
    await store.close();
  });
});
