/** The groups of several pieces as one batch: they are rows once more, and grouped by the kernels of every scan. */
import { PRECISION_DEFAULT } from '../model/aggregates.js';
import { assert } from '../model/assert.js';
import type { GroupedBatch, GroupedColumn } from '../model/batch.js';
import { StoreError } from '../model/errors.js';
import type { ScanPlan } from '../model/plan.js';
import type { RollupId } from '../model/schema.js';
import type { LogicalType } from '../model/value.js';
import { GlobalDictionaries } from './global-dictionaries.js';
import { runScanSync } from './run-scan.js';
import { precisionOfBytes } from './sketches/airlift-bytes.js';
import { storeColumn } from './store-column.js';
import { unifyTypes } from './unify-types.js';

export interface MergedPiece {
  readonly batch: GroupedBatch;
  /** Null: it comes from the source. */
  readonly rollup: RollupId | null;
}

/**
 * @param scan groups by columns of the batches and merges all others
 * @throws StoreError `source_failed` when a column has types that do not go together
 */
export function mergePieces(scan: ScanPlan, pieces: readonly MergedPiece[]): GroupedBatch {
  const names = [...scan.keys, ...scan.aggregates].map(({ column }) => column);
  const keys = new Set(scan.keys.map(({ column }) => column));
  const types = new Map(names.map((name) => [name, commonType(name, pieces)]));
  const batches = pieces.map(({ batch }) => ({
    rows: batch.rows,
    columns: new Map(
      names.map((name) => {
        const type = types.get(name) as LogicalType;
        return [name, storeColumn(columnOf(batch, name), type, keys.has(name))];
      }),
    ),
    bytes: 0,
  }));
  return runScanSync(scan, [], batches, { dictionaries: new GlobalDictionaries(), types }).batch;
}

function commonType(name: string, pieces: readonly MergedPiece[]): LogicalType {
  const filled = pieces.filter(({ batch }) => columnOf(batch, name).values.some((value) => value !== null));
  // Where there is no value a scan may have guessed the type, and the source knows it.
  const [first, ...others] =
    filled.length > 0 ? filled : [pieces.find(({ rollup }) => rollup === null) ?? pieces[0]];
  let common = columnOf(first.batch, name).type;
  for (const { batch, rollup } of others) {
    const { type } = columnOf(batch, name);
    const both = unifyTypes(common, type);
    if (both === null) {
      throw new StoreError(
        'source_failed',
        `${name} is of type ${common.kind} in ${placeOf(first.rollup)}, and of type ${type.kind} in ${placeOf(rollup)}.`,
        { next: 'The type changed in the source: build the rollup again with force.' },
      );
    }
    common = both;
  }
  return common.kind === 'sketch' ? sketchType(name, pieces) : common;
}

/** A source gives sketches whose type does not say their precision: 0. Their bytes do. */
function sketchType(name: string, pieces: readonly MergedPiece[]): LogicalType {
  for (const { batch } of pieces) {
    const values = columnOf(batch, name).values as readonly (Uint8Array | null)[];
    const bytes = values.find((value) => value !== null);
    if (bytes !== undefined) return { kind: 'sketch', precision: precisionOfBytes(bytes, 0, bytes.length) };
  }
  return { kind: 'sketch', precision: PRECISION_DEFAULT };
}

function placeOf(rollup: RollupId | null): string {
  return rollup ?? 'the source';
}

function columnOf(batch: GroupedBatch, name: string): GroupedColumn {
  const column = batch.columns.find((candidate) => candidate.name === name);
  assert(column !== undefined, `every piece has ${name}`);
  return column;
}
