import type { StoredBatch, StoredColumn } from '../model/batch.js';
import { errorOf, StoreError } from '../model/errors.js';
import type { BuildColumn } from '../model/plan.js';
import type { LogicalType } from '../model/value.js';
import { columnBytes } from './column-bytes.js';
import { dictionaryColumn } from './dictionary-column.js';
import { numberColumn } from './number-column.js';
import type { ParquetFile } from './parquet-file.js';
import type { PhysicalColumn } from './physical-column.js';
import { sketchColumn } from './sketch-column.js';

/**
 * Columns of a Parquet file in the form that kernels read: keys, and what min, max, first and last keep of strings and
 * booleans (min and max: of times too), as dictionaries; other measures as numbers; sketches as bytes. `path` is for messages. Throws
 * `corrupt` for bytes that are no Parquet, and `build_failed` for columns that a rollup cannot hold.
 */
export async function decodeFile(
  path: string,
  bytes: Uint8Array<ArrayBuffer>,
  wanted: readonly BuildColumn[],
): Promise<StoredBatch> {
  // Its decoders take longer to load than a process that reads serving files takes for its first answer.
  const { openParquet } = await import('./parquet-file.js');
  try {
    return await decodeColumns(openParquet(bytes), wanted);
  } catch (error) {
    if (error instanceof StoreError) throw atPath(path, error);
    throw new StoreError('corrupt', `${path} cannot be decoded.`, {
      next: 'Build the rollup again.',
      cause: error,
    });
  }
}

/** The same error with the file in front. A message ends with its next step, which must not stand there twice. */
function atPath(path: string, error: StoreError): StoreError {
  if (error.next === undefined)
    return new StoreError(error.code, `${path}: ${error.message}`, { cause: error });
  const what = error.message.slice(0, -error.next.length - 1);
  return new StoreError(error.code, `${path}: ${what}`, { next: error.next, cause: error });
}

async function decodeColumns(file: ParquetFile, wanted: readonly BuildColumn[]): Promise<StoredBatch> {
  const columns = new Map<string, StoredColumn>();
  let bytes = 0;
  for (const build of wanted) {
    const physical = file.columns.find((column) => column.name === build.name);
    if (physical === undefined) {
      throw new StoreError('build_failed', `there is no column ${build.name}.`, {
        next: 'Build the rollup again.',
      });
    }
    const column = await decodeColumn(file, physical, build).catch((error: unknown) => {
      throw error instanceof StoreError && error.code === 'value_out_of_range'
        ? errorOf(build.name, error)
        : error;
    });
    columns.set(build.name, column);
    bytes += columnBytes(column);
  }
  return { rows: file.rows, columns, bytes };
}

async function decodeColumn(
  file: ParquetFile,
  physical: PhysicalColumn,
  { role, precision, domain }: BuildColumn,
): Promise<StoredColumn> {
  const merge = role.kind === 'measure' ? role.merge : null;
  const { name } = physical;
  if (merge === 'sketch' && precision !== null && physical.kind === 'bytes') {
    const type = { kind: 'sketch', precision, ...(domain === undefined ? {} : { domain }) } as const;
    return sketchColumn(name, await file.readPages(name), file.rows, type);
  }
  if (merge === 'sketch' || physical.kind !== 'value') throw unfit(physical, merge);
  const { type, decode } = physical;
  const byTime = merge === 'first' || merge === 'last';
  const numeric = isNumber(type) || (byTime && type.kind === 'time');
  if (merge === null || (!numeric && (byTime || merge === 'min' || merge === 'max'))) {
    return dictionaryColumn(await file.readPages(name), file.rows, type, decode);
  }
  if (!numeric) throw unfit(physical, merge);
  return numberColumn(await file.readPages(name), file.rows, type, decode, merge);
}

function isNumber(type: LogicalType): boolean {
  return type.kind === 'integer' || type.kind === 'decimal' || type.kind === 'double';
}

function unfit(physical: PhysicalColumn, merge: string | null): StoreError {
  const type =
    physical.kind === 'value' ? physical.type.kind : physical.kind === 'bytes' ? 'bytes' : physical.parquet;
  const use =
    merge === null ? 'a dimension' : merge === 'sketch' ? 'a sketch' : `a measure merged by ${merge}`;
  return new StoreError('build_failed', `column ${physical.name} is ${type}, which cannot be ${use}.`, {
    next: 'Cast it in the sql of the member.',
  });
}
