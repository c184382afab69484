/** Two sets of groups that must be the same: where they differ, and by how much. */
import { assert, unreachable } from '../model/assert.js';
import type { GroupedBatch, GroupedColumn } from '../model/batch.js';
import type { MergeOperation } from '../model/aggregates.js';
import { domainOfBytes } from '../model/sketch-domain.js';
import { formatValue } from '../model/value.js';
import type { LogicalType, Value } from '../model/value.js';
import { denseBytes } from './sketches/airlift-bytes.js';
import { mergeSketches } from './sketches/merge-sketches.js';
import { Sketch } from './sketches/sketch.js';

/** A state of several columns, or a value that is never merged. */
export interface ComparedState {
  readonly columns: readonly string[];
  readonly operation: MergeOperation | null;
  /** Column of `ours` that bounds the sum of the sizes of what was added up; else the values themselves are the bound. */
  readonly slack?: string;
}

export interface GroupDifferences {
  /** Groups that only the one has. */
  readonly onlyOurs: number;
  readonly onlyTheirs: number;
  /** The first state that differs, of the first group in which one does, in text. */
  readonly first: StateDifference | null;
  /** Groups of both in which a state differs. */
  readonly changed: number;
}

export interface StateDifference {
  readonly group: string;
  readonly column: string;
  readonly ours: string;
  readonly theirs: string;
}

/**
 * Exact numbers, times, texts and counts must be equal, sketches have the same registers, and doubles differ by no more
 * than the order of their additions can make of them.
 * @param keys columns that tell the groups of each apart
 */
export function compareGroups(
  ours: GroupedBatch,
  theirs: GroupedBatch,
  keys: readonly string[],
  states: readonly ComparedState[],
): GroupDifferences {
  const [ourKeys, theirKeys] = [groupTexts(ours, keys), groupTexts(theirs, keys)];
  const rowOf = new Map(theirKeys.map((text, row) => [text, row]));
  const compared = states.map((state) => prepareState(state, ours, theirs));
  let [both, changed] = [0, 0];
  let first: StateDifference | null = null;
  ourKeys.forEach((group, ourRow) => {
    const theirRow = rowOf.get(group);
    if (theirRow === undefined) return;
    both++;
    const state = compared.find((each) => differingPart(each, ourRow, theirRow) >= 0);
    if (state === undefined) return;
    changed++;
    first ??= tellDifference(state, keys.length === 0 ? 'all rows' : group, ourRow, theirRow);
  });
  return { onlyOurs: ours.rows - both, onlyTheirs: theirs.rows - both, changed, first };
}

/** The values of a group's keys, each as it stands in an answer, in JSON. */
function groupTexts(batch: GroupedBatch, keys: readonly string[]): string[] {
  const columns = keys.map((name) => columnOf(batch, name));
  return Array.from({ length: batch.rows }, (_, row) =>
    JSON.stringify(columns.map(({ type, values }) => formatValue(values[row] as Value, type, 'string'))),
  );
}

interface PreparedState {
  readonly operation: MergeOperation | null;
  readonly ours: readonly GroupedColumn[];
  readonly theirs: readonly GroupedColumn[];
  readonly slack: GroupedColumn | null;
  /** Of each column, the largest size of a double in it. */
  readonly largest: readonly number[];
}

function prepareState(
  { columns, operation, slack }: ComparedState,
  ours: GroupedBatch,
  theirs: GroupedBatch,
): PreparedState {
  const [our, their] = [ours, theirs].map((batch) => columns.map((name) => columnOf(batch, name)));
  return {
    operation,
    ours: our,
    theirs: their,
    slack: slack === undefined ? null : columnOf(ours, slack),
    largest: our.map((column, at) => Math.max(largestOf(column), largestOf(their[at]))),
  };
}

