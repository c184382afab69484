/** Sketches of PostgreSQL's hll: the bytes that PostgreSQL itself makes, both ways. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { relativeErrorBound } from '../../../dist/model/aggregates.js';
import { StoreError } from '../../../dist/model/errors.js';
import { explicitBytes, type PostgresKind } from '../../../dist/engine/sketches/postgres-bytes.js';
import { PostgresSketch } from '../../../dist/engine/sketches/postgres-sketch.js';
import { murmur3Reference } from '../../support/sketch-oracle.js';

const runs = process.env['GRANARY_LONG'] ? 3000 : 150;

interface Vector {
  readonly log2m: number;
  readonly regwidth: number;
  readonly expthresh: number;
  readonly sparseon: number;
  readonly start: number;
  readonly count: number;
  readonly cardinality: number | null;
  readonly length: number;
  readonly md5: string;
  readonly hex?: string;
}

const vectors = JSON.parse(
  readFileSync(new URL('postgres-vectors.json', import.meta.url), 'utf8'),
) as readonly Vector[];
const named = vectors.map(
  (vector) => [`${kindText(vector)}, ${vector.count} values from ${vector.start}`, vector] as const,
);

function kindText({ log2m, regwidth, expthresh, sparseon }: Vector): string {
  return `hll(${log2m}, ${regwidth}, ${expthresh}, ${sparseon})`;
}

function kindOf({ log2m, regwidth, expthresh, sparseon }: Vector): PostgresKind {
  const code = expthresh === -1 ? 63 : expthresh === 0 ? 0 : Math.log2(expthresh) + 1;
  return { precision: log2m, width: regwidth, cutoff: sparseon * 64 + code };
}

/** hll_hash_bigint */
function hashOf(value: number): bigint {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigInt64(0, BigInt(value), true);
  return BigInt.asIntN(64, murmur3Reference(bytes, 0n)[0]);
}

const hashes = new Map<number, bigint>();

/** What PostgreSQL makes of one value with a threshold of at least 1. */
function single(kind: PostgresKind, value: number): Uint8Array {
  let hash = hashes.get(value);
  if (hash === undefined) hashes.set(value, (hash = hashOf(value)));
  return explicitBytes(kind, [hash]);
}

function union(precision: number, parts: readonly Uint8Array[]): PostgresSketch {
  const sketch = new PostgresSketch(precision);
  for (const part of parts) sketch.mergeBytes(part, 0, part.length);
  return sketch;
}

function sketchOf(kind: PostgresKind, from: number, count: number): Uint8Array {
  const empty = explicitBytes(kind, []);
  const singles = Array.from({ length: count }, (_, i) => single(kind, from + i));
  return union(kind.precision, [empty, ...singles]).toBytes();
}

const md5 = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('hex');
const fromHex = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));

describe('vectors of PostgreSQL', () => {
  const small = named.filter(([, { count }]) => count <= 200_000);

  test.each(small)('%s: the same values give the same bytes', (_, vector) => {
    const bytes = sketchOf(kindOf(vector), vector.start, vector.count);
    expect(bytes.length).toBe(vector.length);
    expect(md5(bytes)).toBe(vector.md5);
  });

  test.each(named.filter(([, { hex }]) => hex !== undefined))(
    '%s: decoded and encoded again',
    (_, vector) => {
      const bytes = fromHex(vector.hex!);
      const sketch = union(vector.log2m, [bytes]);
      expect(sketch.toBytes()).toEqual(bytes);
      const bound = relativeErrorBound(vector.log2m);
      expect(Math.abs(sketch.estimate() - vector.count)).toBeLessThanOrEqual(bound * vector.count);
      if (vector.hex!.startsWith('12')) expect(sketch.estimate()).toBe(vector.cardinality);
      else
        expect(Math.abs(sketch.estimate() - vector.cardinality!)).toBeLessThanOrEqual(bound * vector.count);
    },
  );

  test('every form is among them', () => {
    const forms = vectors.flatMap(({ hex }) => (hex === undefined ? [] : [hex.slice(0, 2)]));
    expect([...new Set(forms)].toSorted()).toEqual(['11', '12', '13', '14']);
  });
});

