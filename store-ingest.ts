/** `store.ingest()`: rows of one's own pipeline become partitions of a declared rollup, as a build would make them. */
import { buildRollup } from './engine/build-rollup.js';
import { assert } from './model/assert.js';
import type { CatalogSnapshot } from './model/catalog.js';
import { formatLocal } from './model/civil-time.js';
import { StoreError } from './model/errors.js';
import type { BuildColumn, BuildPartition, BuildTask, Statement } from './model/plan.js';
import type { TimeRange } from './model/query.js';
import { timeColumn } from './model/schema.js';
import type { LogicalType } from './model/value.js';
import { VERSION } from './model/version.js';
import { ingestColumns, resolveColumns } from './planner/ingest-columns.js';
import { withDomains } from './store-sketch-domains.js';
import type { SourceTimes } from './planner/plan-build.js';
import { planIngest } from './planner/plan-ingest.js';
import type { GivenTimes } from './planner/plan-ingest.js';
import type { RollupShape } from './planner/rollup-shape.js';
import { distinctTimes, fitGiven, GIVEN_VIEW } from './sources/fit-given.js';
import { openGivenRows } from './sources/given-rows.js';
import type { GivenInput, GivenRows, ResolveColumns } from './sources/given-rows.js';
import { quoteIdentifier } from './sources/quote-duckdb.js';
import { buildConcurrency, newToken, noteFailure, parseRange } from './store-build.js';
import { publishOver, wantedRollups } from './store-build.js';
import type { WantedRollup } from './store-build.js';
import { SKETCHES } from './store-house.js';
import type { House } from './store-house.js';
import { rollupMeta } from './store-rollup-meta.js';
import { sourceTimes } from './store-source-times.js';
import { nodeDisk } from './storage/node-disk.js';

export interface IngestOptions {
  /**
   * `[from, to)` in ISO, UTC, whole partitions: the rows are all that there is of it. Without it the partitions that
   * the rows touch are replaced. A rollup without partitions is replaced whole.
   */
  readonly range?: readonly [string, string];
  readonly signal?: AbortSignal;
}

export interface IngestReport {
  readonly preAggregation: string;
  /** That were given. */
  readonly rows: number;
  /** Keys of the partitions that were replaced, in ascending order of time. */
  readonly partitionsReplaced: readonly string[];
  readonly partitionsKept: number;
  readonly durationMs: number;
}

/**
 * The source, where it is configured, is asked for its types and times: rows that it alone has stay with it. Where it
 * is not configured, the given rows are all that there is.
 * @throws StoreError `rows_invalid`, `query_invalid`, `file_missing`, `commit_conflict`; then nothing was published
 */
export async function ingestRows(
  house: House,
  name: string,
  input: GivenInput,
  options: IngestOptions,
): Promise<IngestReport> {
  const range = parseRange(options.range);
  const [rollup] = wantedRollups(house, [checkInput(name, input)]);
  return noteFailure(house, rollup, () => ingestInto(house, rollup, input, range, options.signal));
}

async function ingestInto(
  house: House,
  rollup: WantedRollup,
  input: GivenInput,
  range: TimeRange | null,
  signal: AbortSignal | undefined,
): Promise<IngestReport> {
  const startedAt = performance.now();
  const { shape, definition, preAggregation } = rollup;
  const { id, type } = preAggregation;
  if (shape === null) {
    throw new StoreError('query_invalid', `${id} holds no rows: type ${type} is not executable yet.`, {
      next: 'Ingest into a pre-aggregation of type rollup.',
    });
  }
  if (typeof input === 'string') await requireFile(input);
  const before = await house.storage.reload();
  const asked = await askSource(house, shape, await storedTypes(house, before, rollup), signal);
  const columns = ingestColumns(house.prepared.model, shape, asked.types);
  const memory = { limitMb: null, spillFolder: () => house.storage.spillFolder() };
  const resolve: ResolveColumns = (names) => resolveColumns(id, columns, names);
  const given = await openGivenRows(input, resolve, SKETCHES, memory, signal);
  try {
    const names = resolveColumns(id, columns, [...given.types.keys()]);
    const keys = shape.request.keys.map(({ column }) => column);
    const domains = await fitGiven(given, names, shape.columns, keys);
    const times = await givenTimes(given, shape, range);
    const planned = await house.storage.looking(before, ({ rollups }) =>
      planIngest(shape, definition, times, asked.times, rollups.get(id) ?? null, range),
    );
    const task = withDomains(planned, domains);
    if (task.partitions.length > 0) await writeAndPublish(house, rollup, task, given, before, signal);
    return {
      preAggregation: id,
      rows: given.rows,
      partitionsReplaced: task.partitions.map(({ key }) => key).toReversed(),
      partitionsKept: task.kept.length,
      durationMs: performance.now() - startedAt,
    };
  } finally {
    given.close();
  }
}

