/** docs/config.md: the same keys in a file and as options. */
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openStore } from '../../dist/index.js';
import { temporaryFolder } from '../support/open-tables.js';
import { byStatus, byStatusRows, orders } from '../support/small-orders.js';

interface Files {
  readonly config: string;
  readonly folder: string;
}

/** A folder with a configuration whose paths are relative to it. */
function writeFiles(keys: Readonly<Record<string, unknown>> = {}): Files {
  // Deeper than the working directory: else a path that climbs from the wrong one meets the root and is right.
  const folder = join(temporaryFolder(), ...process.cwd().split(sep));
  mkdirSync(join(folder, 'model'), { recursive: true });
  writeFileSync(join(folder, 'model', 'orders.yml'), orders.yaml);
  const config = join(folder, 'granary.config.json');
  const sources = { default: { type: 'duckdb', init: orders.init } };
  writeFileSync(config, JSON.stringify({ model: 'model/', store: 'kept/', sources, ...keys }));
  return { config, folder };
}

async function open(options: Parameters<typeof openStore>[0]) {
  const store = await openStore(options);
  onTestFinished(() => store.close());
  return store;
}

test('paths in a file are relative to the file', async () => {
  const { config, folder } = writeFiles();
  const store = await open({ config });
  await store.build();
  expect((await store.query(byStatus)).data).toEqual(byStatusRows);
  expect(existsSync(join(folder, 'kept', 'manifests'))).toBe(true);
});

test.each(['store', 'directory'] as const)(
  'the option %s wins over the file, under either name',
  async (key) => {
    const { config, folder } = writeFiles();
    const other = relative(process.cwd(), join(folder, 'other'));
    const store = await open({ config, [key]: other });
    expect((await store.status()).directory).toBe(join(folder, 'other'));
  },
);

test('paths in options are relative to the working directory, beside a file too', async () => {
  const { config, folder } = writeFiles({ model: 'nowhere/' });
  const store = await open({ config, model: relative(process.cwd(), join(folder, 'model')) });
  expect((await store.status()).rollups.map(({ id }) => id)).toEqual(['orders.main']);
});

test('${configDir} is the folder of the file, and the working directory in options', async () => {
  const init = ["CREATE VIEW orders AS SELECT '${configDir}' AS status"];
  const { config, folder } = writeFiles({ sources: { default: { type: 'duckdb', init } } });
  const query = { dimensions: ['orders.status'] };
  expect((await (await open({ config })).query(query)).data).toEqual([{ 'orders.status': folder }]);
  const store = await open({ config, sources: { default: { type: 'duckdb', init } } });
  expect((await store.query(query)).data).toEqual([{ 'orders.status': process.cwd() }]);
});

test('an option that is undefined leaves the file as it is', async () => {
  const { config } = writeFiles({ numbers: 'native' });
  const unset: object = { numbers: undefined }; // as JavaScript callers write it
  const store = await open({ config, ...unset });
  expect((await store.query({ measures: ['orders.count'] })).data).toEqual([{ 'orders.count': 3 }]);
});

test('a model folder that holds a link to itself is refused, not read in part', async () => {
  const { config, folder } = writeFiles();
  symlinkSync('.', join(folder, 'model', 'again'));
  await expect(openStore({ config })).rejects.toMatchObject({
    code: 'model_invalid',
    message: expect.stringContaining('more than 16 folders'),
  });
});

test('a file that is no JSON is told with its next step', async () => {
  const { config } = writeFiles();
  writeFileSync(config, '{ "model": ');
  await expect(openStore({ config })).rejects.toMatchObject({
    code: 'config_invalid',
    next: expect.stringContaining('docs/config.md'),
  });
});