describe('laws', () => {
  const kinds = fc.constantFrom<PostgresKind>(
    { precision: 10, width: 5, cutoff: 0x7f },
    { precision: 10, width: 5, cutoff: 0x40 },
    { precision: 11, width: 6, cutoff: 0x03 },
    { precision: 12, width: 5, cutoff: 0x47 },
  );
  const sets = fc.tuple(fc.oneof(fc.nat(90), fc.nat(1500)), fc.nat(1000));

  test('the union of the parts is the sketch of the whole, byte for byte, in any order', () => {
    fc.assert(
      fc.property(kinds, sets, fc.integer({ min: 1, max: 5 }), (kind, [count, from], parts) => {
        const whole = sketchOf(kind, from, count);
        const size = Math.ceil(count / parts);
        // Overlapping, and from the last to the first.
        const pieces = Array.from({ length: parts }, (_, i) =>
          sketchOf(kind, from + i * size, Math.max(0, Math.min(size + 3, count - i * size))),
        ).toReversed();
        expect(union(kind.precision, pieces).toBytes()).toEqual(whole);
      }),
      { numRuns: runs },
    );
  });

  test('folded down a sketch is that of its set at the lower precision', () => {
    fc.assert(
      fc.property(kinds, sets, fc.integer({ min: 0, max: 3 }), (kind, [count, from], by) => {
        const fine = sketchOf({ ...kind, precision: kind.precision + by }, from, count);
        const folded = union(kind.precision, [fine]).toBytes();
        const registers = (bytes: Uint8Array) => {
          const sketch = union(kind.precision, [bytes]);
          // One with registers makes registers of all.
          const bare = { ...kind, cutoff: kind.cutoff & 0x40 };
          return sketch.toBytes()[0] === 0x12 ? sketchOf(bare, from, count) : sketch.toBytes();
        };
        const coarse = sketchOf(kind, from, count);
        if (folded[0] === coarse[0]) expect(folded).toEqual(coarse);
        else expect(registers(folded).subarray(3)).toEqual(registers(coarse).subarray(3));
      }),
      { numRuns: runs },
    );
  });
});

describe('bytes that are refused', () => {
  const cases: [string, string, RegExp][] = [
    ['nothing', '', /cut short/],
    ['undefined', '108b7f', /undefined/],
    ['a form of later', '158b7f', /first byte is 21/],
    ['another version', '228b7f', /first byte is 34/],
    ['log2m 9', '11897f', /log2m is 9, not 10 to 16/],
    ['regwidth 4', '116b7f', /regwidth is 4, not 5 to 8/],
    ['a foreign bit', '118bff', /third byte/],
    ['an empty one with more', '118b7f00', /empty, and has 4 bytes/],
    ['half a hash', '128b7f00000000', /no list of hashes/],
    ['no hash', '128b7f', /no list of hashes/],
    ['hashes out of order', '128b7f00000000000000010000000000000000', /hash 1 is not in order/],
    ['buckets out of order', '138b4000640064', /entry 1 is empty or not in order/],
    ['an empty entry', '138b400060', /entry 0 is empty/],
    ['a byte too many', '138b40006400', /does not end/],
    ['full, cut', '148b7f0000', /5 bytes, and its header tells of 1283/],
    ['a register beyond a hash', '13aa400037', /more zeros/],
  ];

  test.each(cases)('%s', (_, hex, message) => {
    const held = sketchOf({ precision: 10, width: 5, cutoff: 0x7f }, 0, 5);
    const sketch = union(10, [held]);
    const bytes = fromHex(hex);
    expect(() => sketch.mergeBytes(bytes, 0, bytes.length)).toThrow(message);
    expect(() => sketch.mergeBytes(bytes, 0, bytes.length)).toThrowError(
      expect.objectContaining({ name: 'StoreError', code: 'sketch_invalid' }),
    );
    expect(sketch.toBytes()).toEqual(held);
  });

  test('sketches of other modifiers, as PostgreSQL refuses them', () => {
    const of = (kind: Partial<PostgresKind>) =>
      explicitBytes({ precision: 11, width: 5, cutoff: 0x7f, ...kind }, [7n]);
    const merge = (one: Uint8Array, other: Uint8Array) => () => union(11, [one, other]);
    expect(merge(of({}), of({ width: 6 }))).toThrow('regwidth 5 and 6 differ');
    expect(merge(of({}), of({ cutoff: 0x3f }))).toThrow('expthresh or sparseon differ');
    expect(merge(of({}), of({ precision: 10 }))).toThrow('log2m 10 cannot be raised to 11');
  });

  test('any bytes give a typed error or a sketch whose bytes are stable', () => {
    const real = vectors.filter(({ log2m, hex }) => log2m === 11 && hex !== undefined);
    let valid = 0;
    let refused = 0;
    const edits = fc.array(fc.tuple(fc.oneof(fc.nat(8), fc.nat(1300)), fc.nat(255)), { maxLength: 2 });
    fc.assert(
      fc.property(fc.constantFrom(...real), edits, fc.boolean(), ({ hex }, list, cut) => {
        let bytes = fromHex(hex!);
        for (const [at, value] of list) bytes[at % bytes.length] = value;
        if (cut && list.length === 2) bytes = bytes.slice(0, list[0][0]);
        const sketch = new PostgresSketch(11);
        try {
          sketch.mergeBytes(bytes, 0, bytes.length);
        } catch (error) {
          expect(error).toBeInstanceOf(StoreError);
          expect((error as StoreError).code).toBe('sketch_invalid');
          refused++;
          return;
        }
        valid++;
        const stored = sketch.toBytes();
        expect(union(11, [stored]).toBytes()).toEqual(stored);
        expect(Number.isFinite(sketch.estimate())).toBe(true);
      }),
      { numRuns: 10 * runs },
    );
    expect(valid).toBeGreaterThan(runs);
    expect(refused).toBeGreaterThan(runs);
  });
});
