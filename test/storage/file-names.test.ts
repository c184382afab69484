import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  dataToken,
  dataPath,
  encodeName,
  isDataPath,
  isRollupFolder,
  manifestName,
  manifestNumber,
  parseOwnedName,
  stagedName,
  ownedName,
} from '../../dist/storage/file-names.js';

describe('[fault 14] names in a model cannot leave the store', () => {
  const name = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.stringMatching(/^[_a-zA-Z][_a-zA-Z0-9]*$/),
    fc.constantFrom(
      '..',
      '.',
      '/',
      '../../etc/passwd',
      'a/b',
      'a\\b',
      'C:\\x',
      '\0',
      'nul\0l',
      'x'.repeat(5000),
    ),
  );

  test('an encoded name has neither slash nor dot, and fits into a file name', () => {
    fc.assert(
      fc.property(name, (text) => {
        expect(encodeName(text)).toMatch(/^[a-z0-9_%~-]{0,80}$/);
      }),
    );
  });

  test('two names never meet, not even where case is ignored', () => {
    fc.assert(
      fc.property(name, name, (a, b) => {
        if (Buffer.from(a).equals(Buffer.from(b))) return;
        expect(encodeName(a).toLowerCase()).not.toBe(encodeName(b).toLowerCase());
      }),
    );
    expect(new Set(['Orders', 'orders', 'ORDERS', '-orders', '%4frders'].map(encodeName)).size).toBe(5);
    expect(encodeName(`${'x'.repeat(200)}a`)).not.toBe(encodeName(`${'x'.repeat(200)}b`));
  });

  test('a path made from names is a path below data/, and tells its token', () => {
    const part = name.filter((text) => text !== '' && !text.includes('.'));
    fc.assert(
      fc.property(part, part, part, fc.nat(9), (cube, rollup, partition, index) => {
        const slot = { rollup: `${cube}.${rollup}`, partition, index };
        const path = dataPath(slot, 'tok1');
        expect(isDataPath(path)).toBe(true);
        expect(isRollupFolder(path.split('/')[1])).toBe(true);
        expect(dataToken(path.split('/')[2])).toBe('tok1');
        for (const file of [...path.split('/'), stagedName(slot)]) expect(file.length).toBeLessThan(256);
      }),
    );
  });

  test.each(['data/../x', 'data/a.b/../../x', '/etc/passwd', 'data/a.b/x', 'x/a.b/all-0-a.parquet', ''])(
    '%s is no path of a data file',
    (path) => {
      expect(isDataPath(path)).toBe(false);
    },
  );
});

test('names are as docs/format.md shows them', () => {
  const slot = { rollup: 'orders.amountByClientName', partition: '20010101', index: 1 };
  expect(dataPath(slot, 'b4')).toBe('data/orders.amount-by-client-name/20010101-1-b4.parquet');
  expect(stagedName(slot)).toBe('orders.amount-by-client-name.20010101-1.parquet');
  expect(manifestName(17)).toBe('00000017.json');
});

test('numbers of manifests come back from their names, and from no others', () => {
  for (const number of [1, 17, 99_999_999, 100_000_000, 123_456_789_012]) {
    expect(manifestNumber(manifestName(number))).toBe(number);
  }
  for (const name of [
    '1.json',
    '000000001.json',
    '00000001.json.bak',
    '00000001',
    'x0000001.json',
    '.json',
  ]) {
    expect(manifestNumber(name)).toBeNull();
  }
});

test('a staging folder tells its token and its owner', () => {
  const owner = { place: '0c9f3a55', pid: 4242, start: 88_112_233 };
  expect(parseOwnedName(ownedName('b4', owner))).toEqual({ token: 'b4', owner });
  for (const name of ['b4', 'b4.0c9f3a55.1', 'b4.0C9F3A55.1.1', '../x.0c9f3a55.1.1', 'b4.0c9f3a55.1.1.1']) {
    expect(parseOwnedName(name)).toBeNull();
  }
});
