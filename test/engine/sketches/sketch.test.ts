import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { denseBytes } from '../../../dist/engine/sketches/airlift-bytes.js';
import { entryOfInteger } from '../../../dist/engine/sketches/sketch-entry.js';
import { Sketch } from '../../../dist/engine/sketches/sketch.js';
import { bytesReference } from '../../support/sketch-oracle.js';

const runs = process.env['GRANARY_LONG'] ? 5000 : 300;

function sketchOf(entries: readonly number[], precision: number): Uint8Array {
  const sketch = new Sketch(precision);
  for (const entry of entries) sketch.addEntry(entry);
  return sketch.toBytes();
}

function union(parts: readonly Uint8Array[], precision: number): Uint8Array {
  const sketch = new Sketch(precision);
  for (const part of parts) sketch.mergeBytes(part, 0, part.length);
  return sketch.toBytes();
}

const precisions = fc.constantFrom(10, 11, 12);

/** Of real values, with repetitions; 128 distinct ones are the last sparse sketch of precision 10. */
const hashedEntries = fc.oneof(
  fc.array(fc.nat(40), { maxLength: 80 }),
  fc.tuple(fc.integer({ min: 118, max: 138 }), fc.nat(1e6)).map(([count, from]) => range(from, count)),
  fc.tuple(fc.integer({ min: 500, max: 524 }), fc.nat(1e6)).map(([count, from]) => range(from, count)),
  fc.tuple(fc.nat(5000), fc.nat(1e6)).map(([count, from]) => range(from, count)),
);
/** Made up: few prefixes, so that zeros compete, up to the largest that a hash can have. */
const rareEntries = fc.array(
  fc
    .tuple(fc.constantFrom(0, 1, 2, 7, 2 ** 25, 2 ** 26 - 1), fc.nat(38))
    .map(([prefix, zeros]) => prefix * 64 + zeros),
  { maxLength: 30 },
);
const entryLists = fc
  .tuple(hashedEntries, rareEntries)
  .map(([values, rare]) => [...values.map(entryOfInteger), ...rare]);

function range(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => from + i);
}

/** Splits by the numbers of `choices`, in turn; repeats some entries in a second part. */
function split(entries: readonly number[], parts: number, choices: readonly number[]): number[][] {
  const result = Array.from({ length: parts }, (): number[] => []);
  entries.forEach((entry, i) => {
    const choice = choices[i % choices.length];
    result[choice % parts].push(entry);
    if (choice % 5 === 0) result[(choice + 1) % parts].push(entry);
  });
  return result;
}

describe('the law of rollups: bytes follow from the set of entries alone', () => {
  const choices = fc.array(fc.nat(1000), { minLength: 1, maxLength: 50 });

  test('[C10] the union of the sketches of the parts is the sketch of the whole, byte for byte', () => {
    fc.assert(
      fc.property(entryLists, precisions, fc.integer({ min: 1, max: 9 }), choices, (entries, p, n, by) => {
        const whole = sketchOf(entries, p);
        expect(whole).toEqual(bytesReference(entries, p));
        const parts = split(entries, n, by).map((part) => sketchOf(part, p));
        expect(union(parts, p)).toEqual(whole);
      }),
      { numRuns: runs },
    );
  });

  test('neither order nor grouping counts: parts are merged pair by pair in any tree', () => {
    fc.assert(
      fc.property(entryLists, precisions, fc.integer({ min: 2, max: 9 }), choices, (entries, p, n, by) => {
        const parts = split(entries, n, by).map((part) => sketchOf(part, p));
        for (let step = 0; parts.length > 1; step++) {
          const [left] = parts.splice(by[step % by.length] % parts.length, 1);
          const [right] = parts.splice(by[(step + 1) % by.length] % parts.length, 1);
          parts.push(union([left, right], p));
        }
        expect(parts[0]).toEqual(sketchOf(entries, p));
      }),
      { numRuns: runs },
    );
  });

  test('merge is associative, commutative and idempotent, and the empty sketch is its zero', () => {
    fc.assert(
      fc.property(entryLists, entryLists, entryLists, precisions, (as, bs, cs, p) => {
        const [a, b, c] = [as, bs, cs].map((entries) => sketchOf(entries, p)) as [
          Uint8Array,
          Uint8Array,
          Uint8Array,
        ];
        expect(union([union([a, b], p), c], p)).toEqual(union([a, union([b, c], p)], p));
        expect(union([a, b], p)).toEqual(union([b, a], p));
        expect(union([a, a], p)).toEqual(a);
        expect(union([a, sketchOf([], p)], p)).toEqual(a);
      }),
      { numRuns: runs },
    );
  });

  test('entries and stored sketches mix in one accumulator', () => {
    fc.assert(
      fc.property(entryLists, entryLists, precisions, (stored, added, p) => {
        const sketch = new Sketch(p);
        added.forEach((entry, i) => {
          if (i === Math.floor(added.length / 2)) {
            const bytes = sketchOf(stored, p);
            sketch.mergeBytes(bytes, 0, bytes.length);
          }
          sketch.addEntry(entry);
        });
        const all = added.length === 0 ? [] : [...stored, ...added];
        expect(sketch.toBytes()).toEqual(bytesReference(all, p));
      }),
      { numRuns: runs },
    );
  });
});

