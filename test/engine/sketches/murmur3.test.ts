import fc from 'fast-check';
import { expect, test } from 'vitest';
import { murmur3, murmur3Of64Bits } from '../../../dist/engine/sketches/murmur3.js';
import { murmur3Reference } from '../../support/sketch-oracle.js';

const state = new Int32Array(4);

function hash(bytes: Uint8Array): bigint {
  murmur3(bytes, bytes.length, state);
  return BigInt.asUintN(64, (BigInt(state[1]) << 32n) | BigInt.asUintN(32, BigInt(state[0])));
}

test('the reference passes the verification of SMHasher for MurmurHash3 x64 128', () => {
  const keys = Uint8Array.from({ length: 256 }, (_, i) => i);
  const hashes = new DataView(new ArrayBuffer(256 * 16));
  for (let length = 0; length < 256; length++) {
    const [h1, h2] = murmur3Reference(keys.subarray(0, length), BigInt(256 - length));
    hashes.setBigUint64(16 * length, h1, true);
    hashes.setBigUint64(16 * length + 8, h2, true);
  }
  const [h1] = murmur3Reference(new Uint8Array(hashes.buffer), 0n);
  expect(Number(h1 & 0xffff_ffffn)).toBe(0x6384ba69);
});

test.each([
  ['', 0n],
  ['hello', 0xcbd8a7b341bd9b02n],
  ['hello, world', 0x342fac623a5ebc8en],
  ['19 Jan 2038 at 3:14:07 AM', 0xb89e5988b737affcn],
  ['The quick brown fox jumps over the lazy dog.', 0xcd99481f9ee902c9n],
])('published vector %j', (text, expected) => {
  expect(hash(new TextEncoder().encode(text))).toBe(expected);
});

test('equals the reference on random bytes of every length to 200', () => {
  for (let length = 0; length <= 200; length++) {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: length, maxLength: length }), (bytes) => {
        expect(hash(bytes)).toBe(murmur3Reference(bytes, 0n)[0]);
      }),
      { numRuns: 10 },
    );
  }
});

test('reads nothing beyond the length', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), fc.nat(64), (bytes, cut) => {
      const length = Math.min(cut, bytes.length);
      murmur3(bytes, length, state);
      const [low, high] = state;
      expect(hash(bytes.slice(0, length))).toBe(
        BigInt.asUintN(64, (BigInt(high) << 32n) | BigInt(low >>> 0)),
      );
    }),
  );
});

test('64 bits are hashed as their 8 bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 8, maxLength: 8 }), (bytes) => {
      const view = new DataView(bytes.buffer, bytes.byteOffset);
      murmur3Of64Bits(view.getInt32(0, true), view.getInt32(4, true), state);
      const [low, high] = state;
      murmur3(bytes, 8, state);
      expect([low, high]).toEqual([state[0], state[1]]);
    }),
  );
});
