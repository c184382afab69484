/**
 * Kernels against DuckDB on the same rows: each law is one statement over the rows of all cases, and what kernels make of
 * the rows of each. Both give values by case and by a key, which is a row or a group.
 */
import { DuckDBInstance } from '@duckdb/node-api';
import type { DuckDBConnection } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MAX_START, MIN_START } from '../../dist/engine/kernels/extreme-numbers.js';
import { kernels, type Kernels } from '../../dist/engine/kernels/kernels.js';
import { plainKernels } from '../../dist/engine/kernels/plain-kernels.js';
import { FEW_CODES, HIDDEN } from '../../dist/engine/kernels/select-rows.js';
import { joinHalves, WHOLES } from '../../dist/engine/kernels/sum-numbers.js';
import { columnMemory } from '../../dist/storage/column-memory.js';
import { copies, forgetCopies, inMemory } from './in-memory.js';

const SEED = Number(process.env['GRANARY_SEED'] ?? Date.now() % 2 ** 31);
const CASES = 2_000;
const ROWS_MAX = 70;
const GROUPS = 17;
const SLOTS = 41;
const CELLS = 256;

interface Case {
  readonly codes: Uint8Array | Uint16Array | Uint32Array;
  readonly groups: Int32Array;
  /** Doubles of all kinds. */
  readonly numbers: Float64Array;
  /** Integers of up to 40 bits. */
  readonly wholes: Float64Array;
  readonly valid: Uint8Array;
  /** By code. */
  readonly slots: Int32Array;
  readonly passes: Uint8Array;
  /** Codes that pass, `FEW_CODES` of them. */
  readonly few: Uint32Array;
  readonly base: number;
  readonly from: number;
  readonly to: number;
  readonly shift: number;
}

/** As the statement gives it: text, where a double would not hold it. */
type Found = Iterable<readonly [key: number, value: number | string]>;

interface Law {
  /** Columns c, k and v. */
  readonly sql: string;
  readonly found: (given: Case, kernels: Kernels) => Found;
}

