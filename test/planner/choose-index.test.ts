/** Cube Store's rule for the choice of an index (section 3.4 of its contract), on its own examples and as a law. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { IndexMeta, PartitionMeta, RollupColumn } from '../../dist/model/catalog.js';
import type { Filter, Test } from '../../dist/model/filter.js';
import type { ScanKey } from '../../dist/model/plan.js';
import type { Granularity } from '../../dist/model/schema.js';
import { chooseIndex, type IndexedRollup, type IndexNeeds } from '../../dist/planner/choose-index.js';
import { explainIndexes } from '../../dist/planner/explain-indexes.js';

const KEYS = ['a', 'b', 'c', 'd'];
const DEFAULT: IndexMeta = { name: null, type: 'regular', sortColumns: KEYS, listed: KEYS.length };

/** A regular index of a table with the keys a, b, c, d: listed ones first, then the others. */
function regular(name: string, listed: string): IndexMeta {
  const rest = KEYS.filter((key) => !listed.includes(key));
  return { name, type: 'regular', sortColumns: [...listed.split(''), ...rest], listed: listed.length };
}

function aggregating(name: string, listed: string): IndexMeta {
  return { name, type: 'aggregate', sortColumns: listed.split(''), listed: listed.length };
}

/** d is a time by day. */
const COLUMNS: RollupColumn[] = KEYS.map((name) => ({
  name,
  role: name === 'd' ? { kind: 'time', granularity: 'day' } : { kind: 'dimension' },
}));

/** @param rows of each index, in one partition */
function rollupOf(named: readonly IndexMeta[], rows: readonly number[] = []): IndexedRollup {
  const files = rows.map((count) => ({ path: '', bytes: 0, crc32: 0, rows: count, columns: [] }));
  const partitions: PartitionMeta[] = [{ key: 'all', range: null, files, builtAt: 0 }];
  return { columns: COLUMNS, indexes: [DEFAULT, ...named], partitions };
}

const number = (value: number) => ({ kind: 'number', digits: BigInt(value), scale: 0 }) as const;
const oneOf = (member: string, ...values: number[]): Filter => ({
  kind: 'test',
  member,
  test: { kind: 'oneOf', values: values.map(number), orNull: false, negated: false },
});
const atLeast = (member: string, value: number): Filter => {
  const atValue: Test = { kind: 'compare', operator: '>=', value: number(value) };
  return { kind: 'test', member, test: atValue };
};
const and = (...filters: Filter[]): Filter => ({ kind: 'and', filters });
const or = (...filters: Filter[]): Filter => ({ kind: 'or', filters });

function by(columns: string, granularity: Granularity | null = 'day'): ScanKey[] {
  const bucket = { granularity, timezone: 'UTC' };
  return columns
    .split('')
    .map((column) => ({ column, output: column, bucket: column === 'd' ? bucket : null }));
}

function chosen(rollup: IndexedRollup, needs: Partial<IndexNeeds>): string | null {
  const all = { keys: [], filter: null, merging: true, ...needs };
  const index = chooseIndex(rollup, all);
  expect(explainIndexes(rollup, all).findIndex((verdict) => verdict.chosen)).toBe(index);
  return rollup.indexes[index].name;
}

describe('the worked example of the contract: indexes cb(c, b) and dbc(d, b, c)', () => {
  const rollup = rollupOf([regular('cb', 'cb'), regular('dbc', 'dbc')]);

  test.each<[string, Partial<IndexNeeds>, string | null]>([
    ['[H9] c = 5 group by b', { filter: oneOf('c', 5), keys: by('b') }, 'cb'],
    ['b = 5 group by c, which stands first', { filter: oneOf('b', 5), keys: by('c') }, 'cb'],
    ['c = 5 and a range of a', { filter: and(oneOf('c', 5), atLeast('a', 5)), keys: by('b') }, 'cb'],
    ['c in (5, 6) pins nothing, and stands first in cb', { filter: oneOf('c', 5, 6), keys: by('b') }, 'cb'],
    ['d = 1 and c = 5 group by b', { filter: and(oneOf('d', 1), oneOf('c', 5)), keys: by('b') }, 'dbc'],
    ['group by c', { keys: by('c') }, 'cb'],
    ['group by d', { keys: by('d') }, 'dbc'],
    ['group by c and d: no index begins with them', { keys: by('cd') }, 'dbc'],
    ['an or pins nothing', { filter: or(oneOf('c', 5), oneOf('d', 5)), keys: by('b') }, 'dbc'],
    ['d = 1 by month: a coarser time is no plain column', { keys: by('d', 'month') }, 'dbc'],
    ['b and c pinned: the smaller positions', { filter: and(oneOf('b', 1), oneOf('c', 1)) }, 'cb'],
    ['group by a: none', { keys: by('a') }, null],
    ['nothing asked', {}, null],
  ])('%s', (_, needs, expected) => {
    expect(chosen(rollup, needs)).toBe(expected);
  });
});

