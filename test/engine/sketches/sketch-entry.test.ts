import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  bucketOfEntry,
  entryOfDouble,
  entryOfInteger,
  entryOfString,
  registerOfEntry,
} from '../../../dist/engine/sketches/sketch-entry.js';
import { entryReference, murmur3Reference } from '../../support/sketch-oracle.js';

function entryOfBytes(bytes: Uint8Array): number {
  return entryReference(murmur3Reference(bytes, 0n)[0]);
}

function eightBytes(write: (view: DataView) => void): Uint8Array {
  const view = new DataView(new ArrayBuffer(8));
  write(view);
  return new Uint8Array(view.buffer);
}

test('a string is hashed as UTF-8', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      expect(entryOfString(text)).toBe(entryOfBytes(new TextEncoder().encode(text)));
    }),
  );
});

test.each([1023, 1024, 1025, 5000])('a string of %i characters, in ASCII and beyond', (length) => {
  for (const unit of ['a', 'é', '€', '\ud800']) {
    const text = `x${unit.repeat(length - 1)}`;
    expect(entryOfString(text)).toBe(entryOfBytes(new TextEncoder().encode(text)));
    const last = `${'a'.repeat(length - 1)}${unit}`;
    expect(entryOfString(last)).toBe(entryOfBytes(new TextEncoder().encode(last)));
  }
});

test('an integer is hashed as 64 bits of two’s complement, number and bigint alike', () => {
  const edges = [0, 1, -1, 2 ** 31, -(2 ** 31), 2 ** 32, -(2 ** 32), 2 ** 53 - 1, -(2 ** 53) + 1];
  const safe = fc.oneof(fc.constantFrom(...edges), fc.maxSafeInteger());
  fc.assert(
    fc.property(safe, (value) => {
      const expected = entryOfBytes(eightBytes((view) => view.setBigInt64(0, BigInt(value), true)));
      expect(entryOfInteger(value)).toBe(expected);
      expect(entryOfInteger(BigInt(value))).toBe(expected);
    }),
  );
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }), (value) => {
      const bits = BigInt.asIntN(64, value);
      expect(entryOfInteger(value)).toBe(entryOfBytes(eightBytes((view) => view.setBigInt64(0, bits, true))));
    }),
  );
  expect(entryOfInteger(-0)).toBe(entryOfInteger(0));
});

test.each([2n ** 64n, -(2n ** 63n) - 1n, 2 ** 64, -(2 ** 63) * 1.5, 0.5, NaN, Infinity])(
  '%s is no 64-bit integer',
  (value) => {
    expect(() => entryOfInteger(value)).toThrowError(expect.objectContaining({ code: 'value_out_of_range' }));
  },
);

test('a double is hashed as its IEEE bits, equal doubles as one', () => {
  fc.assert(
    fc.property(fc.double(), (value) => {
      const bits = eightBytes((view) => view.setFloat64(0, value === 0 ? 0 : value, true));
      expect(entryOfDouble(value)).toBe(entryOfBytes(bits));
    }),
  );
  expect(entryOfDouble(-0)).toBe(entryOfDouble(0));
  const otherNaN = new Float64Array(new BigUint64Array([0xfff8_0000_0000_0001n]).buffer)[0];
  expect(entryOfDouble(otherNaN)).toBe(entryOfDouble(NaN));
});

test('the register of an entry is that of the whole hash, at every precision', () => {
  const hashes = fc.oneof(
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    // Hashes with long runs of zeros at any place.
    fc
      .tuple(fc.nat(63), fc.nat(63), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }))
      .map(([left, right, bits]) => {
        const head = (bits >> BigInt(64 - left)) << BigInt(64 - left);
        return head | (BigInt.asUintN(64, bits << BigInt(right)) >> BigInt(right));
      }),
    fc.constantFrom(0n, 1n, 2n ** 64n - 1n, 2n ** 38n, 2n ** 38n - 1n, 2n ** 63n),
  );
  fc.assert(
    fc.property(hashes, fc.integer({ min: 10, max: 16 }), (hash, precision) => {
      const digits = hash.toString(2).padStart(64, '0');
      const rest = `${digits.slice(precision)}1`;
      const entry = entryReference(hash);
      expect(bucketOfEntry(entry, precision)).toBe(parseInt(digits.slice(0, precision), 2));
      expect(registerOfEntry(entry, precision)).toBe(rest.indexOf('1') + 1);
    }),
  );
});

/** From Airlift's TestSparseSerialization and TestDenseSerialization. */
test('entries and registers are Airlift’s', () => {
  expect(entryOfString('@')).toBe(0x21203442);

  const sixteen = new Array<number>(16).fill(0);
  for (let value = 0; value < 100; value++) {
    const entry = entryOfInteger(value);
    const bucket = bucketOfEntry(entry, 4);
    sixteen[bucket] = Math.max(sixteen[bucket], registerOfEntry(entry, 4));
  }
  expect(sixteen.map((register) => register - 2)).toEqual([4, 5, 2, 3, 0, 1, 3, 1, 2, 2, 0, 5, 0, 4, 0, 1]);

  expect(registersAt12([0, 61697, 394873])).toEqual([
    [653, 1],
    [2706, 17],
    [4048, 19],
  ]);
});

function registersAt12(values: number[]): [number, number][] {
  return values.map((value) => {
    const entry = entryOfInteger(value);
    return [bucketOfEntry(entry, 12), registerOfEntry(entry, 12)];
  });
}
