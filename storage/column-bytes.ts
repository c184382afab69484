import type { StoredColumn } from '../model/batch.js';

/** Bytes of memory of a column, near enough for a cache's budget. */
export function columnBytes(column: StoredColumn): number {
  switch (column.kind) {
    case 'dictionary':
      return (
        column.codes.byteLength + column.values.reduce<number>((sum, value) => sum + 16 + textBytes(value), 0)
      );
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

function textBytes(value: unknown): number {
  return typeof value === 'string' ? value.length * 2 : 8;
}
