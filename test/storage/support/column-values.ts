import type { StoredBatch, StoredColumn } from '../../../dist/model/batch.js';
import { canonicalInteger } from '../../../dist/model/value.js';
import type { Value } from '../../../dist/model/value.js';

/** The values of a stored column, row by row. */
export function columnValues(column: StoredColumn): (Value | Uint8Array)[] {
  switch (column.kind) {
    case 'dictionary':
      return Array.from(column.codes, (code) => column.values.at(code) ?? null);
    case 'number':
      return Array.from(column.values, (value, row) => (column.validity?.[row] === 0 ? null : value));
    case 'narrow':
      return Array.from(column.codes, (code, row) =>
        column.validity?.[row] === 0 ? null : column.base + code,
      );
    case 'wide':
      return column.values.map((value) => (value === null ? null : canonicalInteger(value)));
    case 'sketch':
      return Array.from({ length: column.offsets.length - 1 }, (_, row) => {
        const bytes = column.bytes.slice(column.offsets[row], column.offsets[row + 1]);
        return bytes.length === 0 ? null : bytes;
      });
  }
}

/** Of dictionaries, the texts that are made only for who asks, and so are compared by nobody who looks at fields. */
export function withTexts(column: StoredColumn | undefined): object | undefined {
  return column?.kind === 'dictionary' ? { ...column, values: [...column.values] } : column;
}

export function allWithTexts({ columns }: StoredBatch): object {
  return new Map([...columns].map(([name, column]) => [name, withTexts(column)]));
}
