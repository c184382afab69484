import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { StoreError } from '../../../dist/model/errors.js';
import { sketchCount } from '../../../dist/engine/sketches/sketch-count.js';
import { entryOfInteger, entryOfString } from '../../../dist/engine/sketches/sketch-entry.js';
import { Sketch } from '../../../dist/engine/sketches/sketch.js';

const runs = process.env['GRANARY_LONG'] ? 100_000 : 3000;

function hex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
}

function merged(bytes: Uint8Array, precision = bytes[1]): Sketch {
  const sketch = new Sketch(precision);
  sketch.mergeBytes(bytes, 0, bytes.length);
  return sketch;
}

function sketchOf(count: number, precision: number): Uint8Array {
  const sketch = new Sketch(precision);
  for (let value = 0; value < count; value++) sketch.addEntry(entryOfInteger(value));
  return sketch.toBytes();
}

/** Dense bytes of precision 10 with these deltas in the first buckets. */
function dense(
  baseline: number,
  deltas: number[],
  overflows: [bucket: number, excess: number][],
): Uint8Array {
  const nibbles = new Uint8Array(512);
  deltas.forEach((delta, bucket) => (nibbles[bucket >> 1] |= delta << (bucket % 2 === 0 ? 4 : 0)));
  return Uint8Array.from([
    ...[3, 10, baseline, ...nibbles, overflows.length % 256, overflows.length >> 8],
    ...overflows.flatMap(([bucket]) => [bucket % 256, bucket >> 8]),
    ...overflows.map(([, excess]) => excess),
  ]);
}

describe('bytes of others', () => {
  test('a sketch of two values from Cube Store’s tests', () => {
    const bytes = hex('020C0200C02FF58941D5F0C6');
    expect(sketchCount(bytes)).toBe(2);
    expect(merged(bytes).toBytes()).toEqual(bytes);
  });

  test('Airlift’s empty and single sketches', () => {
    expect(new Sketch(12).toBytes()).toEqual(hex('020C0000'));
    const sketch = new Sketch(12);
    sketch.addEntry(entryOfString('@'));
    expect(sketch.toBytes()).toEqual(hex('020C0100 42342021'));
  });

  test('Airlift’s dense sketch of 61697 and 394873: two overflows after full buckets', () => {
    const bytes = new Uint8Array(3 + 2048 + 2 + 6);
    bytes.set([3, 12, 0]);
    bytes[3 + 1353] = 0xf0;
    bytes[3 + 2024] = 0xf0;
    bytes.set([2, 0, 0x92, 0x0a, 0xd0, 0x0f, 2, 4], 3 + 2048);
    expect(merged(bytes).toBytes()).toEqual(bytes);
    expect(sketchCount(bytes)).toBe(2);

    const sketch = new Sketch(12);
    const none = new Uint8Array(3 + 2048 + 2);
    none.set([3, 12]);
    sketch.mergeBytes(none, 0, none.length);
    expect(sketch.estimate()).toBe(0);
    sketch.addEntry(entryOfInteger(394873));
    sketch.addEntry(entryOfInteger(61697));
    expect(sketch.toBytes()).toEqual(bytes);
  });

  test('sparse bytes beyond our threshold become dense', () => {
    const entries = Array.from({ length: 129 }, (_, i) => i * 64);
    const bytes = new Uint8Array(4 + 4 * 129);
    const view = new DataView(bytes.buffer);
    bytes.set([2, 10, 129]);
    entries.forEach((entry, i) => view.setUint32(4 + 4 * i, entry, true));
    expect(merged(bytes).form).toBe('dense');
  });

  test('a baseline below the smallest register is read, and written as it should be', () => {
    const bytes = dense(2, new Array<number>(1024).fill(3), []);
    expect(merged(bytes).toBytes()).toEqual(dense(5, [], []));
  });

  test('registers to the largest that a hash can give', () => {
    const largest = dense(40, [15, 15], []);
    expect(merged(largest).toBytes()).toEqual(largest);
    const all = dense(55, [], []);
    expect(merged(all).toBytes()).toEqual(all);
    expect(merged(all).estimate()).toBe(2 ** 64);
  });
});

