import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Scratch } from '../../dist/engine/scratch.js';

const BYTES = 4_096;
const made = (): Scratch => new Scratch(new Uint8Array(new SharedArrayBuffer(BYTES)));

/** Arrays of each kind that kernels take, of the first numbers. */
const arrays = fc.array(
  fc
    .tuple(
      fc.constantFrom(Uint8Array, Uint16Array, Uint32Array, Float64Array),
      fc.integer({ min: 0, max: 200 }),
    )
    .map(([kind, length]) => new kind(length).map((_, i) => i % 250)),
  { maxLength: 12 },
);

test('what is lent is a copy that scans leave alone, until it is given back', () => {
  fc.assert(
    fc.property(arrays, arrays, (lent, taken) => {
      const scratch = made();
      scratch.lend((place) => {
        const copies = lent.map((array) => place(array));
        for (let scan = 0; scan < 2; scan++) {
          scratch.reset();
          for (const array of taken) {
            scratch.take(array.constructor as Uint8ArrayConstructor, array.length).fill(251);
          }
        }
        copies.forEach((copy, i) => expect(copy).toEqual(lent[i]));
        const bytes = copies.map((copy, i) => (copy === lent[i] ? 0 : copy.byteLength));
        expect(bytes.reduce((sum, own) => sum + own, 0)).toBeLessThanOrEqual(BYTES / 2);
      });
      scratch.reset();
      expect(scratch.take(Uint8Array, BYTES).byteOffset).toBe(0);
      expect(scratch.take(Uint8Array, 1).buffer.byteLength).toBe(1);
    }),
    { numRuns: 500 },
  );
});

test('an array that does not fit into half of the stretch is not copied, and one behind it may be', () => {
  made().lend((place) => {
    const [large, small] = [new Float64Array(BYTES / 16 + 1), new Uint8Array(10)];
    expect(place(large)).toBe(large);
    expect(place(small)).not.toBe(small);
  });
});

test('what the last scan has left is no hindrance', () => {
  const scratch = made();
  scratch.take(Uint8Array, BYTES - 64);
  const array = new Uint8Array(100).fill(7);
  scratch.lend((place) => expect(place(array)).not.toBe(array));
});

test('what is lent is given back after an error too', () => {
  const scratch = made();
  const failing = (): unknown =>
    scratch.lend((place) => {
      place(new Uint8Array(100));
      throw new Error('on the way');
    });
  expect(failing).toThrow('on the way');
  expect(scratch.take(Uint8Array, BYTES).byteLength).toBe(BYTES);
  expect(scratch.take(Uint8Array, 1).buffer.byteLength).toBe(1);
});