describe('which of several', () => {
  test('one with exactly the wanted columns first goes before one that aggregates', () => {
    const rollup = rollupOf([aggregating('bac', 'bac'), regular('ca', 'ca')]);
    expect(chosen(rollup, { filter: oneOf('c', 1), keys: by('a') })).toBe('ca');
    expect(chosen(rollup, { filter: oneOf('b', 1), keys: by('a') })).toBe('bac');
    expect(chosen(rollup, { filter: oneOf('b', 1), keys: by('c') })).toBe('bac'); // none begins with b and c
  });

  test('[H9] of regular ones that which the filter’s values lead in, though another begins with all as well', () => {
    const rollup = rollupOf([regular('da', 'da'), regular('adc', 'adc')]);
    expect(chosen(rollup, { filter: oneOf('a', 1), keys: by('d') })).toBe('adc');
    expect(chosen(rollup, { filter: oneOf('d', 1), keys: by('a') })).toBe('da');
    const alone = rollupOf([regular('da', 'da')]);
    expect(chosen(alone, { filter: oneOf('a', 1), keys: by('d') })).toBeNull(); // the default begins with a
    const merged = rollupOf([aggregating('da', 'da'), regular('ad', 'ad')]);
    expect(chosen(merged, { filter: oneOf('a', 1), keys: by('d') })).toBe('da'); // it has fewer rows
  });

  test('[D79] [D80] an aggregating one needs every column of the query, and measures that can be merged', () => {
    const rollup = rollupOf([aggregating('ab', 'ab')]);
    expect(chosen(rollup, { keys: by('a'), filter: atLeast('b', 1) })).toBe('ab');
    expect(chosen(rollup, { keys: by('a'), filter: atLeast('c', 1) })).toBeNull();
    expect(chosen(rollup, { keys: by('ac') })).toBeNull();
    expect(chosen(rollup, { keys: by('a'), merging: false })).toBeNull();
  });

  test('[H11] of aggregating ones the smallest key, whatever the order of definition', () => {
    const rollup = rollupOf([aggregating('abc', 'abc'), aggregating('ab', 'ab'), aggregating('abd', 'abd')]);
    expect(chosen(rollup, { keys: by('a') })).toBe('ab');
    expect(chosen(rollup, { keys: by('ac') })).toBe('abc');
  });

  test('then that in which the filter’s columns stand further in front, then the grouped ones', () => {
    const rollup = rollupOf([regular('abc', 'abc'), regular('bac', 'bac'), regular('cab', 'cab')]);
    expect(chosen(rollup, { filter: oneOf('b', 1), keys: by('ac') })).toBe('bac');
    expect(chosen(rollup, { filter: oneOf('c', 1, 2), keys: by('bd', 'month') })).toBe('cab');
    // No index begins with d; the filter looks at nothing.
    expect(chosen(rollup, { keys: by('bd') })).toBe('bac');
  });

  test('then that in which a range follows what is pinned', () => {
    const rollup = rollupOf([regular('bac', 'bac'), regular('abc', 'abc')]);
    const filter = and(oneOf('a', 1), atLeast('b', 1));
    expect(chosen(rollup, { filter, keys: by('cd', 'month') })).toBe('abc');
  });

  test('then the one with fewer rows, by the catalog', () => {
    const rollup = rollupOf([aggregating('a', 'a'), aggregating('b', 'b')], [100, 9, 4]);
    expect(chosen(rollup, {})).toBe('b');
    expect(chosen(rollup, { keys: by('a') })).toBe('a');
  });

  test('one that was made for the query goes before the default one, which goes before all others', () => {
    const rollup = rollupOf([regular('a', 'a')]);
    expect(chosen(rollup, { filter: oneOf('a', 1) })).toBe('a');
    expect(chosen(rollup, { filter: atLeast('b', 1) })).toBeNull();
  });
});