/** A generator of numbers below a bound: the same for the same seed. */
function draws(seed: number): (below: number) => number {
  let state = seed | 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const SPECIAL = [0, -0, NaN, Infinity, -Infinity, 5e-324, -1e300, 0.1, 2 ** 53];

function caseOf(draw: (below: number) => number): Case {
  const rows = draw(ROWS_MAX + 1);
  const kind = [Uint8Array, Uint16Array, Uint32Array][draw(3)];
  const [codesMax, groupsMax, nulls] = [1 + draw(SLOTS), 1 + draw(GROUPS), draw(5)];
  const list = (next: () => number, length = rows): number[] => Array.from({ length }, next);
  const passes = Uint8Array.from(list(() => Number(draw(4) === 0), SLOTS));
  const passing = [...passes.keys()].filter((code) => passes[code] === 1);
  const [one, other] = [draw(rows + 1), draw(rows + 1)];
  const shift = draw(6);
  return {
    codes: inMemory(kind.from(list(() => draw(codesMax))), shift),
    groups: inMemory(Int32Array.from(list(() => draw(groupsMax))), shift),
    numbers: inMemory(
      Float64Array.from(list(() => (draw(6) === 0 ? SPECIAL[draw(SPECIAL.length)] : draw(2_000) / 8 - 100))),
      shift,
    ),
    wholes: inMemory(Float64Array.from(list(() => draw(2 ** 31) * 512 - draw(2 ** 31) * 256)), shift),
    valid: inMemory(Uint8Array.from(list(() => Number(draw(5) >= nulls))), shift),
    slots: inMemory(Int32Array.from(list(() => draw(groupsMax), SLOTS)), shift),
    passes: inMemory(passes, shift),
    few: inMemory(
      Uint32Array.from({ length: FEW_CODES }, (_, i) => passing[Math.min(i, passing.length - 1)] ?? SLOTS),
      shift,
    ),
    base: draw(2_000_001) - 1_000_000,
    from: Math.min(one, other),
    to: Math.max(one, other),
    shift,
  };
}

const within = 'i >= lo AND i < hi';
const rowsOf = 'FROM rows JOIN cases USING (c)';
const coded = `${rowsOf} JOIN codes USING (c, code)`;
/** The groups of rows in the order in which they come first. */
const numbered = (id: string, where = within): string =>
  `SELECT c, i - lo AS k, dense_rank() OVER (PARTITION BY c ORDER BY first) - 1 AS v
   FROM (SELECT c, i, lo, min(i) OVER (PARTITION BY c, ${id}) AS first ${coded} WHERE ${where})`;

const counted = (array: ArrayLike<number>, count = array.length): Found =>
  Array.from({ length: count }, (_, i) => [i, array[i]] as const);
const listed = (rows: ArrayLike<number>, count: number): Found =>
  Array.from({ length: count }, (_, i) => [rows[i], 1] as const);
const some = (seen: ArrayLike<number>, value: (group: number) => number | string): Found =>
  Array.from(seen, (flag, group) => [group, flag] as const)
    .filter(([, flag]) => flag === 1)
    .map(([group]) => [group, value(group)] as const);

/** An array with zeros where kernels see it. */
const room = <T extends Float64Array | Int32Array | Uint8Array | Uint32Array>(
  kind: new (length: number) => T,
  length: number,
): T => inMemory(new kind(length), 1);

function seenGroups({ groups, valid, from, to }: Case, own: Kernels): Uint8Array {
  const seen = room(Uint8Array, GROUPS);
  own.markValid(seen, inMemory(groups.slice(from, to), 1), valid, from, to - from);
  return seen;
}

const seenRows = ({ groups, from, to }: Case, own: Kernels): Uint8Array => {
  const seen = room(Uint8Array, GROUPS);
  own.markSeen(seen, inMemory(groups.slice(from, to), 1), to - from);
  return seen;
};

const partGroups = ({ groups, from, to }: Case): Int32Array => inMemory(groups.slice(from, to), 2);

function extreme(given: Case, own: Kernels, kernel: 'minNumbers' | 'maxNumbers', start: number): Found {
  const { numbers, valid, from, to } = given;
  const filled = room(Float64Array, to - from);
  own.replaceNulls(numbers, from, valid, from, to - from, start, filled);
  const best = inMemory(new Float64Array(GROUPS).fill(start), 1);
  own[kernel](best, partGroups(given), filled, 0, to - from);
  return some(seenGroups(given, own), (group) => best[group]);
}

function maskOf({ codes, passes, from, to }: Case, own: Kernels): Uint8Array {
  const mask = room(Uint8Array, to - from);
  own.writeMask(codes, passes, from, to, mask);
  return mask;
}

const LAWS: Readonly<Record<string, Law>> = {
  selectRows: {
    sql: `SELECT c, i AS k, 1 AS v ${coded} WHERE ${within} AND passes`,
    found({ codes, passes, from, to }, own) {
      const rows = room(Int32Array, ROWS_MAX);
      return listed(rows, own.selectRows(codes, passes, from, to, rows));
    },
  },
  selectFew: {
    sql: `SELECT c, i AS k, 1 AS v ${coded} WHERE ${within} AND is_few`,
    found({ codes, few, from, to }, own) {
      const rows = room(Int32Array, ROWS_MAX);
      return listed(rows, own.selectFew(codes, few, from, to, rows));
    },
  },
  'selectRows, then refineRows': {
    sql: `SELECT c, i AS k, 1 AS v ${coded} WHERE ${within} AND passes AND other`,
    found({ codes, passes, slots, from, to }, own) {
      const rows = room(Int32Array, ROWS_MAX);
      const count = own.selectRows(codes, passes, from, to, rows);
      const odd = inMemory(
        Uint8Array.from(slots, (slot) => slot % 2),
        1,
      );
      return listed(rows, own.refineRows(codes, odd, rows, count));
    },
  },
  'writeRows, then refineByMask': {
    sql: `SELECT c, i AS k, 1 AS v ${rowsOf} WHERE ${within} AND valid`,
    found({ valid, from, to }, own) {
      const rows = room(Int32Array, ROWS_MAX);
      own.writeRows(from, to, rows);
      return listed(rows, own.refineByMask(valid, 0, rows, to - from));
    },
  },
  writeMask: {
    sql: `SELECT c, i - lo AS k, passes::INT AS v ${coded} WHERE ${within}`,
    found: (given, own) => counted(maskOf(given, own)),
  },
  'writeMask, then andMasks': {
    sql: `SELECT c, i - lo AS k, (passes AND valid)::INT AS v ${coded} WHERE ${within}`,
    found(given, own) {
      const mask = maskOf(given, own);
      own.andMasks(mask, inMemory(given.valid.slice(given.from, given.to), 2), mask.length);
      return counted(mask);
    },
  },
  'writeMask, then orMasks': {
    sql: `SELECT c, i - lo AS k, (passes OR valid)::INT AS v ${coded} WHERE ${within}`,
    found(given, own) {
      const mask = maskOf(given, own);
      own.orMasks(mask, inMemory(given.valid.slice(given.from, given.to), 2), mask.length);
      return counted(mask);
    },
  },
  hideCodes: {
    sql: `SELECT c, i - lo AS k, CASE WHEN passes THEN code ELSE ${HIDDEN} END AS v ${coded} WHERE ${within}`,
    found(given, own) {
      const into = room(Uint8Array, given.to - given.from);
      const keys = inMemory(Uint8Array.from(given.codes), 3);
      own.hideCodes(keys, maskOf(given, own), given.from, into.length, into);
      return counted(into);
    },
  },
  'refineByMask, then gatherCodes': {
    sql: `SELECT c, row_number() OVER (PARTITION BY c ORDER BY i) - 1 AS k, code AS v FROM rows WHERE valid`,
    found: (given, own) => {
      const [rows, count] = validRows(given, own);
      const into = room(Uint32Array, count);
      own.gatherCodes(given.codes, rows, count, into);
      return counted(into);
    },
  },
  'refineByMask, then gatherNumbers': {
    sql: `SELECT c, row_number() OVER (PARTITION BY c ORDER BY i) - 1 AS k, number AS v FROM rows WHERE valid`,
    found: (given, own) => {
      const [rows, count] = validRows(given, own);
      const into = room(Float64Array, count);
      own.gatherNumbers(given.numbers, rows, count, into);
      return counted(into);
    },
  },
  'refineByMask, then widenRows': {
    sql: `SELECT c, row_number() OVER (PARTITION BY c ORDER BY i) - 1 AS k, base + code AS v ${rowsOf} WHERE valid`,
    found: (given, own) => {
      const [rows, count] = validRows(given, own);
      const into = room(Float64Array, count);
      own.widenRows(given.codes, given.base, rows, count, into);
      return counted(into);
    },
  },
  widenRange: {
    sql: `SELECT c, i - lo AS k, base + code AS v ${rowsOf} WHERE ${within}`,
    found({ codes, base, from, to }, own) {
      const into = room(Float64Array, to - from);
      own.widenRange(codes, base, from, to - from, into);
      return counted(into);
    },
  },
  assignKey: {
    sql: numbered('slot'),
    found({ codes, slots, from, to }, own) {
      const groups = room(Int32Array, to - from);
      own.assignKey(
        codes,
        slots,
        from,
        to - from,
        room(Int32Array, GROUPS),
        room(Float64Array, GROUPS),
        0,
        groups,
      );
      return counted(groups);
    },
  },
  assignIds: {
    sql: numbered('grp'),
    found(given, own) {
      const ids = inMemory(Float64Array.from(partGroups(given)), 1);
      const groups = room(Int32Array, ids.length);
      own.assignIds(ids, ids.length, room(Int32Array, GROUPS), room(Float64Array, GROUPS), 0, groups);
      return counted(groups);
    },
  },
  'appendKey, then assignHashed': {
    sql: numbered('(grp, slot)'),
    found(given, own) {
      const ids = inMemory(Float64Array.from(partGroups(given)), 1);
      const groups = room(Int32Array, ids.length);
      own.appendKey(given.codes, given.slots, GROUPS, given.from, ids.length, ids);
      own.assignHashed(ids, ids.length, room(Int32Array, CELLS), room(Float64Array, CELLS), 0, groups);
      return counted(groups);
    },
  },
  'assignHashed, of large numbers': {
    sql: numbered('whole % 32'),
    found({ wholes, from, to }, own) {
      // Ids of all 52 bits, of which many meet in one cell.
      const ids = inMemory(
        wholes.slice(from, to).map((whole) => (((whole % 32) + 32) % 32) * 2 ** 47),
        1,
      );
      const groups = room(Int32Array, ids.length);
      own.assignHashed(ids, ids.length, room(Int32Array, CELLS), room(Float64Array, CELLS), 0, groups);
      return counted(groups);
    },
  },
  slotsOf: {
    sql: `SELECT c, i - lo AS k, slot AS v ${coded} WHERE ${within}`,
    found({ codes, slots, from, to }, own) {
      const groups = room(Int32Array, to - from);
      own.slotsOf(codes, slots, from, to - from, groups);
      return counted(groups);
    },
  },
  sumNumbers: {
    sql: `SELECT c, grp AS k, sum(whole)::DOUBLE AS v ${rowsOf} WHERE ${within} GROUP BY c, grp`,
    found(given, own) {
      const sums = room(Float64Array, GROUPS);
      own.sumNumbers(sums, partGroups(given), given.wholes, given.from, given.to - given.from);
      return some(seenRows(given, own), (group) => sums[group]);
    },
  },
  sumDoubles: {
    sql: `SELECT c, grp AS k, sum(whole)::DOUBLE AS v ${rowsOf} WHERE ${within} GROUP BY c, grp`,
    found(given, own) {
      const [sums, rests] = [room(Float64Array, GROUPS), room(Float64Array, GROUPS)];
      const spill = { groups: room(Int32Array, ROWS_MAX), numbers: room(Float64Array, ROWS_MAX) };
      own.sumDoubles(sums, rests, partGroups(given), given.wholes, given.from, given.to - given.from, spill);
      return some(seenRows(given, own), (group) => sums[group] + rests[group]);
    },
  },
  sumHalves: {
    sql: `SELECT c, grp AS k, sum(whole::HUGEINT * 4096 + base)::VARCHAR AS v ${rowsOf} WHERE ${within} GROUP BY c, grp`,
    found(given, own) {
      const [highs, lows] = [room(Float64Array, GROUPS), room(Float64Array, GROUPS)];
      const numbers = inMemory(
        given.wholes.map((whole) => whole * 4096 + given.base),
        1,
      );
      own.sumHalves(highs, lows, partGroups(given), numbers, given.from, given.to - given.from);
      return some(seenRows(given, own), (group) => String(joinHalves(highs[group], lows[group])));
    },
  },
  sumCodes: {
    sql: `SELECT c, grp AS k, sum(base + code)::DOUBLE AS v ${rowsOf} WHERE ${within} GROUP BY c, grp`,
    found(given, own) {
      const sums = room(Float64Array, GROUPS);
      const { base, codes, from, to } = given;
      own.sumCodes(sums, base, partGroups(given), codes, from, to - from);
      return some(seenRows(given, own), (group) => sums[group]);
    },
  },
  sumByKey: {
    sql: `SELECT c, slot AS k, sum(base + grp)::DOUBLE AS v ${coded} WHERE ${within} GROUP BY c, slot`,
    found({ codes, slots, groups, base, from, to }, own) {
      const sums = room(Float64Array, GROUPS);
      const added = inMemory(Uint8Array.from(groups), 3);
      own.sumByKey(sums, base, codes, slots, added, from, to - from, room(Float64Array, WHOLES));
      const seen = room(Uint8Array, GROUPS);
      own.markByKey(seen, codes, slots, inMemory(new Uint8Array(codes.length).fill(1), 1), from, to - from);
      return some(seen, (group) => sums[group]);
    },
  },
  sumByCode: {
    sql: `SELECT c, code AS k, sum(base + grp)::DOUBLE AS v ${rowsOf} WHERE ${within} GROUP BY c, code`,
    found({ codes, groups, base, from, to }, own) {
      const sums = room(Float64Array, SLOTS);
      own.sumByCode(sums, base, codes, inMemory(Uint16Array.from(groups), 3), from, to - from);
      const seen = new Uint8Array(SLOTS);
      for (const code of codes.subarray(from, to)) seen[code] = 1;
      return some(seen, (code) => sums[code]);
    },
  },
  'sumInOrder, then settleWholes': {
    sql: `SELECT c, step AS k, sum(base + code)::DOUBLE AS v
          FROM (SELECT c, base, code, sum(valid::INT) OVER (PARTITION BY c ORDER BY i) AS step
                ${rowsOf} WHERE ${within}) GROUP BY c, step`,
    found({ codes, valid, base, from, to }, own) {
      const steps = inMemory(valid.slice(from, to), 1);
      const sums = room(Float64Array, ROWS_MAX + 1);
      own.sumInOrder(sums, base, 0, steps, inMemory(codes.slice(from, to), 2));
      own.settleWholes(sums);
      const seen = new Uint8Array(ROWS_MAX + 1);
      let at = 0;
      for (const step of steps) seen[(at += step)] = 1;
      return some(seen, (group) => sums[group]);
    },
  },
  sumOfNumbers: {
    sql: `SELECT c, 0 AS k, coalesce(sum(whole) FILTER (${within}), 0)::DOUBLE AS v
          FROM cases LEFT JOIN rows USING (c) GROUP BY c`,
    found: ({ wholes, from, to }, own) => [[0, own.sumOfNumbers(wholes, from, to - from)]],
  },
  sumOfCodes: {
    sql: `SELECT c, 0 AS k, coalesce(sum(code) FILTER (${within}), 0)::DOUBLE AS v
          FROM cases LEFT JOIN rows USING (c) GROUP BY c`,
    found: ({ codes, from, to }, own) => [[0, own.sumOfCodes(codes, from, to - from)]],
  },
  hasZero: {
    sql: `SELECT c, 0 AS k, (count(*) FILTER (number = 0 AND i < hi) > 0)::INT AS v
          FROM cases LEFT JOIN rows USING (c) GROUP BY c`,
    found: ({ numbers, to }, own) => [[0, Number(own.hasZero(numbers, to))]],
  },
  'replaceNulls, then minNumbers, then markValid': {
    sql: `SELECT c, grp AS k, min(number) FILTER (valid) AS v ${rowsOf} WHERE ${within}
          GROUP BY c, grp HAVING bool_or(valid)`,
    found: (given, own) => extreme(given, own, 'minNumbers', MIN_START),
  },
  'replaceNulls, then maxNumbers, then markValid': {
    sql: `SELECT c, grp AS k, max(number) FILTER (valid) AS v ${rowsOf} WHERE ${within}
          GROUP BY c, grp HAVING bool_or(valid)`,
    found: (given, own) => extreme(given, own, 'maxNumbers', MAX_START),
  },
  'maxRanks, then markSeen': {
    sql: `SELECT c, grp AS k, max(code) AS v ${rowsOf} WHERE ${within} GROUP BY c, grp`,
    found(given, own) {
      const best = room(Uint32Array, GROUPS);
      const ranks = inMemory(Uint32Array.from(given.codes.subarray(given.from, given.to)), 1);
      own.maxRanks(best, partGroups(given), ranks, ranks.length);
      return some(seenRows(given, own), (group) => best[group]);
    },
  },
  markByKey: {
    sql: `SELECT c, slot AS k, 1 AS v ${coded} WHERE ${within} AND valid GROUP BY c, slot`,
    found({ codes, slots, valid, from, to }, own) {
      const seen = room(Uint8Array, GROUPS);
      own.markByKey(seen, codes, slots, valid, from, to - from);
      return some(seen, () => 1);
    },
  },
  'reachingRows, ascending': {
    sql: `SELECT c, i AS k, 1 AS v ${rowsOf} WHERE i < hi AND (isnan(number) OR number <= base / 8192)`,
    found({ numbers, base, to }, own) {
      const rows = room(Uint32Array, ROWS_MAX);
      return listed(rows, own.reachingRows(numbers, to, 1, base / 8192, rows));
    },
  },
  'reachingRows, descending': {
    sql: `SELECT c, i AS k, 1 AS v ${rowsOf} WHERE i < hi AND (isnan(number) OR number >= base / 8192)`,
    found({ numbers, base, to }, own) {
      const rows = room(Uint32Array, ROWS_MAX);
      return listed(rows, own.reachingRows(numbers, to, -1, -base / 8192, rows));
    },
  },
};

function validRows({ valid }: Case, own: Kernels): [Int32Array, number] {
  const rows = room(Int32Array, ROWS_MAX);
  own.writeRows(0, valid.length, rows);
  return [rows, own.refineByMask(valid, 0, rows, valid.length)];
}

/** Those that move or write as they are told; sketches, which DuckDB has none of to merge, have a reader of their own. */
const NOT_ASKED = ['fillGroups', 'gatherFlags', 'raiseStored'];

async function load(connection: DuckDBConnection, cases: readonly Case[]): Promise<void> {
  await connection.run('CREATE TABLE cases (c INTEGER, base BIGINT, lo INTEGER, hi INTEGER)');
  await connection.run(
    'CREATE TABLE codes (c INTEGER, code INTEGER, slot INTEGER, passes BOOLEAN, other BOOLEAN, is_few BOOLEAN)',
  );
  await connection.run(
    'CREATE TABLE rows (c INTEGER, i INTEGER, code INTEGER, grp INTEGER, number DOUBLE, whole BIGINT, valid BOOLEAN)',
  );
  const [asked, codes, rows] = await Promise.all(
    ['cases', 'codes', 'rows'].map((table) => connection.createAppender(table)),
  );
  cases.forEach((given, c) => {
    asked.appendInteger(c);
    asked.appendBigInt(BigInt(given.base));
    asked.appendInteger(given.from);
    asked.appendInteger(given.to);
    asked.endRow();
    for (let code = 0; code < SLOTS; code++) {
      codes.appendInteger(c);
      codes.appendInteger(code);
      codes.appendInteger(given.slots[code]);
      codes.appendBoolean(given.passes[code] === 1);
      codes.appendBoolean(given.slots[code] % 2 === 1);
      codes.appendBoolean(given.few.includes(code));
      codes.endRow();
    }
    for (let i = 0; i < given.codes.length; i++) {
      rows.appendInteger(c);
      rows.appendInteger(i);
      rows.appendInteger(given.codes[i]);
      rows.appendInteger(given.groups[i]);
      rows.appendDouble(given.numbers[i]);
      rows.appendBigInt(BigInt(given.wholes[i]));
      rows.appendBoolean(given.valid[i] === 1);
      rows.endRow();
    }
  });
  for (const appender of [asked, codes, rows]) appender.closeSync();
}

/** By case: keys and values, in the order of the keys. */
async function asked(connection: DuckDBConnection, sql: string): Promise<Map<number, [number, unknown][]>> {
  const reader = await connection.runAndReadAll(`SELECT c, k::INT, v FROM (${sql}) ORDER BY c, k`);
  const byCase = new Map<number, [number, unknown][]>();
  for (const [c, key, value] of reader.getRows()) {
    const own = byCase.get(Number(c)) ?? [];
    own.push([Number(key), typeof value === 'string' ? value : plus(Number(value))]);
    byCase.set(Number(c), own);
  }
  return byCase;
}

/** Which zero is the least nobody promises. */
const plus = (value: number | string): number | string => (value === 0 ? 0 : value);

describe.skipIf(columnMemory() === null)(`kernels find what DuckDB finds, seed ${SEED}`, () => {
  let instance: DuckDBInstance;
  let connection: DuckDBConnection;
  const draw = draws(SEED);
  const cases = Array.from({ length: CASES }, () => caseOf(draw));

  beforeAll(async () => {
    instance = await DuckDBInstance.create(':memory:');
    connection = await instance.connect();
    await load(connection, cases);
  });

  afterAll(() => {
    connection.closeSync();
    instance.closeSync();
    forgetCopies();
  });

  test('there is a law that asks each of them, and enough cases', () => {
    const inLaws = Object.values(LAWS)
      .map(({ found }) => String(found))
      .join('\n');
    const helpers = [seenGroups, seenRows, extreme, maskOf, validRows].map(String).join('\n');
    const missing = Object.keys(plainKernels).filter(
      (name) => !NOT_ASKED.includes(name) && !`${inLaws}${helpers}`.includes(name),
    );
    expect(missing).toEqual([]);
    expect(CASES * Object.keys(LAWS).length).toBeGreaterThanOrEqual(50_000);
  });

  test.each(Object.entries(LAWS))('%s', async (_, { sql, found }) => {
    const wanted = await asked(connection, sql);
    let values = 0;
    const before = copies();
    cases.forEach((given, c) => {
      forgetCopies(before);
      for (const own of [kernels(), plainKernels]) {
        const ours = Array.from(found(given, own), ([key, value]) => [key, plus(value)] as const);
        const theirs = wanted.get(c) ?? [];
        values += theirs.length;
        const same =
          ours.length === theirs.length &&
          ours.every(([key, value], i) => key === theirs[i][0] && Object.is(value, theirs[i][1]));
        if (!same) expect([c, ours]).toEqual([c, theirs]);
      }
    });
    expect(values).toBeGreaterThan(CASES);
  });
});
