/** Rows as objects → columns of values, each checked against what the rollup takes there. */
import { unreachable } from '../model/assert.js';
import { TIME_MS_MAX } from '../model/check-time.js';
import { StoreError } from '../model/errors.js';
import { LIMITS } from '../model/limits.js';
import type { IngestColumn, IngestKind } from '../model/ingest-column.js';
import { throwIfAborted } from '../model/throw-if-aborted.js';
import { parseTime } from '../model/time-range.js';
import type { GivenRow, GivenValue, GivenValues, ResolveColumns } from './given-rows.js';
import { numberValues } from './number-values.js';

/**
 * Every row has every column as a property of its own; NULL is null. Texts are strings, times a Date or a text in ISO
 * (UTC without an offset), numbers a number, a bigint or a text of digits, sketches Airlift bytes.
 * @throws StoreError `rows_invalid` with the row, counted from 1, and the column
 */
export async function rowColumns(
  rows: Iterable<GivenRow> | AsyncIterable<GivenRow>,
  resolve: ResolveColumns,
  signal: AbortSignal | undefined,
): Promise<readonly GivenValues[]> {
  let open: readonly OpenColumn[] | null = null;
  let count = 0;
  for await (const row of rows) {
    count += 1;
    if (count % LIMITS.chunkRows === 0) throwIfAborted(signal);
    if (count > LIMITS.ingestRowsMax) throw tooMany();
    if (typeof row !== 'object' || row === null) throw invalid(count, null, 'is no object', OBJECTS);
    open ??= openColumns(resolve(Object.keys(row)));
    takeRow(row, count, open);
  }
  open ??= openColumns(resolve(null));
  return open.map(closeColumn);
}

/** One column while rows come in. `kind` of `any` is that of its first value. */
interface OpenColumn {
  readonly name: string;
  kind: IngestKind;
  readonly values: GivenValue[];
}

function openColumns(names: ReadonlyMap<string, IngestColumn>): readonly OpenColumn[] {
  return [...names].map(([name, { takes }]) => ({ name, kind: takes, values: [] }));
}

function takeRow(row: GivenRow, at: number, columns: readonly OpenColumn[]): void {
  for (const column of columns) {
    const value = Object.hasOwn(row, column.name) ? row[column.name] : undefined;
    if (value === undefined) {
      throw invalid(at, column.name, 'is missing', 'Give each row every column; NULL is written null.');
    }
    if (column.kind === 'any' && value !== null) column.kind = kindOf(value, at, column.name);
    column.values.push(value === null ? null : takeValue(value, column.kind, at, column.name));
  }
  if (Object.keys(row).length === columns.length) return;
  const unknown = Object.keys(row).find((name) => columns.every((column) => column.name !== name));
  throw invalid(at, unknown ?? null, 'is no column of the first row', 'Give all rows the same columns.');
}

function kindOf(value: unknown, at: number, name: string): IngestKind {
  if (typeof value === 'number' || typeof value === 'bigint') return 'number';
  if (typeof value === 'string' || typeof value === 'boolean') return typeof value as 'string' | 'boolean';
  if (value instanceof Date) return 'time';
  throw invalid(at, name, `is ${shown(value)}`, 'Give a number, a text, true or false, or a Date.');
}

const DIGITS = /^-?\d{1,38}(?:\.\d{1,38})?$/;
const UNPAIRED = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

function takeValue(value: unknown, kind: IngestKind, at: number, name: string): GivenValue {
  switch (kind) {
    case 'string':
      if (typeof value === 'string' && !UNPAIRED.test(value)) return value;
      throw invalid(at, name, `is ${shown(value)}, no text`, 'Give a string of whole characters.');
    case 'number':
      if (typeof value === 'number' || typeof value === 'bigint') return value;
      if (typeof value === 'string' && DIGITS.test(value)) return value;
      throw invalid(
        at,
        name,
        `is ${shown(value)}, no number`,
        'Give a number, a bigint or digits as a text.',
      );
    case 'integer':
      if (typeof value === 'bigint' || Number.isSafeInteger(value)) return value as bigint | number;
      if (typeof value === 'string' && /^-?\d{1,38}$/.test(value)) return value;
      throw invalid(at, name, `is ${shown(value)}, no whole number`, 'Give one that no digit is lost of.');
    case 'boolean':
      if (typeof value === 'boolean') return value;
      throw invalid(at, name, `is ${shown(value)}, neither true nor false`, 'Give true, false or null.');
    case 'time': {
      const ms = timeOf(value);
      if (ms !== null && Math.abs(ms) <= TIME_MS_MAX) return ms;
      throw invalid(at, name, `is ${shown(value)}, no time`, "Give a Date, or a text such as '2024-01-31'.");
    }
    case 'sketch':
      if (value instanceof Uint8Array) return value.slice();
      throw invalid(at, name, `is ${shown(value)}, no sketch`, 'Give Airlift bytes as a Uint8Array.');
    case 'any':
      throw new Error('a value tells its kind');
    default:
      return unreachable(kind);
  }
}

function timeOf(value: unknown): number | null {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.getTime();
  return typeof value === 'string' ? (parseTime(value)?.ms ?? null) : null;
}

function closeColumn({ name, kind, values }: OpenColumn): GivenValues {
  switch (kind) {
    case 'string':
      return { name, type: 'VARCHAR', values };
    case 'boolean':
      return { name, type: 'BOOLEAN', values };
    case 'time':
      return { name, type: 'TIMESTAMP', values };
    case 'sketch':
      return { name, type: 'BLOB', values };
    case 'number':
    case 'integer':
    case 'any': // of no value
      return {
        name,
        ...numberValues(values as readonly (number | bigint | string | null)[], kind === 'integer'),
      };
    default:
      return unreachable(kind);
  }
}

const OBJECTS = 'Give rows as objects: { orders__status: …, orders__count: … }.';

function shown(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.slice(0, LIMITS.errorValueChars);
}

function invalid(row: number, column: string | null, what: string, next: string): StoreError {
  const place = column === null ? `row ${row}` : `row ${row}, ${column.slice(0, 100)}`;
  return new StoreError('rows_invalid', `${place}: it ${what}.`, { next });
}

function tooMany(): StoreError {
  return new StoreError('rows_invalid', `there are more than ${LIMITS.ingestRowsMax} rows.`, {
    next: 'Give them as a Parquet file, or a range at a time.',
  });
}
