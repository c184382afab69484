/** The groups of several pieces as one batch: they are rows once more, and grouped by the kernels of every scan. */
import { assert } from '../model/assert.js';
import type { GroupedBatch, GroupedColumn } from '../model/batch.js';
import { StoreError } from '../model/errors.js';
import type { ScanPlan } from '../model/plan.js';
import type { RollupId } from '../model/schema.js';
import type { LogicalType } from '../model/value.js';
import { GlobalDictionaries } from './global-dictionaries.js';
import { runScanSync } from './run-scan.js';
import { typeOfSketches } from './sketches/common-type.js';
import { storeColumn } from './store-column.js';
import { unifyTypes } from './unify-types.js';

export interface MergedPiece {
  readonly batch: GroupedBatch;
  /** Null: it comes from the source. */
  readonly rollup: RollupId | null;
}

/**
 * A piece may lack states: then its groups have none.
 *
 * @param scan groups by columns of the batches and merges all others
 * @throws StoreError `source_failed` when a column has types that do not go together
 */
export function mergePieces(scan: ScanPlan, pieces: readonly MergedPiece[]): GroupedBatch {
  const keys = new Set(scan.keys.map(({ column }) => column));
  const names = [...keys, ...scan.aggregates.flatMap(({ columns }) => columns)];
  const types = new Map(names.map((name) => [name, commonType(name, pieces)]));
  const batches = pieces.map(({ batch }) => ({
    rows: batch.rows,
    columns: new Map(
      names.map((name) => {
        const type = types.get(name) as LogicalType;
        const column = columnOf(batch, name) ?? noStates(batch, name, type);
        return [name, storeColumn(column, type, keys.has(name))];
      }),
    ),
    bytes: 0,
  }));
  return runScanSync(scan, [], batches, { dictionaries: new GlobalDictionaries(), types }).batch;
}

function commonType(name: string, pieces: readonly MergedPiece[]): LogicalType {
  const holders = pieces.flatMap(({ batch, rollup }) => {
    const column = columnOf(batch, name);
    return column === null ? [] : [{ column, rollup }];
  });
  assert(holders.length > 0, `a piece has ${name}`);
  const filled = holders.filter(({ column }) => column.values.some((value) => value !== null));
  // Where there is no value a scan may have guessed the type, and the source knows it.
  const [first, ...others] =
    filled.length > 0 ? filled : [holders.find(({ rollup }) => rollup === null) ?? holders[0]];
  let common = first.column.type;
  for (const { column, rollup } of others) {
    const { type } = column;
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
  return typeOfSketches(
    name,
    pieces.flatMap(({ batch }) => (columnOf(batch, name)?.values ?? []) as readonly (Uint8Array | null)[]),
  );
}

function placeOf(rollup: RollupId | null): string {
  return rollup ?? 'the source';
}

function columnOf(batch: GroupedBatch, name: string): GroupedColumn | null {
  return batch.columns.find((candidate) => candidate.name === name) ?? null;
}

function noStates({ rows }: GroupedBatch, name: string, type: LogicalType): GroupedColumn {
  return { name, type, values: Array.from({ length: rows }, () => null) };
}
