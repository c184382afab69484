import { assert } from '../model/assert.js';
import type { StoredBatch } from '../model/batch.js';
import { compileTest, type Filter } from '../model/filter.js';
import type { LogicalType, Value } from '../model/value.js';
import { passingCodes } from './passing-codes.js';
import type { CodeFilter, CodeTest } from './scan-task.js';

/** A filter over the codes of one partition. */
export type BatchFilter =
  | { readonly kind: 'none' } // no row passes
  | {
      readonly kind: 'rows';
      /** By column: all must pass. */
      readonly tests: ReadonlyMap<string, CodeTest>;
      /** What looks at several columns; all must pass. */
      readonly trees: readonly CodeFilter[];
    };

/**
 * Turns a filter into tables over the codes of any partition: each test is asked once for each value of a
 * dictionary. Tests of one column under one `and` or `or` fold into one table; what always or never passes vanishes.
 */
export function compileFilter(filter: Filter | null): (batch: StoredBatch) => BatchFilter {
  if (filter === null) return () => ({ kind: 'rows', tests: new Map(), trees: [] });
  const predicates: Predicates = new Map();
  return (batch) => {
    const folded = fold(filter, batch, predicates);
    if (folded === false) return { kind: 'none' };
    const tests = new Map<string, CodeTest>();
    const trees: CodeFilter[] = [];
    for (const inner of folded === true ? [] : folded.kind === 'and' ? folded.filters : [folded]) {
      if (inner.kind === 'test') tests.set(inner.column, inner);
      else trees.push(inner);
    }
    return { kind: 'rows', tests, trees };
  };
}

interface ColumnTest extends CodeTest {
  readonly column: string;
}

interface Tree {
  readonly kind: 'and' | 'or';
  /** Under one tree each column has one test at most. */
  readonly filters: readonly Folded[];
}

type Folded = ColumnTest | Tree;

/** A filter without its constant parts; a boolean when it is constant. */
function fold(filter: Filter, batch: StoredBatch, predicates: Predicates): Folded | boolean {
  if (filter.kind === 'test') {
    const column = batch.columns.get(filter.member);
    assert(column?.kind === 'dictionary', `${filter.member} is a column of keys`);
    const table = passingCodes(column, filter.test, predicateOf(filter, column.type, predicates));
    return constant(table) ?? { kind: 'test', column: filter.member, codes: column.codes, table };
  }
  const { kind } = filter;
  const decided = kind === 'or';
  const tests = new Map<string, ColumnTest>();
  const trees: Tree[] = [];
  const queue = filter.filters.map((inner) => fold(inner, batch, predicates));
  for (const inner of queue) {
    if (inner === decided) return decided;
    if (typeof inner === 'boolean') continue;
    if (inner.kind === 'test') tests.set(inner.column, join(kind, inner, tests.get(inner.column)));
    else if (inner.kind === kind) queue.push(...inner.filters);
    else trees.push(inner);
  }
  const open: Folded[] = trees;
  for (const test of tests.values()) {
    const value = constant(test.table);
    if (value === decided) return decided;
    if (value === null) open.push(test);
  }
  if (open.length === 0) return !decided;
  return open.length === 1 ? open[0] : { kind, filters: open };
}

function join(kind: Tree['kind'], test: ColumnTest, other: ColumnTest | undefined): ColumnTest {
  if (other === undefined) return test;
  const table = test.table.map((pass, code) =>
    kind === 'and' ? pass & other.table[code] : pass | other.table[code],
  );
  return { ...test, table };
}

/** What every code of the table gives, or null where they differ. */
function constant(table: Uint8Array): boolean | null {
  if (!table.includes(1)) return false;
  return table.includes(0) ? null : true;
}

type Predicates = Map<Filter, (value: Value) => boolean>;

/** Compiled for the first partition: all hold a column in the same type. */
function predicateOf(
  filter: Extract<Filter, { kind: 'test' }>,
  type: LogicalType,
  predicates: Predicates,
): (value: Value) => boolean {
  let predicate = predicates.get(filter);
  if (predicate === undefined) predicates.set(filter, (predicate = compileTest(filter.test, type)));
  return predicate;
}