function largestOf({ type, values }: GroupedColumn): number {
  if (type.kind !== 'double') return 0;
  let largest = 0;
  for (const value of values) {
    if (typeof value === 'number' && Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
  }
  return largest;
}

/** Position of the first column that differs, or -1. */
function differingPart(state: PreparedState, ourRow: number, theirRow: number): number {
  const means = !meansNothing(state, state.ours, ourRow) || !meansNothing(state, state.theirs, theirRow);
  return state.ours.findIndex(({ type, values }, part) => {
    if (part > 0 && !means) return false;
    const { type: theirType, values: theirValues } = state.theirs[part];
    const [a, b] = [values[ourRow], theirValues[theirRow]];
    if (a === null || b === null) return a !== b;
    if (a instanceof Uint8Array || b instanceof Uint8Array) return !sameSketch(a, b, type, theirType);
    if (type.kind !== 'double' && theirType.kind !== 'double') {
      return formatValue(a, type, 'string') !== formatValue(b, theirType, 'string');
    }
    const [x, y] = [Number(formatValue(a, type, 'string')), Number(formatValue(b, theirType, 'string'))];
    return !(Object.is(x + 0, y + 0) || Math.abs(x - y) <= tolerance(state, part, ourRow, x, y));
  });
}

/** Of moments over a NaN or an infinity only the count is kept, see docs/format.md. */
function meansNothing({ operation }: PreparedState, columns: readonly GroupedColumn[], row: number): boolean {
  const isMoment = operation === 'moments' || operation === 'comoments';
  return isMoment && columns.some(({ values }) => Number.isNaN(values[row]));
}

/** What another order of additions can make of a double, with room. Moments lose the digits that their means share. */
function tolerance(state: PreparedState, part: number, ourRow: number, x: number, y: number): number {
  const near = 1e-9 * Math.max(Math.abs(x), Math.abs(y)) + 1e-12 * state.largest[part];
  switch (state.operation) {
    case 'sum':
      return state.slack === null ? near : 1e-12 * Number(state.slack.values[ourRow] ?? 0);
    case 'moments':
    case 'comoments': {
      const pairs = state.operation === 'comoments';
      const number = (at: number): number => Math.abs(Number(state.ours[at].values[ourRow] ?? 0));
      if (part === 0) return near;
      // No value lies further from its mean than the root of M2.
      if (part <= (pairs ? 2 : 1)) return near + 1e-12 * Math.sqrt(number(part + (pairs ? 2 : 1)));
      const [count, mean] = [number(0), pairs ? Math.max(number(1), number(2)) : number(1)];
      const spread = pairs ? Math.max(number(3), number(4)) : number(2);
      return 1e-6 * Math.max(Math.abs(x), Math.abs(y), spread) + 1e-14 * count * mean * mean;
    }
    case 'min':
    case 'max':
    case 'first':
    case 'last':
    case 'sketch':
      return 0;
    case null:
      return near;
    default:
      return unreachable(state.operation);
  }
}

function sameSketch(a: unknown, b: unknown, ...types: readonly LogicalType[]): boolean {
  assert(a instanceof Uint8Array && b instanceof Uint8Array, 'sketches are bytes');
  if (Buffer.compare(a, b) === 0) return true;
  const domain = domainOfBytes(a, 0);
  if (domain !== domainOfBytes(b, 0)) return false;
  if (domain === 'pghll')
    return Buffer.compare(mergeSketches([a]).toBytes(), mergeSketches([b]).toBytes()) === 0;
  const precision = Math.max(...types.map((type) => (type.kind === 'sketch' ? type.precision : 0)));
  return Buffer.compare(registersOf(a, precision), registersOf(b, precision)) === 0;
}

/** The dense form, whatever the given one is. */
function registersOf(bytes: Uint8Array, precision: number): Uint8Array {
  const sketch = new Sketch(precision);
  const empty = denseBytes(precision, new Uint8Array(2 ** precision));
  sketch.mergeBytes(empty, 0, empty.length);
  sketch.mergeBytes(bytes, 0, bytes.length);
  return sketch.toBytes();
}

function tellDifference(
  state: PreparedState,
  group: string,
  ourRow: number,
  theirRow: number,
): StateDifference {
  const part = differingPart(state, ourRow, theirRow);
  return {
    group,
    column: state.ours[part].name,
    ours: valueText(state.ours[part], ourRow),
    theirs: valueText(state.theirs[part], theirRow),
  };
}

function valueText({ type, values }: GroupedColumn, row: number): string {
  const value = values[row];
  if (value instanceof Uint8Array) return 'a sketch of other registers';
  return value === null ? 'NULL' : String(formatValue(value, type, 'string'));
}

function columnOf(batch: GroupedBatch, name: string): GroupedColumn {
  const column = batch.columns.find((each) => each.name === name);
  assert(column !== undefined, `the groups have ${name}`);
  return column;
}
