import type {
  DictionaryColumn,
  GroupedColumn,
  NumberColumn,
  SketchColumn,
  StoredColumn,
  WideColumn,
} from '../model/batch.js';
import { canonicalInteger, compareValues, type LogicalType, type Value } from '../model/value.js';
import { packSketches } from './sketches/pack-sketches.js';
import { scaleOf } from './unify-types.js';

/**
 * Values in the form in which a scan reads them.
 *
 * @param type holds all values of the column's own type
 * @param key whether the column is grouped by
 */
export function storeColumn(column: GroupedColumn, type: LogicalType, key: boolean): StoredColumn {
  if (type.kind === 'sketch') return sketchColumn(column.values as readonly (Uint8Array | null)[], type);
  const values = raiseScale(column.values as readonly Value[], column.type, type);
  if (key || type.kind === 'string' || type.kind === 'boolean') return dictionaryColumn(values, type);
  return values.some((value) => typeof value === 'bigint')
    ? wideColumn(values, type)
    : numberColumn(values as readonly (number | null)[], type);
}

/** Exact numbers in units of a finer scale. */
function raiseScale(values: readonly Value[], from: LogicalType, to: LogicalType): readonly Value[] {
  const digits = (scaleOf(to) ?? 0) - (scaleOf(from) ?? 0);
  if (digits <= 0) return values;
  const factor = 10n ** BigInt(digits);
  return values.map((value) =>
    value === null ? null : canonicalInteger(BigInt(value as number | bigint) * factor),
  );
}

function dictionaryColumn(values: readonly Value[], type: LogicalType): DictionaryColumn {
  const distinct = new Set(values);
  const hasNulls = distinct.delete(null);
  const sorted = [...distinct].toSorted(compareValues);
  const codeOf = new Map(sorted.map((value, code) => [value, code]));
  const codes = Uint32Array.from(values, (value) => codeOf.get(value) ?? sorted.length);
  return { kind: 'dictionary', type, codes, values: sorted, hasNulls };
}

function numberColumn(values: readonly (number | null)[], type: LogicalType): NumberColumn {
  const numbers = Float64Array.from(values, (value) => value ?? 0);
  const validity = values.includes(null)
    ? Uint8Array.from(values, (value) => (value === null ? 0 : 1))
    : null;
  const absSum = numbers.reduce((sum, number) => sum + Math.abs(number), 0);
  return { kind: 'number', type, values: numbers, validity, absSum };
}

function wideColumn(values: readonly Value[], type: LogicalType): WideColumn {
  return {
    kind: 'wide',
    type,
    values: values.map((value) => (value === null ? null : BigInt(value as number | bigint))),
  };
}

function sketchColumn(values: readonly (Uint8Array | null)[], type: LogicalType): SketchColumn {
  const { bytes, offsets } = packSketches(values);
  return { kind: 'sketch', type, bytes, offsets };
}