function checkInput(name: unknown, input: unknown): string {
  const isRows =
    typeof input === 'object' &&
    input !== null &&
    (Symbol.iterator in input || Symbol.asyncIterator in input);
  if (typeof name === 'string' && (typeof input === 'string' || isRows)) return name;
  throw new StoreError('query_invalid', 'ingest() needs the name of a rollup and its rows.', {
    next: "Call ingest('orders.daily', rows): objects, Arrow IPC bytes, or the path of a Parquet file.",
  });
}

async function requireFile(path: string): Promise<void> {
  if ((await nodeDisk.stat(path)) !== null) return;
  throw new StoreError('file_missing', `There is no ${path}.`, {
    next: 'Give the path of one Parquet file.',
  });
}

interface AskedSource {
  /** Null: it is not configured. */
  readonly times: SourceTimes | null;
  /** By column: those of the published partitions, else those of the source. */
  readonly types: ReadonlyMap<string, LogicalType>;
}

async function askSource(
  house: House,
  shape: RollupShape,
  stored: ReadonlyMap<string, LogicalType>,
  signal: AbortSignal | undefined,
): Promise<AskedSource> {
  const { dataSource } = shape.request;
  if (house.config.sources[dataSource] === undefined) return { times: null, types: stored };
  const types = await house.source(dataSource).typesOf(await house.statement(shape.request));
  return { times: await sourceTimes(house, shape, signal), types: new Map([...types, ...stored]) };
}

/** Types that the partitions which may stay hold; a rollup without partitions is replaced whole. */
function storedTypes(
  house: House,
  before: CatalogSnapshot,
  { shape, definition, preAggregation }: WantedRollup,
): Promise<ReadonlyMap<string, LogicalType>> {
  return house.storage.looking(before, ({ rollups }) => {
    const meta = rollups.get(preAggregation.id);
    if (meta?.definition !== definition || shape?.partitionDimension == null) return new Map();
    const file = meta.partitions.find(({ files }) => files.length > 0)?.files[0];
    return new Map(file?.columns.map(({ name, type }) => [name, type]));
  });
}

/** What the rows hold in the partitioning time, all of it within the range; null for a rollup without partitions. */
async function givenTimes(
  given: GivenRows,
  shape: RollupShape,
  range: TimeRange | null,
): Promise<GivenTimes | null> {
  const column = partitionColumn(shape);
  if (column === null) return null;
  const times = await distinctTimes(given, column);
  for (const { time, row } of times) {
    if (range === null || (time !== null && time >= range.from && time < range.to)) continue;
    const what = time === null ? 'is NULL' : `is ${formatLocal(time)}Z`;
    throw new StoreError(
      'rows_invalid',
      `row ${row}, ${column}: it ${what}, which is not within the range.`,
      {
        next: 'Widen the range, or leave the row out.',
      },
    );
  }
  return {
    starts: times.flatMap(({ time }) => (time === null ? [] : [time])),
    hasNulls: times.some(({ time }) => time === null),
  };
}

function partitionColumn({ preAggregation, partitionDimension }: RollupShape): string | null {
  if (partitionDimension === null) return null;
  return timeColumn(partitionDimension, preAggregation.timeDimensions[0].granularity);
}

async function writeAndPublish(
  house: House,
  { shape, definition }: WantedRollup,
  task: BuildTask,
  given: GivenRows,
  before: CatalogSnapshot,
  signal: AbortSignal | undefined,
): Promise<void> {
  assert(shape !== null, 'a rollup that holds rows');
  const staging = await house.storage.stage(newToken());
  try {
    const built = await buildRollup(task, {
      source: given,
      staging,
      statementOf: async ([partition, ...others]) => {
        assert(others.length === 0, 'given rows are asked for partition by partition');
        return partitionStatement(task, partition, partitionColumn(shape));
      },
      receipt: { source: house.fingerprint(task.dataSource), writer: `granary ${VERSION} ingest` },
      now: Date.now,
      signal,
      concurrency: buildConcurrency(),
    });
    const meta = rollupMeta(house.config.schema, task, shape, definition, [...task.kept, ...built]);
    await publishOver(house, staging, before, meta);
  } finally {
    await staging.discard();
  }
  await house.storage.collectGarbage(false);
}

/** Sketches at the rollup's own precision. */
function columnText({ name, precision }: BuildColumn): string {
  const column = quoteIdentifier(name);
  if (precision === null) return column;
  return `CASE WHEN ${column} IS NOT NULL THEN granary_sketch_merge([${column}], ${precision}) END AS ${column}`;
}

function partitionStatement(task: BuildTask, { range }: BuildPartition, time: string | null): Statement {
  const columns = task.columns.map(columnText).join(', ');
  const select = `SELECT ${columns} FROM ${GIVEN_VIEW}`;
  if (time === null) return { text: select, params: [] };
  const column = quoteIdentifier(time);
  if (range === null) return { text: `${select} WHERE ${column} IS NULL`, params: [] };
  return {
    text: `${select} WHERE ${column} >= ? AND ${column} < ?`,
    params: [
      { type: 'time', value: range.from },
      { type: 'time', value: range.to },
    ],
  };
}
