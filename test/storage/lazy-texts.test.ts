import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LazyTexts } from '../../dist/storage/lazy-texts.js';

function encode(texts: readonly string[]): { offsets: Int32Array; bytes: Uint8Array } {
  const parts = texts.map((text) => Buffer.from(text));
  const offsets = new Int32Array(texts.length + 1);
  parts.forEach((part, i) => (offsets[i + 1] = offsets[i] + part.length));
  return { offsets, bytes: new Uint8Array(Buffer.concat(parts)) };
}

const anyText = fc.oneof(
  fc.string(),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('', '\ufeffmark', 'a\0b', 'é', '😀', 'x'.repeat(3_000)),
);

describe('texts of a dictionary, decoded for who asks', () => {
  test('one by one or all, in any order, they are those that were written', () => {
    fc.assert(
      fc.property(
        fc.array(anyText, { maxLength: 60 }),
        fc.array(fc.nat(60), { maxLength: 30 }),
        fc.boolean(),
        (texts, asked, allFirst) => {
          const { offsets, bytes } = encode(texts);
          const lazy = new LazyTexts(offsets, bytes);
          if (allFirst) expect([...lazy]).toEqual(texts);
          for (const code of asked) expect(lazy.at(code)).toBe(texts[code]);
          const found: string[] = [];
          lazy.forEach((text, code) => (found[code] = text));
          expect(found).toEqual(texts);
          expect([lazy.length, lazy.at(-1), lazy.at(texts.length)]).toEqual([
            texts.length,
            undefined,
            undefined,
          ]);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('what a text gave stays what it is when others are asked for', () => {
    const texts = Array.from({ length: 5_000 }, (_, i) => `text ${i}`);
    const { offsets, bytes } = encode(texts);
    const lazy = new LazyTexts(offsets, bytes);
    const found = texts.map((_, code) => lazy.at(code));
    expect(found).toEqual(texts);
  });

  test.each([
    ['offsets that go back', [0, 3, 2, 4], 'abcd'],
    ['offsets that begin late', [1, 2, 3, 4], 'abcd'],
    ['offsets that end early', [0, 1, 2, 3], 'abcd'],
    ['offsets beyond the bytes', [0, 1, 2, 5], 'abcd'],
    ['a text that begins within a character', [0, 1, 2, 4], 'éab'],
    ['bytes that are no UTF-8', [0, 1, 2, 4], Uint8Array.of(0x61, 0xff, 0x61, 0x61)],
  ])('%s are refused', (_, offsets, content) => {
    const bytes = typeof content === 'string' ? new Uint8Array(Buffer.from(content)) : content;
    expect(() => new LazyTexts(Int32Array.from(offsets), bytes)).toThrow(
      expect.objectContaining({ code: 'corrupt' }),
    );
  });
});
