import fc from 'fast-check';
import { expect, test } from 'vitest';
import { reaches, RowFlags } from '../../dist/storage/serving-decode.js';

test('codes that reach a limit are found whatever their width and place', () => {
  const kinds = [
    [Uint8Array, 2 ** 8],
    [Uint16Array, 2 ** 16],
    [Uint32Array, 2 ** 32],
  ] as const;
  fc.assert(
    fc.property(
      fc.constantFrom(...kinds).chain(([kind, end]) =>
        fc.record({
          kind: fc.constant(kind),
          codes: fc.array(fc.oneof(fc.nat(end - 1), fc.constantFrom(0, end / 2 - 1, end / 2, end - 1)), {
            maxLength: 19,
          }),
          limit: fc.oneof(
            fc.integer({ min: 0, max: end + 1 }),
            fc.constantFrom(0, 1, end / 2 - 1, end / 2, end / 2 + 1, end - 1, end),
          ),
          near: fc.integer({ min: 0, max: 2 }),
        }),
      ),
      ({ kind, codes, limit, near }) => {
        const array = kind.from(codes);
        for (const each of [limit, ...codes.map((code) => code + near)])
          expect(reaches(array, each)).toBe(codes.some((code) => code >= each));
      },
    ),
    { numRuns: 2_000 },
  );
});

test('columns with values in the same rows share their flags, and no others', () => {
  const flags = new RowFlags();
  const one = flags.of(Uint8Array.of(0b1010_0101, 0b1), 9);
  expect([...one]).toEqual([1, 0, 1, 0, 0, 1, 0, 1, 1]);
  expect(flags.of(Uint8Array.of(0b1010_0101, 0b1), 9)).toBe(one);
  expect([...flags.of(Uint8Array.of(0b1010_0111, 0b1), 9)]).toEqual([1, 1, 1, 0, 0, 1, 0, 1, 1]);
});
