/**
 * What the rows of a whole partition add up to under a grouping is kept while the partition is in memory, as rows of its
 * own: ranges that move, as those of dashboards do, share all of their partitions but the ones at their edges.
 *
 *     asked for   ├─────┼─────┼─────┼──        then      ──┼─────┼─────┼─────┤
 *     scanned       rows  rows  rows  rows                 rows states states rows
 */
import { assert } from '../model/assert.js';
import { LIMITS } from '../model/limits.js';
import { type Numbers, placed } from '../storage/column-memory.js';
import { identity } from './identity.js';
import { denseCellsMax, type PreparedScan, type StateKeeping } from './prepare-scan.js';
import { partOf, scanSlices } from './scan-slices.js';
import type { AggregateKind, ScanInput, ScanPart, ScanShape, ScanSlice, StateInput } from './scan-task.js';

/** The same scan, with states in the place of rows where a whole partition was asked for in the same way before. */
export function withKeptStates(prepared: PreparedScan, keeping: StateKeeping): PreparedScan {
  const { shape, slices } = prepared;
  const isEager = keeping === 'eager';
  if (keeping === 'off' || (shape.rows < LIMITS.statesScanRows && !isEager)) return prepared;
  if (!shape.aggregates.every(({ kind }) => MERGED_AS_ROWS.has(kind))) return prepared;
  let room = LIMITS.statesRowsPerScan;
  let isChanged = false;
  const changed = slices.map((slice): ScanSlice => {
    const rows = slice.to - slice.from;
    if (!slice.whole || (rows < LIMITS.statesPartitionRows && !isEager)) return slice;
    const ways = waysOf(shape, slice);
    if (ways === null) return slice;
    const [kept] = ways;
    if (kept.states === null && (isEager || (kept.asked++ > 0 && room > 0))) {
      room -= rows;
      const statesMax = isEager ? Infinity : Math.floor(rows / LIMITS.rowsPerState);
      kept.states = statesOf(shape, slice, statesMax);
      forgetBeyond(ways, statesMax);
    }
    if (kept.states === null || kept.states === 'too many') return slice;
    isChanged = true;
    return kept.states;
  });
  return isChanged ? { ...prepared, slices: changed } : prepared;
}

/** Kinds of which a state is merged as what a row stores. */
const MERGED_AS_ROWS: ReadonlySet<AggregateKind> = new Set<AggregateKind>(['sum', 'min', 'max', 'sketch']);

/** One way in which a whole partition was asked for; who asks in the same way has the same columns and tables. */
interface Kept {
  readonly slice: ScanSlice;
  readonly aggregates: ScanShape['aggregates'];
  asked: number;
  /** Null: not made yet. */
  states: ScanSlice | 'too many' | null;
}

/** By a column that the partition is asked for, which goes when the partition leaves memory; the last used comes first. */
const keptStates = new WeakMap<ScanInput, Kept[]>();

/** With this way first; null: nothing tells the partition. */
function waysOf({ aggregates }: ScanShape, slice: ScanSlice): Kept[] | null {
  const column = slice.inputs[0]?.[0];
  if (column === undefined) return null;
  let ways = keptStates.get(column);
  if (ways === undefined) keptStates.set(column, (ways = []));
  const at = ways.findIndex((way) => isSame(way, slice, aggregates));
  if (at === 0) return ways;
  const kept = at < 0 ? { slice, aggregates, asked: 0, states: null } : ways.splice(at, 1)[0];
  ways.unshift(kept);
  ways.splice(LIMITS.statesPerColumn);
  return ways;
}

/** Keeps so many states of a partition, of the ways that were last used. */
function forgetBeyond(ways: Kept[], statesMax: number): void {
  let states = 0;
  const end = ways.findIndex((way) => (states += countOf(way)) > statesMax);
  if (end >= 0) ways.splice(end);
}

function countOf({ states }: Kept): number {
  return states === null || states === 'too many' ? 0 : states.to;
}

function isSame(kept: Kept, { keys, inputs }: ScanSlice, aggregates: ScanShape['aggregates']): boolean {
  const { slice } = kept;
  return (
    keys.length === slice.keys.length &&
    inputs.length === slice.inputs.length &&
    keys.every(({ codes, slots }, i) => codes === slice.keys[i].codes && slots === slice.keys[i].slots) &&
    inputs.every((columns, i) => columns.every((column, part) => column === slice.inputs[i][part])) &&
    aggregates.every(
      ({ kind, precision }, i) =>
        kind === kept.aggregates[i].kind && precision === kept.aggregates[i].precision,
    )
  );
}

function statesOf(shape: ScanShape, slice: ScanSlice, groupsMax: number): ScanSlice | 'too many' {
  const rows = slice.to - slice.from;
  const cells = shape.radices.reduce((product, radix) => product * radix, 1);
  const own = { ...shape, rows, dense: shape.dense && cells <= denseCellsMax(rows), direct: false };
  const part = partOf(scanSlices({ shape: own, slices: [slice] }));
  return part.groups > groupsMax ? 'too many' : sliceOf(part, slice);
}

/** The groups of a part as rows. */
function sliceOf({ groups, slots, states }: ScanPart, { keys }: ScanSlice): ScanSlice {
  const codes = placed(identity(groups));
  return {
    from: 0,
    to: groups,
    filters: [],
    whole: true,
    keys: keys.map((_, key) => {
      const rowSlots = placed(Uint32Array.from(slots[key]));
      return { codes, slots: placed(Int32Array.from(rowSlots)), rowSlots, ascending: false };
    }),
    inputs: states.map((columns) => columns.map(placeInput)),
    ordered: null,
  };
}

function placeInput(input: StateInput): ScanInput {
  if (input.kind === 'sketch')
    return { kind: 'sketch', bytes: placed(input.bytes), offsets: placed(input.offsets) };
  assert(input.kind === 'number', 'states are doubles or sketches where they are merged as rows are');
  return { kind: 'number', values: placed(input.values), validity: placedOrNull(input.validity) };
}

function placedOrNull<T extends Numbers>(array: T | null): T | null {
  return array === null ? null : placed(array);
}
