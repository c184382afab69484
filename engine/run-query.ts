/** Obeys a plan: read or ask, group, finish. */
import { stateName } from '../model/aggregates.js';
import { assert } from '../model/assert.js';
import type { GroupedBatch, StoredBatch } from '../model/batch.js';
import type { RollupColumn, RollupMeta } from '../model/catalog.js';
import { filterMembers } from '../model/filter.js';
import type { Piece, QueryPlan, RollupPiece, SourcePiece, SourceRequest, Statement } from '../model/plan.js';
import type { RollupId } from '../model/schema.js';
import { LIMITS } from '../model/limits.js';
import { throwIfAborted } from '../model/throw-if-aborted.js';
import type { LogicalType } from '../model/value.js';
import type { AnsweredBuckets } from '../model/window-series.js';
import type { Source } from '../sources/source.js';
import type { Storage } from '../storage/storage.js';
import { finishRows } from './finish-rows.js';
import type { FinishedRows } from './finish-rows.js';
import type { GlobalDictionaries } from './global-dictionaries.js';
import { gatheredScan } from './kept-preparations.js';
import type { LeadingBy } from './leading-groups.js';
import { mergePieces } from './merge-pieces.js';
import { nameMeasures } from './name-measures.js';
import { rollWindows } from './roll-windows.js';
import { rowMaker, type RowMaker } from './row-objects.js';
import { runLanes } from './run-lanes.js';
import { runScan, scanGathered, waitForTurn } from './run-scan.js';
import type { ScanOptions, ScanResult } from './run-scan.js';
import { totalsBatch } from './totals-batch.js';

export interface QueryTools {
  readonly storage: Storage;
  readonly dictionariesOf: (rollup: RollupMeta) => GlobalDictionaries;
  readonly scan: Omit<ScanOptions, 'signal' | 'dictionaries'>;
  /** False: look at every row, as a check on the binary search. */
  readonly narrowing: boolean;
  readonly source: (name: string) => Source;
  readonly statement: (request: SourceRequest) => Promise<Statement>;
  readonly numbers: 'string' | 'native';
  readonly signal?: AbortSignal | undefined;
}

export interface QueryAnswer extends FinishedRows {
  /** Rows of rollups that were looked at; null from the source alone, which does not tell. */
  readonly rowsScanned: number | null;
}

/** A plan with all that running it needs to know of the catalog, so that it may be run again and again. */
export interface PreparedQuery {
  readonly plan: QueryPlan;
  readonly pieces: readonly PreparedPiece[];
  readonly makeRows: RowMaker;
}

type PreparedPiece = SourcePiece | PreparedRollup;

interface PreparedRollup {
  readonly kind: 'rollup';
  readonly piece: RollupPiece;
  /** By partition, the row that stands for it; null: it is read. */
  readonly totals: readonly (StoredBatch | null)[];
  /** What the scan groups by, filters by and merges. */
  readonly columns: readonly RollupColumn[];
  /** What the rows are sorted by. */
  readonly sort: readonly string[];
  /** Null: all groups are asked for. */
  readonly leading: LeadingBy | null;
  /** Of the columns of the index, where no partition is read that would tell them. */
  readonly types: ReadonlyMap<string, LogicalType>;
}

/**
 * Pure: where the planner may look at the catalog, so may this.
 *
 * @param totals false: every partition is read, as a check on what the catalog tells
 */
export function prepareQuery(plan: QueryPlan, totals = true): PreparedQuery {
  const pieces = plan.pieces.map((piece): PreparedPiece => {
    if (piece.kind === 'source') return piece;
    const { rollup, index, partitions } = piece;
    return {
      kind: 'rollup',
      piece,
      totals: partitions.map(({ files }) => (totals ? totalsBatch(files[index], piece.scan) : null)),
      columns: neededColumns(piece),
      sort: rollup.indexes[index].sortColumns,
      leading: leadingBy(plan, piece),
      types: partitions.length === 0 ? publishedTypes(piece) : new Map(),
    };
  });
  return { plan, pieces, makeRows: rowMaker(plan.output) };
}

/** Whether the first groups by one column are enough, before anything but their order is looked at. */
function leadingBy({ merge, finish, output }: QueryPlan, { roll }: RollupPiece): LeadingBy | null {
  const { order, limit, offset, having, total, measures } = finish;
  if (
    merge !== null ||
    roll !== undefined ||
    having !== null ||
    total ||
    limit === null ||
    order.length === 0
  )
    return null;
  const shown = output.find(({ name }) => name === order[0].column);
  if (shown?.kind !== 'measure') return null;
  const value = measures.find(({ measure }) => measure.id === shown.measure.id)?.value;
  if (value?.kind !== 'state') return null;
  return { column: stateName(value.state), descending: order[0].descending, count: offset + limit };
}

/** Whether all rows lie side by side, so that `answerAtHand` can give the answer. */
export function isAtHand({ plan, pieces: [piece] }: PreparedQuery): boolean {
  return (
    plan.pieces.length === 1 &&
    plan.merge === null &&
    piece.kind === 'rollup' &&
    piece.piece.roll === undefined &&
    gatheredScan(piece.piece.scan) !== null
  );
}

/**
 * As `runQuery`, without a pause.
 *
 * @throws StoreError
 */
export function answerAtHand(
  { plan, pieces: [piece], makeRows }: PreparedQuery,
  numbers: QueryTools['numbers'],
): QueryAnswer {
  assert(piece.kind === 'rollup', 'a rollup holds the rows');
  const { scan } = piece.piece;
  const gathered = gatheredScan(scan);
  assert(gathered !== null, 'rows that lie side by side stay so');
  const { batch, rowsScanned } = scanGathered(scan, gathered);
  return { ...finishRows(batch, plan.finish, plan.output, { numbers, makeRows }), rowsScanned };
}