describe('malformed bytes are sketch_invalid, and leave the accumulator as it was', () => {
  const sparse = sketchOf(3, 10);
  const full = dense(0, [15, 15, 15], []);
  const cases: [what: string, bytes: Uint8Array, message: RegExp][] = [
    ['nothing', new Uint8Array(0), /cut short/],
    ['half a header', Uint8Array.of(2, 10, 0), /cut short/],
    ['sparse v1', hex('000A0000'), /format tag is 0/],
    ['dense v1', Uint8Array.from([1, ...full.subarray(1)]), /format tag is 1/],
    ['DataSketches', hex('02010708 01000000'), /precision is 1,/],
    ['precision 9', hex('02090000'), /precision is 9, not 10 to 16/],
    ['precision 17', hex('02110000'), /precision is 17/],
    ['sparse, cut', sparse.subarray(0, sparse.length - 1), /15 bytes, and its header tells of 16/],
    ['sparse, longer', Uint8Array.from([...sparse, 0]), /17 bytes/],
    ['sparse, a huge count', hex('020AFFFF'), /header tells of 262144/],
    ['sparse, descending', hex('020A0200 80000000 40000000'), /entry 1 is not in order/],
    ['sparse, a prefix twice', hex('020A0200 40000000 41000000'), /entry 1 is not in order/],
    ['sparse, 39 zeros', hex('020A0100 27000000'), /entry 0 counts more zeros/],
    ['dense, cut in the deltas', full.subarray(0, 200), /cut short/],
    ['dense, cut before the overflows', full.subarray(0, full.length - 1), /cut short/],
    ['dense, longer', Uint8Array.from([...full, 0]), /518 bytes/],
    ['dense, overflows missing', Uint8Array.from([...full.subarray(0, 515), 255, 255]), /header tells of/],
    ['dense, a delta beyond a hash', dense(41, [15], []), /more zeros than a hash has/],
    ['dense, an odd delta beyond a hash', dense(41, [0, 15], []), /more zeros than a hash has/],
    ['dense, a baseline beyond a hash', dense(56, [], []), /more zeros than a hash has/],
    ['dense, an excess beyond a hash', dense(0, [15], [[0, 41]]), /overflow 0 counts more zeros/],
    ['dense, an excess of 0', dense(0, [15], [[0, 0]]), /overflow 0 counts nothing/],
    ['dense, an overflow of a bucket that is not full', dense(0, [15, 14], [[1, 1]]), /not full/],
    ['dense, a bucket that does not exist', dense(0, [15], [[1024, 1]]), /overflow 0 is not in order/],
    [
      'dense, overflows descending',
      dense(
        0,
        [15, 15],
        [
          [1, 1],
          [0, 1],
        ],
      ),
      /overflow 1 is not in order/,
    ],
    [
      'dense, a bucket twice',
      dense(
        0,
        [15],
        [
          [0, 1],
          [0, 2],
        ],
      ),
      /overflow 1 is not in order/,
    ],
  ];

  test.each(cases)('%s', (_, bytes, message) => {
    for (const held of [sketchOf(5, 10), sketchOf(500, 10)]) {
      const sketch = merged(held);
      expect(() => sketch.mergeBytes(bytes, 0, bytes.length)).toThrow(message);
      expect(() => sketch.mergeBytes(bytes, 0, bytes.length)).toThrowError(
        expect.objectContaining({ name: 'StoreError', code: 'sketch_invalid' }),
      );
      expect(sketch.toBytes()).toEqual(held);
    }
  });

  test('a coarser one: no register can be divided', () => {
    const sketch = new Sketch(12);
    for (const bytes of [sketchOf(3, 11), sketchOf(5000, 10)]) {
      expect(() => sketch.mergeBytes(bytes, 0, bytes.length)).toThrow(
        /precision is 1[01] and cannot be raised to 12/,
      );
    }
    expect(sketch.toBytes()).toEqual(hex('020C0000'));
  });

  test('a stretch that is not within the bytes', () => {
    for (const [start, end] of [
      [-1, 15],
      [0, 17],
      [16, 16],
      [20, 36],
      [8, 4],
    ] as const) {
      expect(() => new Sketch(10).mergeBytes(sparse, start, end)).toThrow(/cut short/);
    }
  });
});

describe('fuzz', () => {
  const whole = fc.constantFrom(
    ...[0, 1, 40, 128, 129, 2000].map((count) => sketchOf(count, 10)),
    dense(
      30,
      [15, 15, 3],
      [
        [0, 2],
        [1, 10],
      ],
    ),
    dense(
      0,
      new Array<number>(1024).fill(15),
      Array.from({ length: 1024 }, (_, i) => [i, 1 + (i % 40)]),
    ),
  );
  const edits = fc.array(
    fc.record({
      kind: fc.constantFrom('set', 'bit', 'cut', 'append', 'move'),
      at: fc.oneof(fc.nat(12), fc.nat(4000)),
      value: fc.nat(255),
    }),
    { minLength: 1, maxLength: 4 },
  );
  const mutants = fc.tuple(whole, edits).map(([bytes, list]) => {
    let mutant = bytes.slice();
    for (const { kind, at, value } of list) {
      const i = at % Math.max(1, mutant.length);
      if (kind === 'set') mutant[i] = value;
      if (kind === 'bit') mutant[i] ^= 1 << (value % 8);
      if (kind === 'cut') mutant = mutant.slice(0, i);
      if (kind === 'append') mutant = Uint8Array.from([...mutant, ...mutant.subarray(0, value)]);
      if (kind === 'move') mutant.copyWithin(i, value, value + 8);
    }
    return mutant;
  });
  const inputs = fc.oneof(mutants, fc.uint8Array({ maxLength: 600 }));

  test('any bytes give a typed error or a sketch whose bytes are stable', () => {
    let valid = 0;
    let refused = 0;
    fc.assert(
      fc.property(inputs, (bytes) => {
        const sketch = new Sketch(10);
        try {
          sketch.mergeBytes(bytes, 0, bytes.length);
        } catch (error) {
          expect(error).toBeInstanceOf(StoreError);
          expect((error as StoreError).code).toBe('sketch_invalid');
          expect(sketch.toBytes()).toEqual(hex('020A0000'));
          refused++;
          return;
        }
        valid++;
        const canonical = sketch.toBytes();
        expect(merged(canonical).toBytes()).toEqual(canonical);
        expect(sketch.estimate()).toBeGreaterThanOrEqual(0);
        expect(Number.isFinite(sketch.estimate())).toBe(true);
        expect(sketchCount(canonical)).toBe(Math.round(sketch.estimate()));
      }),
      { numRuns: runs },
    );
    expect(valid).toBeGreaterThan(runs / 20);
    expect(refused).toBeGreaterThan(runs / 20);
  });
});
