import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { packSketches } from '../../dist/engine/sketches/pack-sketches.js';
import { entryOfInteger } from '../../dist/engine/sketches/sketch-entry.js';
import { Sketch } from '../../dist/engine/sketches/sketch.js';
import { kernels, type Kernels } from '../../dist/engine/kernels/kernels.js';
import { HIDDEN } from '../../dist/engine/kernels/select-rows.js';
import { WHOLES } from '../../dist/engine/kernels/sum-numbers.js';
import { plainKernels } from '../../dist/engine/kernels/plain-kernels.js';
import { columnMemory, type Numbers } from '../../dist/storage/column-memory.js';
import { forgetCopies, inMemory } from './in-memory.js';

/** Of one kernel; all together are more than 50,000, as many as the engine's law asks for. */
const CASES = 2_000;
const SEED = Number(process.env['GRANARY_SEED'] ?? Date.now() % 2 ** 31);

const memory = columnMemory();
const ROWS_MAX = 300;
const GROUPS = 17;
const SLOTS = 41;

/** The arrays of one call: some that are read, and some that are written, all of one length or more. */
type Arrays = Readonly<Record<string, Numbers>>;

/** Calls both kernels with equal arrays; their results and all arrays must be equal afterwards. */
function expectSame<A extends Arrays>(
  arrays: A,
  shift: number,
  call: (kernels: Kernels, arrays: A) => unknown,
): void {
  forgetCopies();
  const names = Object.keys(arrays);
  const seen = Object.fromEntries(names.map((name) => [name, inMemory(arrays[name], shift)])) as A;
  const expected = call(plainKernels, arrays);
  const actual = call(kernels(), seen);
  expect(actual).toEqual(expected);
  for (const name of names) {
    const at = arrays[name].findIndex((value, i) => !Object.is(value, seen[name][i]));
    if (at >= 0) expect([name, at, seen[name][at]]).toEqual([name, at, arrays[name][at]]);
  }
}

const codeArray = (max: number) =>
  fc
    .constantFrom(Uint8Array, Uint16Array, Uint32Array)
    .chain((kind) =>
      fc
        .array(fc.nat(Math.min(max, 2 ** (8 * kind.BYTES_PER_ELEMENT) - 1)), { maxLength: ROWS_MAX })
        .map((codes) => kind.from(codes)),
    );

const anyDouble = fc.oneof(
  fc.double(),
  fc.constantFrom(0, -0, NaN, Infinity, -Infinity, 2 ** 53, -(2 ** 53), 2 ** 960, -(2 ** 1000), 5e-324),
  fc.integer(),
);

const flagsOf = (length: number) =>
  fc.array(fc.nat(1), { minLength: length, maxLength: length }).map((flags) => Uint8Array.from(flags));

const shifts = fc.nat(5);

/** A stretch of rows within `length`. */
const stretch = (length: number) =>
  fc.tuple(fc.nat(length), fc.nat(length)).map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) }));

/** Some of the rows below `length`, ascending. */
const someRows = (length: number) =>
  fc
    .array(fc.boolean(), { minLength: length, maxLength: length })
    .map((kept) => Int32Array.from(kept.flatMap((keep, row) => (keep ? [row] : []))));

const groupsOf = (length: number) =>
  fc
    .array(fc.nat(GROUPS - 1), { minLength: length, maxLength: length })
    .map((groups) => Int32Array.from(groups));

const numbersOf = (length: number, number: fc.Arbitrary<number> = anyDouble) =>
  fc.array(number, { minLength: length, maxLength: length }).map((numbers) => Float64Array.from(numbers));

/** Fields of one case, which all tests share. */
const coded = codeArray(SLOTS - 1).chain((codes) => {
  const { length } = codes;
  return fc.record({
    codes: fc.constant(codes),
    part: stretch(length),
    rows: someRows(length),
    groups: groupsOf(length),
    table: flagsOf(SLOTS),
    flags: flagsOf(length),
    numbers: numbersOf(length),
    integers: numbersOf(length, fc.integer()),
    slots: fc
      .array(fc.nat(GROUPS - 1), { minLength: SLOTS, maxLength: SLOTS })
      .map((slots) => Int32Array.from(slots)),
    states: numbersOf(GROUPS),
    base: fc.integer(),
    shift: shifts,
  });
});

type Coded = typeof coded extends fc.Arbitrary<infer T> ? T : never;

const sound = new Map<number, Uint8Array>();

