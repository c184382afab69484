import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DoubleSum } from '../../dist/engine/accumulators/double-sum.js';
import { Chunk } from '../../dist/engine/chunk.js';
import { kernels } from '../../dist/engine/kernels/kernels.js';
import { roundUnits, toUnits } from '../../dist/engine/double-units.js';
import { numberColumn } from './scan-cases.js';

/** Doubles of every size, many of which cancel each other out or lie half-way between two others. */
const someDouble = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0, -0, 5e-324, -5e-324, 2 ** -1022, 1e308, -1e308, Number.MAX_VALUE, -Number.MAX_VALUE),
  fc.constantFrom(1, 2 ** 53, -(2 ** 53), 2 ** -53, 2 ** -54, 1 + 2 ** -52, 2 ** 959, -(2 ** 960), 2 ** 1023),
  fc
    .tuple(fc.integer({ min: -(2 ** 53), max: 2 ** 53 }), fc.integer({ min: -1074, max: 970 }))
    .map(([whole, exponent]) => whole * 2 ** exponent),
);

/** The sum in a way that knows nothing of the engine's: whole numbers, and a search for the nearest double. */
function reference(numbers: readonly number[]): number {
  return nearest(numbers.reduce((sum, number) => sum + exact(number), 0n));
}

/** In units of 2^-1074: halved until it is one of them, which no double is further from than 2^1074. */
function exact(number: number): bigint {
  let rest = Math.abs(number);
  let units = 0n;
  for (let exponent = 1023; rest > 0; exponent--) {
    const power = 2 ** Math.max(exponent, -1074);
    if (rest < power) continue;
    units += 1n << BigInt(exponent + 1074);
    rest -= power;
  }
  return number < 0 ? -units : units;
}

/** By bisection over the bits of doubles, whose order is that of the doubles. */
function nearest(units: bigint): number {
  const size = units < 0n ? -units : units;
  const bits = new BigInt64Array(1);
  const doubles = new Float64Array(bits.buffer);
  const doubleOf = (pattern: bigint): number => ((bits[0] = pattern), doubles[0]);
  // What is beyond the greatest double stands for 2^1024, as IEEE 754 rounds.
  const exactOf = (pattern: bigint): bigint =>
    pattern === INFINITY ? 1n << 2098n : exact(doubleOf(pattern));
  let low = 0n;
  let high = INFINITY;
  if (size >= exactOf(high)) return units < 0n ? -Infinity : Infinity;
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (exactOf(middle) <= size) low = middle;
    else high = middle;
  }
  const [below, above] = [size - exactOf(low), exactOf(high) - size];
  const pattern = below < above || (below === above && low % 2n === 0n) ? low : high;
  return units < 0n ? -doubleOf(pattern) : doubleOf(pattern);
}
const INFINITY = 0x7ff0000000000000n;

/** Groups of one accumulator, by the rows that each is given. */
function accumulate(rows: readonly { readonly group: number; readonly number: number | null }[]): DoubleSum {
  const sum = new DoubleSum(true);
  sum.reserve(3);
  const chunk = new Chunk(kernels());
  for (let from = 0; from < rows.length; from += 7) {
    const part = rows.slice(from, from + 7);
    chunk.setWhole(0, part.length);
    part.forEach(({ group }, i) => (chunk.groups[i] = group));
    const column = numberColumn(
      part.map(({ number }) => number),
      { kind: 'double' },
    );
    sum.add([column], chunk);
  }
  return sum;
}

/** What workers give, merged on the calling thread. */
function merge(parts: readonly DoubleSum[]): DoubleSum {
  const whole = new DoubleSum(true);
  whole.reserve(3);
  const chunk = new Chunk(kernels());
  for (const part of parts) {
    chunk.setWhole(0, 3);
    for (let group = 0; group < 3; group++) chunk.groups[group] = group;
    whole.addStates(structuredClone(part.states(3)), chunk);
  }
  return whole;
}

const someRows = fc.array(
  fc.record({ group: fc.constantFrom(0, 2), number: fc.option(someDouble, { nil: null }) }),
  { maxLength: 60, size: 'max' },
);

test('[C10] a sum of doubles is the exact sum, rounded once, in every order and however it is divided', () => {
  fc.assert(
    fc.property(
      someRows,
      fc.infiniteStream(fc.nat()),
      fc.integer({ min: 1, max: 5 }),
      (rows, random, parts) => {
        const expected = [0, 1, 2].map((group) => {
          const numbers = rows.flatMap((row) =>
            row.group === group && row.number !== null ? [row.number] : [],
          );
          return numbers.length === 0 ? null : reference(numbers) + 0;
        });
        const shuffled = rows
          .map((row) => ({ row, rank: random.next().value as number }))
          .toSorted((a, b) => a.rank - b.rank)
          .map(({ row }) => row);
        const divided: (typeof rows)[] = Array.from({ length: parts }, () => []);
        for (const row of shuffled) divided[(random.next().value as number) % parts].push(row);
        expect(accumulate(rows).values(3)).toEqual([expected]);
        expect(accumulate(shuffled).values(3)).toEqual([expected]);
        expect(merge(divided.map(accumulate)).values(3)).toEqual([expected]);
        expect(merge([merge(divided.map(accumulate)), accumulate([])]).values(3)).toEqual([expected]);
      },
    ),
    { numRuns: 300 },
  );
});

test('what is not finite adds up as in IEEE 754, on one thread and on several', () => {
  const cases: [number[], number][] = [
    [[1, NaN, 2], NaN],
    [[Infinity, 1e308, 1e308], Infinity],
    [[1, -Infinity], -Infinity],
    [[Infinity, 5, -Infinity], NaN],
    [[1e308, 1e308, -1e308], 1e308],
    [[Number.MAX_VALUE, 2 ** 970], Infinity],
    [[Number.MAX_VALUE, 2 ** 969], Number.MAX_VALUE],
    [[1e16, 1, -1e16, 1e-20], 1],
    [[0.1, 0.2, 0.3], 0.6],
  ];
  for (const [numbers, expected] of cases) {
    for (const order of [numbers, numbers.toReversed()]) {
      const rows = order.map((number) => ({ group: 0, number }));
      expect(accumulate(rows).values(1), String(numbers)).toEqual([[expected]]);
      const each = rows.map((row) => accumulate([row]));
      expect(merge(each).values(1), String(numbers)).toEqual([[expected]]);
    }
  }
});

test('every finite double comes back from its units, and what lies between two becomes the nearer', () => {
  fc.assert(
    fc.property(someDouble, (number) => {
      expect(toUnits(number)).toBe(exact(number));
      expect(roundUnits(toUnits(number))).toBe(number + 0);
    }),
  );
  for (const whole of [2n ** 52n, 2n ** 52n + 1n, 2n ** 53n - 1n]) {
    for (const shift of [1n, 2n, 900n, 2045n]) {
      const half = 1n << (shift - 1n);
      for (const cut of [0n, 1n, half - 1n, half, half + 1n]) {
        const units = (whole << shift) + cut;
        expect(roundUnits(units), `${whole} ${shift} ${cut}`).toBe(nearest(units));
        expect(roundUnits(-units)).toBe(nearest(-units));
      }
    }
  }
  fc.assert(
    fc.property(fc.bigInt(-(2n ** 2100n), 2n ** 2100n), fc.nat({ max: 2100 }), (units, shift) => {
      expect(roundUnits(units >> BigInt(shift))).toBe(nearest(units >> BigInt(shift)) + 0);
    }),
  );
});
