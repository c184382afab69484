import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { plainJson } from '../../dist/model/plain-json.js';

const textOf = (value: unknown, depth = 10, chars = 10_000) => plainJson(value, depth, chars);

describe('the text of plain data', () => {
  test('gives the same data again, whatever is in it', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const text = textOf(value, 10, 1_000_000);
        // -0 is the one JSON value that its text does not give again.
        if (text === null) expect(JSON.stringify(value)).toMatch(/(?<![\d.])0(?![\d.])/);
        else expect(JSON.parse(text)).toEqual(value);
      }),
    );
  });

  test('keeps the order of keys and apart what differs', () => {
    const texts = [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
      { a: '1', b: 2 },
      [1],
      ['1'],
      [null],
      [[]],
      [{}],
      'null',
      null,
    ];
    expect(new Set(texts.map((value) => textOf(value))).size).toBe(texts.length);
  });

  test('is none for what JSON tells otherwise', () => {
    class Query {
      measures = ['a.b'];
    }
    const itself: unknown[] = [];
    itself.push(itself);
    const strange = [
      undefined,
      Number.NaN,
      Infinity,
      -0,
      1n,
      Symbol('a'),
      () => 1,
      new Date(0),
      new Map(),
      new Query(),
    ];
    for (const value of [...strange, itself, { toJSON: () => 1 }, Object.create({ measures: [] })]) {
      expect(textOf(value)).toBeNull();
      expect(textOf({ filters: [value] })).toBeNull();
    }
    // oxlint-disable-next-line no-sparse-arrays
    expect(textOf([, 1])).toBeNull();
    expect(textOf(Object.create(null))).toBe('{}');
  });

  test('ends at its bounds, whatever is given', () => {
    expect(textOf([[1]], 2)).toBe('[[1]]');
    expect(textOf([[[1]]], 2)).toBeNull();
    expect(textOf('abc', 1, 5)).toBe('"abc"');
    expect(textOf('abc', 1, 4)).toBeNull();
    // Escapes make a text longer than the least that it takes.
    expect(textOf('\u0001\u0001', 1, 10)).toBeNull();
    let deep: unknown = 1;
    for (let i = 0; i < 100_000; i++) deep = [deep];
    expect(textOf(deep)).toBeNull();
    expect(textOf(Array(2 ** 32 - 1))).toBeNull();
  });
});