/** Of a precision that is 10 or 12: sparse, dense, and with an overflow of many zeros. */
function soundSketch(code: number, seed: number): Uint8Array {
  const key = 8 * code + seed;
  let bytes = sound.get(key);
  if (bytes === undefined) {
    const sketch = new Sketch(code % 7 === 0 ? 12 : 10);
    const size = [3, 100, 140, 3000][code % 4];
    for (let value = 0; value < size; value++) sketch.addEntry(entryOfInteger(key * 4096 + value));
    if (code % 3 === 0) sketch.addEntry((((key * 37) & 1023) << 22) | 38);
    sound.set(key, (bytes = sketch.toBytes()));
  }
  return bytes;
}

/** NULL, a sketch, or one in which a byte is another. */
function storedSketch(code: number, seed: number): Uint8Array | null {
  if (code % 5 === 0) return null;
  const bytes = soundSketch(code, seed & 7);
  if (code % 11 !== 3) return bytes;
  const edited = bytes.slice();
  edited[Math.abs(seed) % (seed % 2 === 0 ? bytes.length : 8)] ^= 1 << (code & 7);
  return edited;
}

/** Bytes that hang on the codes. */
function mixed(codes: Numbers, length: number, seed = 1): Uint8Array {
  let state = seed;
  for (const code of codes) state = (Math.imul(state, 31) + code) | 0;
  state |= 1;
  return Uint8Array.from({ length }, () => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
    return state >>> 24;
  });
}

