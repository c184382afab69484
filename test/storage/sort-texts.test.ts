import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareValues } from '../../dist/model/value.js';
import { sortedTexts } from '../../dist/storage/sort-texts.js';

/** Of few characters, so that many texts begin alike; an end, a character of 0, and what takes two bytes or four. */
const alphabets = {
  digits: '0123456789',
  bytes: '\0\u0001aZ~\u0080é\u00ff',
  wide: 'aé\u0100ключ\ud7ff\ue000\uffff😀\ud800\udc00',
};

const cases = fc.record({
  alphabet: fc.constantFrom(...Object.values(alphabets)),
  shared: fc.constantFrom('', 'p', 'https://example.test/'),
  lengthMax: fc.constantFrom(2, 4, 8, 20),
  count: fc.constantFrom(0, 1, 2, 40, 511, 512, 1_500),
  seed: fc.integer({ min: 1, max: 2 ** 31 - 2 }),
});

test('texts stand in the order of their UTF-8, however they begin', () => {
  let byDigits = 0;
  fc.assert(
    fc.property(cases, ({ alphabet, shared, lengthMax, count, seed }) => {
      const characters = Array.from(alphabet);
      let state = seed;
      const below = (end: number): number => (state = (state * 48_271) % (2 ** 31 - 1)) % end;
      const text = (): string =>
        shared +
        Array.from({ length: below(lengthMax + 1) }, () => characters[below(characters.length)]).join('');
      const texts = [...new Set(Array.from({ length: count }, text))];
      const found = Array.from(sortedTexts(texts), (i) => texts[i]);
      expect(found).toEqual(texts.toSorted(compareValues));
      if (texts.length >= 512 && alphabet !== alphabets.wide) byDigits++;
    }),
    { numRuns: 400 },
  );
  expect(byDigits).toBeGreaterThan(20);
});