describe('folding down', () => {
  test('the sketch of a set, folded, is the sketch of the set at the lower precision, byte for byte', () => {
    let dense = 0;
    fc.assert(
      fc.property(entryLists, precisions, fc.integer({ min: 1, max: 4 }), (entries, p, by) => {
        const folded = union([sketchOf(entries, p + by)], p);
        expect(folded).toEqual(bytesReference(entries, p));
        if (sketchOf(entries, p + by)[0] === 3) dense++;
      }),
      { numRuns: runs },
    );
    expect(dense).toBeGreaterThan(runs / 50);
  });

  test('all at once is step by step, and before a union is after it', () => {
    fc.assert(
      fc.property(entryLists, entryLists, precisions, (some, others, p) => {
        const [a, b] = [sketchOf(some, p + 4), sketchOf(others, p + 2)];
        const steps = union([union([a], p + 2)], p);
        expect(steps).toEqual(union([a], p));
        const before = union([union([a], p), union([b], p)], p);
        expect(before).toEqual(union([union([a, b], p + 2)], p));
        expect(before).toEqual(bytesReference([...some, ...others], p));
      }),
      { numRuns: runs },
    );
  });

  test('dense bytes of few values, as others write them', () => {
    const entries = [0, 1, 2 ** 6, 2 ** 31 + 38, 2 ** 32 - 64].map((bits) => bits >>> 0);
    const fine = new Sketch(16);
    const none = denseBytes(16, new Uint8Array(2 ** 16));
    fine.mergeBytes(none, 0, none.length);
    for (const entry of entries) fine.addEntry(entry);
    const coarse = new Sketch(10);
    const bytes = denseBytes(10, new Uint8Array(2 ** 10));
    coarse.mergeBytes(bytes, 0, bytes.length);
    for (const entry of entries) coarse.addEntry(entry);
    expect(union([fine.toBytes()], 10)).toEqual(coarse.toBytes());
  });
});

test.each([10, 11, 12, 13, 14, 15, 16])('precision %i is sparse to 2^p / 8 prefixes and dense above', (p) => {
  const prefixes = new Set<number>();
  const entries: number[] = [];
  for (let value = 0; prefixes.size <= 2 ** p / 8; value++) {
    const entry = entryOfInteger(value);
    prefixes.add(entry >>> 6);
    entries.push(entry);
  }
  const last = entries.pop()!;
  const sketch = new Sketch(p);
  for (let again = 0; again < 2; again++) for (const entry of entries) sketch.addEntry(entry);
  expect(sketch.form).toBe('sparse');
  expect(sketch.toBytes()).toEqual(bytesReference(entries, p));

  sketch.addEntry(last);
  expect(sketch.form).toBe('dense');
  expect(sketch.toBytes()).toEqual(bytesReference([...entries, last], p));
  expect(sketchOf([last, ...entries.toReversed()], p)).toEqual(sketch.toBytes());
});

test('reset empties both forms', () => {
  const sketch = new Sketch(10);
  for (const count of [5, 1000, 3]) {
    const entries = range(0, count).map(entryOfInteger);
    for (const entry of entries) sketch.addEntry(entry);
    expect(sketch.toBytes()).toEqual(sketchOf(entries, 10));
    sketch.reset();
    expect(sketch.toBytes()).toEqual(Uint8Array.of(2, 10, 0, 0));
    expect(sketch.estimate()).toBe(0);
  }
});

test('a stored sketch is read in place, between other bytes', () => {
  for (const count of [3, 1000]) {
    const bytes = sketchOf(range(0, count).map(entryOfInteger), 10);
    const around = new Uint8Array(bytes.length + 11).fill(0xff);
    around.set(bytes, 7);
    const sketch = new Sketch(10);
    sketch.mergeBytes(around, 7, 7 + bytes.length);
    expect(sketch.toBytes()).toEqual(bytes);
  }
});

test('what is no precision or no entry is a bug of the caller', () => {
  expect(() => new Sketch(9)).toThrow('precision');
  expect(() => new Sketch(17)).toThrow('precision');
  expect(() => new Sketch(12).addEntry(39)).toThrow('38 zeros');
});
