import { unreachable } from '../model/assert.js';
import { PRECISION_DEFAULT } from '../model/aggregates.js';
import type { NarrowColumn, NumberColumn, StoredBatch, StoredColumn } from '../model/batch.js';
import { StoreError } from '../model/errors.js';
import { LIMITS } from '../model/limits.js';
import type { ScanAggregate, ScanKey, ScanPlan } from '../model/plan.js';
import type { LogicalType } from '../model/value.js';
import type { GlobalDictionaries } from './global-dictionaries.js';
import { KeyLayouts } from './key-layouts.js';
import { numberKey, type KeyNumbering } from './number-key.js';
import { isCompact } from './accumulators/create-accumulator.js';
import { type NarrowedBatch, narrowBatches } from './narrow-batches.js';
import type { AggregateKind, AggregateShape, ScanShape, ScanSlice } from './scan-task.js';
import { columnOf, keyColumn, slicesOf } from './slices-of.js';
import { unifySketches } from './sketches/common-type.js';

/** A scan in numbers, and what turns its groups back into values. */
export interface PreparedScan {
  readonly shape: ScanShape;
  readonly slices: readonly ScanSlice[];
  /** One for each key. */
  readonly keys: readonly KeyNumbering[];
  /** By column; without those that no partition holds. */
  readonly types: ReadonlyMap<string, LogicalType>;
  /** False: who asks again may be given a better one. */
  readonly isSettled: boolean;
}

export interface PrepareOptions {
  /** Of the rollup that the batches belong to. */
  readonly dictionaries: GlobalDictionaries;
  readonly grouping?: GroupingChoice;
  /** True: kernels in TypeScript alone. */
  readonly plainKernels?: boolean;
  /** Rows of a block, which is skipped when none of them can pass; Infinity: none is. */
  readonly blockRows?: number;
  /** Bytes that the groups of the scan may take; default `LIMITS.queryBytes`. */
  readonly roomBytes?: number;
  /** Of columns of the rollup that no batch shows, because all of its partitions were skipped. */
  readonly types?: ReadonlyMap<string, LogicalType>;
  /** When what whole partitions add up to is kept; default `again`. */
  readonly states?: StateKeeping | undefined;
  /** True: what waits for a second time, or for many rows or groups, does not wait; a check on what it does. */
  readonly eager?: boolean | undefined;
}

/** `eager`: from the first time on, however many there are; a check on what they hold. */
export type StateKeeping = 'again' | 'eager' | 'off';

/** How group ids find their groups: by cells of their own where these fit, by hashing, or by what is likely faster. */
export type GroupingChoice = 'auto' | 'dense' | 'hashed';

/**
 * Decides everything that needs names, values or dictionaries: which rows to visit, and how groups are numbered.
 *
 * @throws StoreError `corrupt` when partitions hold a column in different types
 */
export function prepareScan(
  scan: ScanPlan,
  sort: readonly string[],
  batches: readonly StoredBatch[],
  options: PrepareOptions,
): PreparedScan {
  const { dictionaries, grouping = 'auto', blockRows = LIMITS.blockRows, types: known = new Map() } = options;
  const filled = batches.filter((batch) => batch.rows > 0);
  const types = new Map([...known, ...columnTypes(filled)]);
  const narrowed = narrowBatches(scan, sort, filled, blockRows);
  const rows = narrowed.flatMap(({ ranges }) => ranges).reduce((sum, { from, to }) => sum + to - from, 0);
  const cellsMax = grouping === 'dense' ? LIMITS.denseCellsMax : denseCellsMax(rows);
  const keys = numberKeys(scan.keys, narrowed, dictionaries, rows, cellsMax);
  const radices = keys.map((key) => Math.max(key.values.length, 1));
  const dense = grouping !== 'hashed' && product(radices) <= cellsMax;
  const aggregates = scan.aggregates.map((aggregate) => aggregateShape(aggregate, narrowed, types));
  const direct =
    dense && radices.length === 1 && radices[0] <= rows && aggregates.every(({ kind }) => isCompact(kind));
  const shape: ScanShape = {
    radices,
    rows,
    dense,
    direct,
    plain: options.plainKernels ?? false,
    roomBytes: options.roomBytes ?? LIMITS.queryBytes,
    aggregates,
  };
  const dictionary = direct ? keys[0].dictionary : null;
  const layouts = dictionary === null ? null : new KeyLayouts(dictionary, options.eager ?? false);
  const areSummed = aggregates.length > 0 && aggregates.every(({ kind }) => kind === 'sum');
  const slices = narrowed.flatMap((slice, i) => {
    const slots = keys.map(({ tables }) => tables[i]);
    return slicesOf(slice, scan, { slots, sortedBy: sort[0], areSummed, layouts });
  });
  return { shape, slices, keys, types, isSettled: layouts?.isSettled ?? true };
}

