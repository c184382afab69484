/** A scan of few rows that is asked again: they are laid side by side, so that what each slice costs is spent once. */
import { assert } from '../model/assert.js';
import { LIMITS } from '../model/limits.js';
import type { PreparedScan } from './prepare-scan.js';
import type { CodeFilter, NumberInput, ScanInput, ScanSlice, SliceKey } from './scan-task.js';

interface Row {
  readonly slice: ScanSlice;
  readonly row: number;
}

/** The same scan in one slice; itself where that holds too many rows, or columns that are no numbers. */
export function gatherSlices(prepared: PreparedScan): PreparedScan {
  const { shape, slices } = prepared;
  if (slices.length === 0 || shape.rows > LIMITS.gatheredRowsMax) return prepared;
  if (!slices.every(({ inputs }) => inputs.flat().every(isNumbers))) return prepared;
  const rows = slices.flatMap(passingRows);
  const { keys, inputs } = slices[0];
  const gathered: ScanSlice = {
    from: 0,
    to: rows.length,
    filters: [],
    whole: true,
    keys: keys.map((_, at) => gatherKey(rows, at)),
    inputs: inputs.map((columns, at) => columns.map((_, column) => gatherNumbers(rows, at, column))),
    ordered: null,
  };
  return { ...prepared, slices: rows.length === 0 ? [] : [gathered] };
}

function passingRows(slice: ScanSlice): Row[] {
  const rows: Row[] = [];
  for (let row = slice.from; row < slice.to; row++) {
    if (slice.filters.every((filter) => passes(filter, row))) rows.push({ slice, row });
  }
  return rows;
}

function passes(filter: CodeFilter, row: number): boolean {
  if (filter.kind === 'test') return filter.table[filter.codes[row]] === 1;
  return filter.kind === 'and'
    ? filter.filters.every((inner) => passes(inner, row))
    : filter.filters.some((inner) => passes(inner, row));
}

/** Codes of their own, for the slots that occur. */
function gatherKey(rows: readonly Row[], at: number): SliceKey {
  const codeOf = new Map<number, number>();
  const codes = Uint32Array.from(rows, ({ slice, row }) => {
    const { codes: own, slots } = slice.keys[at];
    const slot = slots[own[row]];
    let code = codeOf.get(slot);
    if (code === undefined) codeOf.set(slot, (code = codeOf.size));
    return code;
  });
  return { codes, slots: Int32Array.from(codeOf.keys()), rowSlots: null, ascending: false };
}

function gatherNumbers(rows: readonly Row[], at: number, column: number): NumberInput {
  const values = new Float64Array(rows.length);
  const validity = new Uint8Array(rows.length);
  rows.forEach(({ slice, row }, i) => {
    const input = slice.inputs[at][column];
    assert(isNumbers(input), 'all inputs are numbers');
    values[i] = input.kind === 'number' ? input.values[row] : input.base + input.codes[row];
    validity[i] = input.validity === null ? 1 : input.validity[row];
  });
  return { kind: 'number', values, validity: validity.includes(0) ? validity : null };
}

function isNumbers(input: ScanInput): input is NumberInput {
  return input.kind === 'number' || input.kind === 'narrow';
}