const LAWS: Readonly<Record<string, (given: Coded) => void>> = {
  selectRows({ codes, table, part: { from, to }, shift }) {
    const rows = new Int32Array(codes.length);
    expectSame({ codes, table, rows }, shift, (k, a) => k.selectRows(a.codes, a.table, from, to, a.rows));
  },
  selectFew({ codes, table, part: { from, to }, shift }) {
    // Those that pass, up to eight: where they are fewer, the last again.
    const passing = [...table.keys()].filter((code) => table[code] === 1).slice(0, 8);
    const few = Uint32Array.from({ length: 8 }, (_, i) => passing[Math.min(i, passing.length - 1)] ?? 0);
    const rows = new Int32Array(codes.length);
    expectSame({ codes, few, rows }, shift, (k, a) => k.selectFew(a.codes, a.few, from, to, a.rows));
  },
  refineRows({ codes, table, rows, shift }) {
    expectSame({ codes, table, rows }, shift, (k, a) => k.refineRows(a.codes, a.table, a.rows, rows.length));
  },
  refineByMask({ flags, rows, shift }) {
    expectSame({ flags, rows }, shift, (k, a) => k.refineByMask(a.flags, 0, a.rows, rows.length));
  },
  writeRows({ codes, part: { from, to }, shift }) {
    expectSame({ rows: new Int32Array(codes.length) }, shift, (k, a) => k.writeRows(from, to, a.rows));
  },
  writeMask({ codes, table, part: { from, to }, shift }) {
    const mask = new Uint8Array(codes.length);
    expectSame({ codes, table, mask }, shift, (k, a) => k.writeMask(a.codes, a.table, from, to, a.mask));
  },
  hideCodes({ codes, table, part: { from, to }, shift }) {
    const mask = Uint8Array.from(codes.subarray(from, to), (code) => table[code]);
    const keys = Uint8Array.from(codes);
    expectSame({ keys, mask, into: new Uint8Array(to - from) }, shift, (k, a) =>
      k.hideCodes(a.keys, a.mask, from, to - from, a.into),
    );
  },
  andMasks({ codes, flags, table, shift }) {
    const other = Uint8Array.from(codes, (code) => table[code]);
    expectSame({ flags, other }, shift, (k, a) => k.andMasks(a.flags, a.other, codes.length));
  },
  orMasks({ codes, flags, table, shift }) {
    const other = Uint8Array.from(codes, (code) => table[code]);
    expectSame({ flags, other }, shift, (k, a) => k.orMasks(a.flags, a.other, codes.length));
  },
  gatherCodes({ codes, rows, shift }) {
    const into = new Uint32Array(rows.length);
    expectSame({ codes, rows, into }, shift, (k, a) => k.gatherCodes(a.codes, a.rows, rows.length, a.into));
  },
  gatherNumbers({ numbers, rows, shift }) {
    const into = new Float64Array(rows.length);
    expectSame({ numbers, rows, into }, shift, (k, a) =>
      k.gatherNumbers(a.numbers, a.rows, rows.length, a.into),
    );
  },
  gatherFlags({ flags, rows, shift }) {
    const into = new Uint8Array(rows.length);
    expectSame({ flags, rows, into }, shift, (k, a) => k.gatherFlags(a.flags, a.rows, rows.length, a.into));
  },
  widenRows({ codes, rows, base, shift }) {
    const into = new Float64Array(rows.length);
    expectSame({ codes, rows, into }, shift, (k, a) =>
      k.widenRows(a.codes, base, a.rows, rows.length, a.into),
    );
  },
  widenRange({ codes, part: { from, to }, base, shift }) {
    const into = new Float64Array(to - from);
    expectSame({ codes, into }, shift, (k, a) => k.widenRange(a.codes, base, from, to - from, a.into));
  },
  replaceNulls({ numbers, flags, part: { from, to }, states, shift }) {
    const into = new Float64Array(to - from);
    expectSame({ numbers, flags, into }, shift, (k, a) =>
      k.replaceNulls(a.numbers, from, a.flags, from, to - from, states[0], a.into),
    );
  },
  assignKey({ codes, slots, part: { from, to }, shift }) {
    const room = {
      groups: new Int32Array(to - from),
      cells: new Int32Array(GROUPS),
      ids: new Float64Array(GROUPS),
    };
    expectSame({ codes, slots, ...room }, shift, (k, a) => {
      const middle = from + ((to - from) >> 1);
      const known = k.assignKey(a.codes, a.slots, from, middle - from, a.cells, a.ids, 0, a.groups);
      return k.assignKey(a.codes, a.slots, middle, to - middle, a.cells, a.ids, known, a.groups);
    });
  },
  assignIds({ groups: ids, shift }) {
    const numbers = Float64Array.from(ids);
    const room = {
      groups: new Int32Array(ids.length),
      cells: new Int32Array(GROUPS),
      known: new Float64Array(GROUPS),
    };
    expectSame({ numbers, ...room }, shift, (k, a) =>
      k.assignIds(a.numbers, ids.length, a.cells, a.known, 0, a.groups),
    );
  },
  assignHashed({ groups: ids, codes, slots, shift }) {
    // Ids of up to 52 bits, of which some meet in one cell.
    const numbers = Float64Array.from(ids, (id, i) => id * 2 ** 47 + slots[codes[i]]);
    const capacity = 512;
    const room = {
      groups: new Int32Array(ids.length),
      cells: new Int32Array(2 * capacity),
      known: new Float64Array(capacity),
    };
    expectSame({ numbers, ...room }, shift, (k, a) =>
      k.assignHashed(a.numbers, ids.length, a.cells, a.known, 0, a.groups),
    );
  },
  appendKey({ codes, slots, part: { from, to }, groups, shift }) {
    const ids = Float64Array.from(groups.subarray(0, to - from));
    expectSame({ codes, slots, ids }, shift, (k, a) =>
      k.appendKey(a.codes, a.slots, GROUPS, from, to - from, a.ids),
    );
  },
  fillGroups({ groups, part: { to }, shift }) {
    expectSame({ groups }, shift, (k, a) => k.fillGroups(a.groups, 7, to));
  },
  sumNumbers({ numbers, groups, part: { from, to }, states, shift }) {
    expectSame({ states, groups, numbers }, shift, (k, a) =>
      k.sumNumbers(a.states, a.groups, a.numbers, from, to - from),
    );
  },
  sumCodes({ codes, groups, part: { from, to }, base, states, shift }) {
    expectSame({ states, groups, codes }, shift, (k, a) =>
      k.sumCodes(a.states, base, a.groups, a.codes, from, to - from),
    );
  },
  sumByCode({ codes, groups, integers, slots, part: { from, to }, base, shift }) {
    const other = Uint8Array.from(groups);
    const large = Uint32Array.from(integers);
    const sums = Float64Array.from(slots, (slot) => slot * base + 0);
    expectSame({ codes, other, large, sums }, shift, (k, a) => {
      k.sumByCode(a.sums, base, a.codes, a.other, from, to - from);
      k.sumByCode(a.sums, base, a.codes, a.large, from, to - from);
      k.sumByCode(a.sums, base, a.other, a.codes, from, to - from);
    });
  },
  sumByKey({ codes, groups, integers, slots, part: { from, to }, base, shift }) {
    // Of one byte, of two and of four.
    const other = Uint8Array.from(groups);
    const large = Uint32Array.from(integers);
    const sums = Float64Array.from(slots, (slot) => slot * base + 0).subarray(0, GROUPS);
    expectSame({ codes, slots, other, large, sums, wholes: new Float64Array(WHOLES) }, shift, (k, a) => {
      k.sumByKey(a.sums, base, a.codes, a.slots, a.other, from, to - from, a.wholes);
      k.sumByKey(a.sums, base, a.other, a.slots, a.codes, from, to - from, a.wholes);
      k.sumByKey(a.sums, base, a.other, a.slots, a.large, from, to - from, a.wholes);
    });
  },
  sumInOrder({ codes, flags, groups, integers, part: { from, to }, base, shift }) {
    const steps = Uint8Array.from(flags.subarray(from, to), (flag, i) => (i % 29 === 28 ? 255 : flag));
    const columns = {
      own: codes.slice(from, to),
      other: Uint8Array.from(groups.subarray(from, to)),
      large: Uint32Array.from(integers.subarray(from, to)),
    };
    const last = steps.reduce((sum, step) => sum + step, 0);
    const wholes = new Float64Array(last + GROUPS);
    expectSame({ steps, ...columns, wholes }, shift, (k, a) => {
      k.sumInOrder(a.wholes, base, 0, a.steps, a.own);
      k.sumInOrder(a.wholes, -base, 3, a.steps, a.other);
      k.sumInOrder(a.wholes, 2 ** 20 * base, GROUPS - 1, a.steps, a.large);
    });
  },
  settleWholes({ integers, base, shift }) {
    const sums = BigInt64Array.from(integers, (integer) => BigInt(integer) * BigInt(base));
    expectSame({ wholes: new Float64Array(sums.buffer) }, shift, (k, a) => k.settleWholes(a.wholes));
  },
  markByKey({ codes, slots, flags, part: { from, to }, shift }) {
    const seen = new Uint8Array(GROUPS);
    expectSame({ codes, slots, flags, seen }, shift, (k, a) =>
      k.markByKey(a.seen, a.codes, a.slots, a.flags, from, to - from),
    );
  },
  slotsOf({ codes, slots, part: { from, to }, shift }) {
    const groups = new Int32Array(to - from);
    expectSame({ codes, slots, groups }, shift, (k, a) =>
      k.slotsOf(a.codes, a.slots, from, to - from, a.groups),
    );
  },
  hasZero({ states, numbers, part: { to }, shift }) {
    expectSame({ numbers }, shift, (k, a) => k.hasZero(a.numbers, to));
    const others = numbers.map(
      (number, i) => (number === 0 && i % 7 !== 0 ? 1 : number) || states[i % GROUPS],
    );
    expectSame({ others }, shift, (k, a) => k.hasZero(a.others, to));
  },
  sumOfNumbers({ integers, part: { from, to }, shift }) {
    expectSame({ integers }, shift, (k, a) => k.sumOfNumbers(a.integers, from, to - from));
  },
  sumOfCodes({ codes, part: { from, to }, shift }) {
    expectSame({ codes }, shift, (k, a) => k.sumOfCodes(a.codes, from, to - from));
  },
  sumHalves({ integers, groups, part: { from, to }, base, shift }) {
    const numbers = integers.map((integer) => Math.trunc(integer * 2 ** 21 + base));
    const room = { highs: new Float64Array(GROUPS), lows: new Float64Array(GROUPS) };
    expectSame({ numbers, groups, ...room }, shift, (k, a) =>
      k.sumHalves(a.highs, a.lows, a.groups, a.numbers, from, to - from),
    );
  },
  sumDoubles({ numbers, groups, part: { from, to }, shift }) {
    const room = {
      sums: new Float64Array(GROUPS),
      rests: new Float64Array(GROUPS),
      spillGroups: new Int32Array(numbers.length),
      spillNumbers: new Float64Array(numbers.length),
    };
    expectSame({ numbers, groups, ...room }, shift, (k, a) => {
      const spill = { groups: a.spillGroups, numbers: a.spillNumbers };
      return k.sumDoubles(a.sums, a.rests, a.groups, a.numbers, from, to - from, spill);
    });
  },
  minNumbers({ numbers, groups, part: { from, to }, states, shift }) {
    expectSame({ states, groups, numbers }, shift, (k, a) =>
      k.minNumbers(a.states, a.groups, a.numbers, from, to - from),
    );
  },
  maxNumbers({ numbers, groups, part: { from, to }, states, shift }) {
    expectSame({ states, groups, numbers }, shift, (k, a) =>
      k.maxNumbers(a.states, a.groups, a.numbers, from, to - from),
    );
  },
  reachingRows({ numbers, part: { to }, base, states, shift }) {
    for (const room of [2, ROWS_MAX]) {
      for (const sign of [1, -1]) {
        for (const bound of [base, states[0]]) {
          expectSame({ numbers, rows: new Uint32Array(room) }, shift, (k, a) =>
            k.reachingRows(a.numbers, to, sign, bound, a.rows),
          );
        }
      }
    }
  },
  maxRanks({ codes, groups, shift }) {
    const room = { best: new Uint32Array(GROUPS), ranks: Uint32Array.from(codes) };
    expectSame({ groups, ...room }, shift, (k, a) => k.maxRanks(a.best, a.groups, a.ranks, codes.length));
  },
  markSeen({ groups, shift }) {
    expectSame({ groups, seen: new Uint8Array(GROUPS) }, shift, (k, a) =>
      k.markSeen(a.seen, a.groups, groups.length),
    );
  },
  raiseStored({ codes, rows, base, part: { from }, shift }) {
    const sketches = Array.from({ length: codes.length }, (_, row) => storedSketch(codes[row], base + row));
    const { bytes, offsets } = packSketches(sketches);
    const registers = mixed(codes, 2 ** 10, base).map((byte) => byte & 15);
    const start = Math.min(from, rows.length);
    expectSame({ bytes, offsets, rows, registers }, shift, (k, a) =>
      k.raiseStored(a.bytes, a.offsets, a.rows, start, rows.length, 10, a.registers),
    );
  },
  markValid({ groups, flags, part: { from, to }, shift }) {
    expectSame({ groups, flags, seen: new Uint8Array(GROUPS) }, shift, (k, a) =>
      k.markValid(a.seen, a.groups, a.flags, from, to - from),
    );
  },
};

