import type { Dictionary, DictionaryColumn } from '../model/batch.js';
import { literalValue, type Test } from '../model/filter.js';
import { compareValues, type Value } from '../model/value.js';

type Predicate = (value: Value) => boolean;

/**
 * For each code of a column whether it passes, NULL's among them. Values are sorted: where a test is one of few values,
 * or passes on one side of a bound, only the values beside them are asked.
 *
 * @param predicate the test, compiled for the column's type
 */
export function passingCodes(column: DictionaryColumn, test: Test, predicate: Predicate): Uint8Array {
  const { values, hasNulls } = column;
  const table = new Uint8Array(values.length + (hasNulls ? 1 : 0));
  if (values.length <= ASKED_ONE_BY_ONE) askEach(table, values, predicate);
  else if (test.kind === 'oneOf' && test.values.length <= LOOKED_UP_MAX)
    lookUp(table, column, test, predicate);
  else if (test.kind === 'compare') fillSide(table, values, predicate);
  else if (test.kind === 'timeRange') fillRange(table, values, test);
  else askEach(table, values, predicate);
  if (hasNulls) table[values.length] = predicate(null) ? 1 : 0;
  return table;
}

/** Fewer values than this are asked sooner than searched. */
const ASKED_ONE_BY_ONE = 16;
const LOOKED_UP_MAX = 64;

function askEach(table: Uint8Array, values: Dictionary, predicate: Predicate): void {
  values.forEach((value, code) => (table[code] = predicate(value) ? 1 : 0));
}

function lookUp(
  table: Uint8Array,
  { values, type }: DictionaryColumn,
  { values: literals, negated }: Extract<Test, { kind: 'oneOf' }>,
  predicate: Predicate,
): void {
  if (negated) table.fill(1, 0, values.length);
  for (const literal of literals) {
    const value = literalValue(literal, type);
    if (value === null) continue;
    const code = firstCode(values.length, (at) => compareValues(valueOf(values, at), value) >= 0);
    if (code < values.length) table[code] = predicate(valueOf(values, code)) ? 1 : 0;
  }
}

/** What passes lies on one side of the bound, see `range-fit.ts`. */
function fillSide(table: Uint8Array, values: Dictionary, predicate: Predicate): void {
  const first = predicate(valueOf(values, 0));
  const change = firstCode(values.length, (at) => predicate(valueOf(values, at)) !== first);
  if (first) table.fill(1, 0, change);
  else table.fill(1, change, values.length);
}

function fillRange(
  table: Uint8Array,
  values: Dictionary,
  { from, to, negated }: Extract<Test, { kind: 'timeRange' }>,
): void {
  const start = from === null ? 0 : firstCode(values.length, (at) => (valueOf(values, at) as number) >= from);
  const end =
    to === null ? values.length : firstCode(values.length, (at) => (valueOf(values, at) as number) >= to);
  if (negated) {
    table.fill(1, 0, start);
    table.fill(1, Math.max(start, end), values.length);
  } else if (start < end) table.fill(1, start, end);
}

function valueOf(values: Dictionary, code: number): Value {
  return values.at(code) as Value;
}

/** The first code of which something holds that holds of all after it; `codes` if there is none. */
function firstCode(codes: number, holds: (code: number) => boolean): number {
  let low = 0;
  let high = codes;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
