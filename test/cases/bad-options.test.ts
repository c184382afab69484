/** Options that a call does not know, or of a wrong type, are refused at the door and do nothing. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openStore, readModelDocument } from '../../dist/index.js';
import { openTables, temporaryFolder } from '../support/open-tables.js';
import { byStatus, byStatusRows, orders } from '../support/small-orders.js';

type Open = (...options: readonly unknown[]) => Promise<unknown>;
const openWith = openStore as unknown as Open;
const readWith = readModelDocument as unknown as Open;

describe('of a store', () => {
  test.each([
    ['build', { preaggregations: ['orders.main'] }, "Did you mean 'preAggregations'?"],
    ['build', { froce: true }, "build() has no option 'froce'. Did you mean 'force'?"],
    ['build', { force: 'yes' }, 'the option force of build() is not valid. It must be true or false.'],
    ['build', { preAggregations: 'orders.main' }, "It must be a list such as ['orders.daily']"],
    ['build', { range: '2024' }, 'It must be a pair of ISO times'],
    ['build', { onProgress: true }, 'It must be a function'],
    ['build', { signal: 7 }, 'It must be the signal of an AbortController'],
    ['build', null, 'the options of build() are no object'],
    ['build', ['orders.main'], 'the options of build() are no object'],
    ['status', { file: true }, "status() has no option 'file'. Did you mean 'files'?"],
    ['status', { files: 1 }, 'It must be true or false'],
    ['status', 'files', 'the options of status() are no object'],
  ] as const)('%s(%j)', async (call, options, message) => {
    const store = await openTables(orders);
    const failure = (store[call] as Open)(options);
    await expect(failure).rejects.toMatchObject({ name: 'StoreError', code: 'query_invalid' });
    await expect(failure).rejects.toThrow(message);
    expect((await store.status()).version).toBe(0);
  });

  test.each([
    ['query', { nwo: 0 }, "query() has no option 'nwo'. Did you mean 'now'?"],
    ['query', { numbers: 'roman' }, "It must be 'string' or 'native'"],
    [
      'query',
      { limit: 10 },
      "query() has no option 'limit'. There are: securityContext, signal, timeoutMs, client, now, numbers, asOf, policy, use, avoid.",
    ],
    ['query', { constructor: 1 }, "query() has no option 'constructor'"],
    ['query', { ['x'.repeat(100_000)]: 1 }, 'has no option'],
    ['query', JSON.parse('{"__proto__": 1}'), "query() has no option '__proto__'"],
    ['query', 7, 'the options of query() are no object'],
    ['explain', { now: 0, numbrs: 'native' }, "explain() has no option 'numbrs'"],
    ['explain', null, 'the options of explain() are no object'],
  ] as const)('%s(…, %j)', async (call, options, message) => {
    const store = await openTables(orders);
    const failure = (store[call] as Open)(byStatus, options);
    await expect(failure).rejects.toMatchObject({ name: 'StoreError', code: 'query_invalid' });
    await expect(failure).rejects.toThrow(message);
  });

  test('that are undefined are as if they were not given', async () => {
    const store = await openTables(orders);
    const none = undefined as never;
    await store.build({ preAggregations: none, range: none, force: none, signal: none, onProgress: none });
    const { data, meta } = await store.query(byStatus, { now: none, numbers: none, signal: none });
    expect([data, meta.preAggregation]).toEqual([byStatusRows, 'orders.main']);
  });
});

describe('of openStore', () => {
  test.each([
    [undefined, 'openStore() needs its options'],
    [null, "Give an object such as { config: 'granary.config.json' }"],
    ['granary.config.json', 'openStore() needs its options'],
    [[], 'openStore() needs its options'],
    [{ config: 7 }, 'config is not valid. It must be the path of a configuration file'],
    [{}, 'model is missing'],
    [{ model: 'm', store: 's', sources: {}, modelScript: 'trusted' }, "Did you mean 'modelScripts'?"],
  ])('%j', async (options, message) => {
    const failure = openWith(options);
    await expect(failure).rejects.toMatchObject({ name: 'StoreError', code: 'config_invalid' });
    await expect(failure).rejects.toThrow(message);
  });

  test('without an argument', async () => {
    await expect(openWith()).rejects.toMatchObject({ name: 'StoreError', code: 'config_invalid' });
  });
});

describe('of readModelDocument', () => {
  const cyclic: Record<string, unknown> = {};
  cyclic['self'] = cyclic;
  let deep: object = {};
  for (let i = 0; i < 100_000; i++) deep = { deep };

  test.each([
    ['a context that holds itself', { compileContext: cyclic }, 'compileContext is not plain data'],
    ['a context of 100,000 levels', { compileContext: deep }, 'compileContext is not plain data'],
    ['a context with a bigint', { compileContext: { id: 1n } }, 'compileContext is not plain data'],
    [
      'a context that is a text',
      { compileContext: 'x' },
      'compileContext is not valid. It must be an object',
    ],
    ['an unknown mode', { modelScripts: 'vm' }, 'It must be "sandbox" or "trusted"'],
    ['an unknown key', { compileContex: {} }, "Did you mean 'compileContext'?"],
    ['null', null, 'is not valid'],
  ])('%s', async (_name, options, message) => {
    const folder = temporaryFolder();
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'm.js'), 'cube(`a`, { sql_table: `a` })');
    const failure = readWith(folder, options);
    await expect(failure).rejects.toMatchObject({ name: 'StoreError', code: 'config_invalid' });
    await expect(failure).rejects.toThrow(message);
  });

  test.each([[undefined], [null], [7], [['a', 7]], [{}]])('the paths %j', async (paths) => {
    await expect(readWith(paths)).rejects.toMatchObject({ name: 'StoreError', code: 'config_invalid' });
  });
});