describe.skipIf(memory === null)(
  `kernels in WebAssembly do what their TypeScript twins do, seed ${SEED}`,
  () => {
    test('there is a law for each of them, and enough cases', () => {
      expect(Object.keys(LAWS).toSorted()).toEqual(Object.keys(plainKernels).toSorted());
      expect(CASES * Object.keys(LAWS).length).toBeGreaterThanOrEqual(50_000);
    });

    test.each(Object.entries(LAWS))('%s', (_, law) => {
      fc.assert(fc.property(coded, law), { numRuns: CASES, seed: SEED });
    });

    test('sums of codes that fill their lanes', () => {
      for (const kind of [Uint8Array, Uint16Array, Uint32Array]) {
        const codes = new kind(2_000_001).fill(-1);
        expectSame({ codes }, 0, (k, a) => k.sumOfCodes(a.codes, 1, 2_000_000));
      }
    });

    test('sums by few keys, in blocks of rows and in what is left of them', () => {
      for (const [kind, top] of [
        [Uint8Array, 255],
        [Uint16Array, 65_535],
        [Uint32Array, 2 ** 23 - 1],
        [Uint32Array, 2 ** 23],
      ] as const) {
        for (const length of [1, 4, 5, 6, 10, 11]) {
          for (const rows of [15, 2_048, 6_000]) {
            for (const base of [0, 1, -12_345]) {
              // Every key with the greatest number, and some with others.
              // And some that are hidden.
              const keys = Uint8Array.from({ length: rows + 1 }, (_, i) =>
                i % 9 === 8 ? HIDDEN : (Math.imul(i, 0x9e3779b1) >>> 8) % length,
              );
              const codes = new kind(keys.length).map((_, i) => (i % 5 === keys[i] ? i % top : top));
              const slots = Int32Array.from({ length }, (_, code) => (code * 7) % GROUPS);
              const arrays = {
                sums: new Float64Array(GROUPS),
                keys,
                slots,
                codes,
                wholes: new Float64Array(WHOLES),
              };
              expectSame(arrays, 1, (k, a) =>
                k.sumByKey(a.sums, base, a.keys, a.slots, a.codes, 1, rows, a.wholes),
              );
            }
          }
        }
      }
    });

    test('sums by key that fill their lanes', () => {
      const keys = new Uint8Array(200_001).fill(1);
      for (const kind of [Uint8Array, Uint16Array, Uint32Array]) {
        for (const length of [3, 200]) {
          const codes = new kind(200_001).fill(-1);
          const arrays = { sums: new Float64Array(3), keys, slots: new Int32Array(length).fill(2), codes };
          expectSame({ ...arrays, wholes: new Float64Array(WHOLES) }, 0, (k, a) =>
            k.sumByKey(a.sums, -7, a.keys, a.slots, a.codes, 1, 200_000, a.wholes),
          );
        }
      }
    });
  },
);