/** @throws StoreError */
export async function runQuery(
  { plan, pieces, makeRows }: PreparedQuery,
  tools: QueryTools,
): Promise<QueryAnswer> {
  const grouped = await runPieces(pieces, tools);
  throwIfAborted(tools.signal);
  const batch =
    plan.merge === null
      ? grouped[0].batch
      : mergePieces(plan.merge, [
          ...grouped.map(({ batch: groups }, at) => ({ batch: groups, rollup: rollupOf(plan.pieces[at]) })),
          ...(plan.buckets === null ? [] : [{ batch: bucketRows(plan.buckets), rollup: null }]),
        ]);
  const finished = finishRows(batch, plan.finish, plan.output, { numbers: tools.numbers, makeRows });
  return { ...finished, rowsScanned: sumScanned(grouped) };
}

/** Rows of buckets alone, without any state. */
function bucketRows({ column, labels }: AnsweredBuckets): GroupedBatch {
  return { rows: labels.length, columns: [{ name: column, type: { kind: 'time' }, values: labels }] };
}

interface Grouped {
  readonly batch: GroupedBatch;
  readonly rowsScanned: number | null;
}

/** All at once. When one fails the others are stopped, and the call ends only after them. */
async function runPieces(pieces: readonly PreparedPiece[], tools: QueryTools): Promise<Grouped[]> {
  if (pieces.length === 1) return [await runPiece(pieces[0], tools)];
  const stop = new AbortController();
  const signal = tools.signal === undefined ? stop.signal : AbortSignal.any([tools.signal, stop.signal]);
  const failures: unknown[] = [];
  const outcomes = pieces.map(async (piece) => {
    try {
      return await runPiece(piece, { ...tools, signal });
    } catch (error) {
      failures.push(error);
      stop.abort();
      throw error;
    }
  });
  await Promise.allSettled(outcomes);
  // The first is why the others were stopped.
  if (failures.length > 0) throw failures[0];
  return Promise.all(outcomes);
}

function runPiece(piece: PreparedPiece, tools: QueryTools): Promise<Grouped> {
  return piece.kind === 'rollup' ? scanRollup(piece, tools) : askSource(piece, tools);
}

function rollupOf(piece: Piece): RollupId | null {
  return piece.kind === 'rollup' ? piece.rollup.id : null;
}

function sumScanned(grouped: readonly Grouped[]): number | null {
  const counts = grouped.flatMap(({ rowsScanned }) => (rowsScanned === null ? [] : [rowsScanned]));
  return counts.length === 0 ? null : counts.reduce((sum, count) => sum + count, 0);
}

async function scanRollup(prepared: PreparedRollup, tools: QueryTools): Promise<Grouped> {
  const { piece } = prepared;
  const gathered = gatheredScan(piece.scan);
  const turn = gathered === null ? null : waitForTurn({ ...tools.scan, signal: tools.signal });
  if (turn !== null) await turn;
  const scanned = gathered === null ? await readAndScan(prepared, tools) : scanGathered(piece.scan, gathered);
  if (piece.roll === undefined) return scanned;
  return { ...scanned, batch: await rollWindows(scanned.batch, piece.scan, piece.roll, tools.signal) };
}

async function readAndScan(prepared: PreparedRollup, tools: QueryTools): Promise<ScanResult> {
  const { piece, sort, types, leading } = prepared;
  const read = readBatches(prepared, tools);
  const batches = read instanceof Promise ? await read : read;
  throwIfAborted(tools.signal);
  return runScan(piece.scan, tools.narrowing ? sort : [], batches, {
    types,
    ...tools.scan,
    dictionaries: tools.dictionariesOf(piece.rollup),
    signal: tools.signal,
    ...(leading === null ? {} : { leading }),
  });
}

/** At once where all is in memory, as most queries find it: then this is much of their time. */
function readBatches(
  { piece, totals, columns }: PreparedRollup,
  { storage, signal }: QueryTools,
): StoredBatch[] | Promise<StoredBatch[]> {
  const read = (at: number): StoredBatch | Promise<StoredBatch> =>
    totals[at] ?? storage.readPartition(piece.partitions[at].files[piece.index], columns);
  const batches: StoredBatch[] = [];
  for (let at = 0; at < totals.length; at++) {
    const batch = read(at);
    if (batch instanceof Promise) {
      const rest = Array.from({ length: totals.length - at }, (_, i) => at + i);
      return runLanes(rest, LIMITS.fileReadsMax, signal, async (i) => (i === at ? batch : read(i))).then(
        (made) => [...batches, ...made],
      );
    }
    batches.push(batch);
  }
  return batches;
}

async function askSource({ request }: SourcePiece, tools: QueryTools): Promise<Grouped> {
  const statement = await tools.statement(request);
  try {
    const batch = await tools.source(request.dataSource).query(statement, tools.signal);
    return { batch, rowsScanned: null };
  } catch (error) {
    throw nameMeasures(error, request.states);
  }
}

function neededColumns({ rollup, scan }: RollupPiece): RollupColumn[] {
  const names = new Set([
    ...scan.keys.map((key) => key.column),
    ...(scan.filter === null ? [] : filterMembers(scan.filter)),
    ...scan.aggregates.flatMap(({ columns }) => columns),
  ]);
  return rollup.columns.filter(({ name }) => names.has(name));
}

/** Types of the columns of an index, as its files tell them; of some, or none, when no partition has rows. */
function publishedTypes({ rollup, index }: RollupPiece): ReadonlyMap<string, LogicalType> {
  const columns = rollup.partitions.flatMap(({ files }) => files[index]?.columns ?? []);
  return new Map(columns.map(({ name, type }) => [name, type]));
}
