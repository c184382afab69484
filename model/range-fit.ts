/**
 * The one law of skipping: what a filter does to rows of which only the bounds are known. Partitions and blocks are
 * skipped by it and by nothing else.
 */
import { unreachable } from './assert.js';
import { compileTest, type Filter, literalValue, type Test } from './filter.js';
import type { MemberId } from './schema.js';
import { compareValues, type LogicalType, type Value } from './value.js';

/** Whether all rows, none, or perhaps some pass. In doubt `some`, which is always right. */
export type Fit = 'all' | 'some' | 'none';

/** What is known of the values of some rows in one column. */
export interface RangeStats {
  readonly type: LogicalType;
  readonly rows: number;
  readonly nulls: number;
  /** No value is less. Null when unknown. */
  readonly min: Value;
  /** No value is greater. Null when unknown. */
  readonly max: Value;
}

/** What a filter does to rows with these columns; `statsOf` gives null for a column of which nothing is known. */
export function fitFilter(filter: Filter, statsOf: (member: MemberId) => RangeStats | null): Fit {
  return fitTree<Extract<Filter, { kind: 'test' }>>(filter, ({ member, test }) => {
    const stats = statsOf(member);
    return stats === null ? 'some' : fitTest(test, stats);
  });
}

/** A filter in whatever form its tests have. */
type Tree<Leaf> = Leaf | { readonly kind: 'and' | 'or'; readonly filters: readonly Tree<Leaf>[] };

/** What a tree of tests does to rows, from what each test does to them. */
export function fitTree<Leaf extends { readonly kind: 'test' }>(
  tree: Tree<Leaf>,
  fitLeaf: (leaf: Leaf) => Fit,
): Fit {
  if (tree.kind === 'test') return fitLeaf(tree);
  const deciding = tree.kind === 'and' ? 'none' : 'all';
  const neutral = tree.kind === 'and' ? 'all' : 'none';
  let fit: Fit = neutral;
  for (const inner of tree.filters) {
    const innerFit = fitTree(inner, fitLeaf);
    if (innerFit === deciding) return deciding;
    if (innerFit !== neutral) fit = 'some';
  }
  return fit;
}

/** Codes into a dictionary that some rows may have: those of [from, to), and the greatest of all where `top`. */
export interface CodeRange {
  readonly from: number;
  readonly to: number; // exclusive
  /** The greatest code stands apart, for it may be that of NULL, which any block may hold. */
  readonly top: boolean;
}

/**
 * What a test does to rows whose codes lie in the range. As sharp as `fitTest` and often sharper: every value that
 * the rows may have was tested.
 *
 * @param passing how many of the codes below each code pass, one entry for each code and the last for all
 */
export function fitCodes(passing: Uint32Array, { from, to, top }: CodeRange): Fit {
  const codes = passing.length - 1;
  const possible = to - from + (top ? 1 : 0);
  const pass = passing[to] - passing[from] + (top ? passing[codes] - passing[codes - 1] : 0);
  return pass === 0 ? 'none' : pass === possible ? 'all' : 'some';
}

/** What a test does to the rows of a column. The test fits the column's type. */
export function fitTest(test: Test, stats: RangeStats): Fit {
  if (stats.rows === 0) return 'none';
  const ofNulls = passesNull(test) ? 'all' : 'none';
  if (stats.nulls === stats.rows) return ofNulls;
  const ofValues = fitValues(test, stats);
  return stats.nulls === 0 || ofValues === ofNulls ? ofValues : 'some';
}

function passesNull(test: Test): boolean {
  switch (test.kind) {
    case 'oneOf':
      return test.orNull !== test.negated;
    case 'text':
      return test.negated;
    case 'isNull':
      return !test.negated;
    case 'compare':
    case 'timeRange':
      return false;
    default:
      return unreachable(test);
  }
}

/** The verdict on the rows that hold a value; there is at least one. */
function fitValues(test: Test, stats: RangeStats): Fit {
  if (test.kind === 'isNull') return test.negated ? 'all' : 'none';
  const { min, max, type } = stats;
  if (min === null || max === null || Number.isNaN(min) || Number.isNaN(max)) return 'some';
  if (compareValues(min, max) === 0) return compileTest(test, type)(min) ? 'all' : 'none';
  switch (test.kind) {
    case 'oneOf':
      return fitOneOf(test, min, max, type);
    case 'text':
      return 'some';
    case 'compare': {
      // The values that pass lie on one side: when the bounds agree, so does all between them.
      const passes = compileTest(test, type);
      return passes(min) === passes(max) ? (passes(min) ? 'all' : 'none') : 'some';
    }
    case 'timeRange':
      return fitTimeRange(test, min as number, max as number);
    default:
      return unreachable(test);
  }
}

/** At least two values may be there, so that no list of values is sure to hold them all. */
function fitOneOf(test: Extract<Test, { kind: 'oneOf' }>, min: Value, max: Value, type: LogicalType): Fit {
  const possible = test.values.some((literal) => {
    const value = literalValue(literal, type);
    return value !== null && compareValues(min, value) <= 0 && compareValues(value, max) <= 0;
  });
  if (possible) return 'some';
  return test.negated ? 'all' : 'none';
}

function fitTimeRange(test: Extract<Test, { kind: 'timeRange' }>, min: number, max: number): Fit {
  const from = test.from ?? -Infinity;
  const to = test.to ?? Infinity;
  if (min >= from && max < to) return test.negated ? 'none' : 'all';
  if (max < from || min >= to) return test.negated ? 'all' : 'none';
  return 'some';
}