test('[H9] [H11] the choice is the least by the contract, whatever the indexes and the query', () => {
  const listed = fc.shuffledSubarray(KEYS, { minLength: 1 }).map((columns) => columns.join(''));
  const index = fc
    .tuple(listed, fc.boolean())
    .map(([columns, merged]) => (merged ? aggregating(columns, columns) : regular(columns, columns)));
  const needsArbitrary = fc.record({
    keys: fc
      .subarray(KEYS)
      .chain((columns) =>
        fc
          .constantFrom<(Granularity | null)[]>('day', 'month', null)
          .map((grain) => by(columns.join(''), grain)),
      ),
    filter: fc
      .subarray(KEYS)
      .chain((columns) =>
        fc
          .tuple(
            ...columns.map((column) =>
              fc.constantFrom(oneOf(column, 1), oneOf(column, 1, 2), atLeast(column, 1)),
            ),
          )
          .map((tests) => (tests.length === 0 ? null : and(...tests))),
      ),
    merging: fc.boolean(),
  });
  let made = 0;
  fc.assert(
    fc.property(fc.array(index, { minLength: 1, maxLength: 5 }), needsArbitrary, (named, needs) => {
      const rollup = rollupOf(named);
      const at = chooseIndex(rollup, needs);
      expect(explainIndexes(rollup, needs).findIndex((verdict) => verdict.chosen)).toBe(at);
      const candidates = named.filter((one) => serves(one, needs) && begins(one, needs));
      const pool = candidates.length > 0 ? candidates : named.filter((one) => serves(one, needs));
      made += candidates.length > 0 ? 1 : 0;
      const least = pool.map((one) => score(one, needs)).toSorted(compareScores)[0];
      const winner = rollup.indexes[at];
      expect(serves(winner, needs)).toBe(true);
      // The contract leaves the default index out; here it may win by its positions.
      if (winner.name !== null) expect(score(winner, needs)).toEqual(least);
      else if (least !== undefined) expect(compareScores(score(winner, needs), least)).toBeLessThanOrEqual(0);
    }),
    { numRuns: process.env.GRANARY_LONG ? 20_000 : 1_500 },
  );
  expect(made).toBeGreaterThan(300);
});

/** The words of the contract, one by one. */
function pinned({ filter }: IndexNeeds): Set<string> {
  const tests = filter === null ? [] : (filter as Extract<Filter, { kind: 'and' }>).filters;
  return new Set(
    tests.flatMap((one) =>
      one.kind === 'test' && one.test.kind === 'oneOf' && one.test.values.length === 1 ? [one.member] : [],
    ),
  );
}

function wanted(needs: IndexNeeds): Set<string> {
  const plain = needs.keys.every(({ bucket }) => bucket === null || bucket.granularity !== 'month');
  return new Set([...pinned(needs), ...(plain ? needs.keys.map(({ column }) => column) : [])]);
}

function filteredColumns({ filter }: IndexNeeds): string[] {
  const tests = filter === null ? [] : (filter as Extract<Filter, { kind: 'and' }>).filters;
  return tests.flatMap((one) => (one.kind === 'test' ? [one.member] : []));
}

function serves({ type, sortColumns }: IndexMeta, needs: IndexNeeds): boolean {
  const columns = [...needs.keys.map(({ column }) => column), ...filteredColumns(needs)];
  return type === 'regular' || (needs.merging && columns.every((column) => sortColumns.includes(column)));
}

function begins({ type, sortColumns }: IndexMeta, needs: IndexNeeds): boolean {
  const isFirst = (columns: ReadonlySet<string>): boolean =>
    [...columns].every((column) => {
      const at = sortColumns.indexOf(column);
      return at >= 0 && at < columns.size;
    });
  // Ours: of a regular index only a stretch is read.
  return isFirst(wanted(needs)) && (type === 'aggregate' || isFirst(pinned(needs)));
}

type Score = readonly [number, number, number, number];

function score({ type, sortColumns }: IndexMeta, needs: IndexNeeds): Score {
  const sum = (columns: readonly string[]): number =>
    columns.reduce((total, column) => total + sortColumns.indexOf(column), 0);
  const isAggregate = type === 'aggregate';
  const grouped = needs.keys.map(({ column }) => column);
  return [
    isAggregate ? 0 : 1,
    isAggregate ? sortColumns.length : 0,
    sum(filteredColumns(needs)),
    sum(grouped),
  ];
}

function compareScores(a: Score, b: Score): number {
  const at = a.findIndex((value, i) => value !== b[i]);
  return at < 0 ? 0 : a[at] - b[at];
}
