import type { Dictionary, StoredColumn } from '../model/batch.js';
import { LazyTexts } from './lazy-texts.js';

/** Bytes of memory of a column, near enough for a cache's budget. */
export function columnBytes(column: StoredColumn): number {
  switch (column.kind) {
    case 'dictionary':
      return column.codes.byteLength + dictionaryBytes(column.values);
    case 'number':
      return column.values.byteLength + (column.validity?.byteLength ?? 0);
    case 'narrow':
      return column.codes.byteLength + (column.validity?.byteLength ?? 0);
    case 'wide':
      return column.values.length * 40;
    case 'sketch':
      return column.bytes.byteLength + column.offsets.byteLength;
  }
}

function dictionaryBytes(values: Dictionary): number {
  if (values instanceof LazyTexts) return values.byteLength;
  let bytes = 0;
  for (const value of values) bytes += 16 + textBytes(value);
  return bytes;
}

function textBytes(value: unknown): number {
  return typeof value === 'string' ? value.length * 2 : 8;
}