function columnTypes(batches: readonly StoredBatch[]): Map<string, LogicalType> {
  const types = new Map<string, LogicalType>();
  const empty = new Map<string, LogicalType>();
  for (const { columns } of batches) {
    for (const [name, column] of columns) {
      const { type } = column;
      const known = types.get(name) ?? type;
      if (type.kind === 'sketch' && known.kind === 'sketch') {
        // Partitions may differ in precision, and what holds no sketch has no domain.
        if (isEmpty(column)) empty.set(name, type);
        else types.set(name, unifySketches(name, known, type));
        continue;
      }
      if (!sameType(known, type)) {
        throw new StoreError(
          'corrupt',
          `partitions hold ${name} as ${typeName(known)} and as ${typeName(type)}.`,
          { next: 'Build the rollup again with force.' },
        );
      }
      types.set(name, known);
    }
  }
  return new Map([...empty, ...types]);
}

function isEmpty(column: StoredColumn): boolean {
  return column.kind === 'sketch' && column.bytes.length === 0;
}

function sameType(a: LogicalType, b: LogicalType): boolean {
  return a === b || (a.kind === b.kind && typeName(a) === typeName(b));
}

function typeName(type: LogicalType): string {
  switch (type.kind) {
    case 'decimal':
      return `decimal of scale ${type.scale}`;
    case 'sketch':
      return `sketch of precision ${type.precision}`;
    default:
      return type.kind;
  }
}

/** Cells are worth their clearing while they are not many more than the rows. */
export function denseCellsMax(rows: number): number {
  return Math.min(LIMITS.denseCellsMax, Math.max(1_024, 4 * rows));
}

/** Numbers the values of each key, of the whole rollup; of these slices alone where that makes cells fit. */
function numberKeys(
  keys: readonly ScanKey[],
  narrowed: readonly NarrowedBatch[],
  dictionaries: GlobalDictionaries,
  rows: number,
  cellsMax: number,
): KeyNumbering[] {
  const sources = keys.map((key) => ({
    dictionary: dictionaries.of(key.column, key.bucket),
    columns: narrowed.map(({ batch, tests }) => ({
      column: keyColumn(batch, key),
      admitted: tests.get(key.column)?.table ?? null,
    })),
  }));
  const numbered = sources.map((source) => numberKey(source, false));
  if (product(numbered.map(({ values }) => values.length)) <= cellsMax) return numbered;
  const codes = numbered.flatMap(({ tables }) => tables).reduce((sum, table) => sum + table.length, 0);
  return codes > rows ? numbered : sources.map((source) => numberKey(source, true));
}

function aggregateShape(
  aggregate: ScanAggregate,
  narrowed: readonly NarrowedBatch[],
  types: ReadonlyMap<string, LogicalType>,
): AggregateShape {
  const columns = narrowed.map(({ batch }) => columnOf(batch, aggregate.columns[0]));
  const type = types.get(aggregate.columns[0]);
  return {
    kind: aggregateKind(aggregate, columns),
    nullable: columns.some((column) => isNumbers(column) && column.validity !== null),
    precision: type?.kind === 'sketch' ? type.precision : PRECISION_DEFAULT,
  };
}

function aggregateKind({ operation }: ScanAggregate, columns: readonly StoredColumn[]): AggregateKind {
  switch (operation) {
    case 'sum':
      return sumKind(columns);
    case 'min':
      return columns.every(isNumbers) ? 'min' : 'minValue';
    case 'max':
      return columns.every(isNumbers) ? 'max' : 'maxValue';
    case 'sketch':
    case 'moments':
    case 'comoments':
    case 'first':
    case 'last':
      return operation;
    default:
      return unreachable(operation);
  }
}

function sumKind(columns: readonly StoredColumn[]): AggregateKind {
  if (columns.some((column) => column.type.kind === 'double')) return 'doubleSum';
  let absSum = 0;
  for (const column of columns) {
    if (!isNumbers(column)) return 'wideSum';
    absSum += column.absSum;
  }
  return absSum <= EXACT_MAX ? 'sum' : 'wideSum';
}

/** Below the largest safe integer: kernels add a chunk's bases and its codes apart, and the codes come to 2^44. */
const EXACT_MAX = 2 ** 52;

function isNumbers(column: StoredColumn): column is NumberColumn | NarrowColumn {
  return column.kind === 'number' || column.kind === 'narrow';
}

function product(numbers: readonly number[]): number {
  return numbers.reduce((result, number) => result * number, 1);
}
