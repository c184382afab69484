/** Rows of a scan that lie side by side, in so plain a form that nothing is left to do but to merge them. */
import type { GroupedBatch, GroupedColumn } from '../model/batch.js';
import type { ScanPlan } from '../model/plan.js';
import type { LogicalType } from '../model/value.js';
import { CodedGroups, NumberGroups, nullsAsZero } from './grouped-columns.js';
import { MAX_START, MIN_START } from './kernels/extreme-numbers.js';
import { plainKernels } from './kernels/plain-kernels.js';
import type { PreparedScan } from './prepare-scan.js';
import type { AggregateKind, NumberInput, ScanSlice } from './scan-task.js';

export interface FewRows {
  readonly groups: number;
  /** Of each row. */
  readonly groupOf: Int32Array;
  readonly keys: readonly GroupedColumn[];
  readonly states: readonly FewNumbers[];
}

interface FewNumbers {
  readonly name: string;
  readonly type: LogicalType;
  readonly kind: keyof typeof MERGES;
  readonly emptyValue: 0 | null;
  /** Of each row; where it has no value, what changes nothing. */
  readonly numbers: Float64Array;
  /** 1 for the groups that have a value; null: all have. */
  readonly validity: Uint8Array | null;
}

const MERGES = {
  sum: { start: 0, merge: plainKernels.sumNumbers },
  min: { start: MIN_START, merge: plainKernels.minNumbers },
  max: { start: MAX_START, merge: plainKernels.maxNumbers },
};

/** Null: something else than numbers is merged, or nothing. */
export function fewRows(scan: ScanPlan, { shape, slices, keys, types }: PreparedScan): FewRows | null {
  if (slices.length !== 1) return null;
  const [slice] = slices;
  const { groupOf, firstRows } = groupRows(slice, shape.direct);
  const states = scan.aggregates.map(({ columns: [name], emptyValue }, at): FewNumbers | null => {
    const { kind } = shape.aggregates[at];
    const [input] = slice.inputs[at];
    const type = types.get(name);
    if (!isMerged(kind) || input.kind !== 'number' || type === undefined) return null;
    const numbers = input.values.map((value, row) => (isValid(input, row) ? value : MERGES[kind].start));
    return { name, type, kind, emptyValue, numbers, validity: validGroups(input, groupOf, firstRows.length) };
  });
  if (!states.every((state) => state !== null)) return null;
  return {
    groups: firstRows.length,
    groupOf,
    keys: scan.keys.map(({ column, output }, at) => {
      const { codes: own, slots } = slice.keys[at];
      const codes = Uint32Array.from(firstRows, (row) => slots[own[row]]);
      const coded = { codes, dictionary: keys[at].values };
      return new CodedGroups(output, types.get(column) ?? { kind: 'string' }, coded);
    }),
    states,
  };
}

function isMerged(kind: AggregateKind): kind is keyof typeof MERGES {
  return kind in MERGES;
}

/** Groups in the order in which a scan of many rows has them: that of their first rows, or of their slots. */
function groupRows(
  { keys, to }: ScanSlice,
  bySlot: boolean,
): { readonly groupOf: Int32Array; readonly firstRows: readonly number[] } {
  const names = Array.from({ length: to }, (_, row) => keys.map(({ codes }) => codes[row]).join());
  const firsts = new Map<string, number>();
  names.forEach((name, row) => firsts.has(name) || firsts.set(name, row));
  const firstRows = [...firsts.values()];
  if (bySlot) {
    const [{ codes, slots }] = keys;
    firstRows.sort((a, b) => slots[codes[a]] - slots[codes[b]]);
  }
  const groups = new Map(firstRows.map((row, group) => [names[row], group]));
  return { groupOf: Int32Array.from(names, (name) => groups.get(name) as number), firstRows };
}

function isValid({ validity }: NumberInput, row: number): boolean {
  return validity === null || validity[row] === 1;
}

function validGroups(input: NumberInput, groupOf: Int32Array, groups: number): Uint8Array | null {
  const valid = new Uint8Array(groups);
  groupOf.forEach((group, row) => (valid[group] |= Number(isValid(input, row))));
  return valid.includes(0) ? valid : null;
}

/** As a scan gives them: keys, then states. */
export function mergeFew({ groups, groupOf, keys, states }: FewRows): GroupedBatch {
  const columns = [...keys];
  for (const { name, type, kind, emptyValue, numbers, validity } of states) {
    const { start, merge } = MERGES[kind];
    const values = new Float64Array(groups);
    if (start !== 0) values.fill(start);
    merge(values, groupOf, numbers, 0, numbers.length);
    const own = { values, validity };
    columns.push(new NumberGroups(name, type, emptyValue === 0 ? nullsAsZero(own) : own));
  }
  return { rows: groups, columns };
}
