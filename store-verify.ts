/** `store.verify()`: every published byte, the rows across the indexes of each partition, and those of the source. */
import { indexFault } from './engine/compare-indexes.js';
import { compareSource } from './engine/compare-source.js';
import type { GroupedBatch } from './model/batch.js';
import type { RollupMeta } from './model/catalog.js';
import type { TimeRange } from './model/query.js';
import { heldTimes } from './planner/held-times.js';
import { partitionOf, planBuild } from './planner/plan-build.js';
import type { RollupShape } from './planner/rollup-shape.js';
import type { House } from './store-house.js';
import { sourceTimes } from './store-source-times.js';
import type {
  CheckedPartition,
  SourceDifference,
  StoreProblem,
  StoreReport,
} from './storage/verify-store.js';

export interface VerifyOptions {
  /** Compare each partition with what its source gives for it now. */
  readonly source?: boolean;
  /** Milliseconds after which no further partition is begun; at least one is. */
  readonly budgetMs?: number;
  /** `next` of the report of the call before, to go on there. */
  readonly after?: string | null;
  readonly signal?: AbortSignal;
}

export interface VerifyReport extends StoreReport {
  /** With `source`: rollups that were not compared with it, each with the reason, as sentences. */
  readonly notCompared: readonly string[];
}

/** What is wrong is reported, not thrown; only a store without an intact manifest throws, and a source that fails. */
export async function verifyAll(house: House, options: VerifyOptions): Promise<VerifyReport> {
  await house.storage.reload();
  const held = house.storage.hold();
  try {
    return await verifyHeld(house, options);
  } finally {
    held.release();
  }
}

async function verifyHeld(house: House, options: VerifyOptions): Promise<VerifyReport> {
  const { source = false, budgetMs, after, signal } = options;
  const found: FoundDifference[] = [];
  const reasons = new Map<string, string | null>();
  const report = await house.storage.verify({
    budgetMs,
    after,
    signal,
    inspect: async (checked) => {
      const problems = checkIndexes(checked);
      const model = source ? comparable(house, checked.rollup, reasons) : null;
      if (problems.length > 0 || model === null) return problems;
      const differences = await compare(house, model.shape, checked, signal);
      found.push(...(model.changed ? differences.map(ofChangedSql) : differences));
      return problems;
    },
  });
  const whole = source && report.next === null && (after ?? null) === null;
  const beyond = whole ? await rowsWithoutPartition(house, reasons, signal) : [];
  const problems = [...report.problems, ...withShifts(found), ...beyond];
  const notCompared = [...reasons.values()].filter((reason) => reason !== null);
  return { ...report, ok: problems.length === 0, problems, notCompared };
}

function checkIndexes({ rollup, partition, batches }: CheckedPartition): StoreProblem[] {
  const [whole, ...others] = batches;
  return others.flatMap((batch, at) => {
    const fault = indexFault(rollup.columns, rollup.indexes[at + 1], whole, batch);
    if (fault === null) return [];
    const { path: file } = partition.files[at + 1];
    return [{ file, rollup: rollup.id, partition: partition.key, problem: fault, next: REBUILD }];
  });
}

const REBUILD = 'Build the rollup again: store.build({ force: true }), or granary build --force.';

/** What the model says of a rollup; null where its rows cannot be compared with the source, and the reason is noted. */
function comparable(
  house: House,
  meta: RollupMeta,
  reasons: Map<string, string | null>,
): { readonly shape: RollupShape; readonly changed: boolean } | null {
  const rollup = house.prepared.defined.find(({ preAggregation }) => preAggregation.id === meta.id);
  const shape = rollup?.shape ?? null;
  const reason = reasonAgainst(house, shape, meta);
  reasons.set(meta.id, reason === null ? null : `${meta.id} was not compared with the source: ${reason}.`);
  return reason === null && shape !== null
    ? { shape, changed: rollup?.definition !== meta.definition }
    : null;
}

function reasonAgainst(house: House, shape: RollupShape | null, { columns }: RollupMeta): string | null {
  if (shape === null) return 'the model has no such rollup';
  const names = (all: RollupMeta['columns']): string => all.map(({ name }) => name).join();
  if (names(shape.columns) !== names(columns)) return 'by now the model defines other columns for it';
  const { dataSource } = shape.request;
  const isConfigured = house.config.sources[dataSource] !== undefined;
  return isConfigured ? null : `the data source '${dataSource}' is not configured`;
}

interface FoundDifference {
  readonly problem: StoreProblem & { readonly difference: SourceDifference };
  readonly surplus: ReadonlyMap<string, bigint>;
}

async function compare(
  house: House,
  shape: RollupShape,
  { rollup, partition, batches }: CheckedPartition,
  signal: AbortSignal | undefined,
): Promise<FoundDifference[]> {
  const { key, range } = partition;
  const source = await askSource(house, shape, key, range, signal);
  const compared = compareSource(rollup.columns, countsOf(shape), batches[0] ?? null, source);
  if (compared === null) return [];
  const { text, difference, surplus } = compared;
  const file = partition.files[0]?.path ?? null;
  return [
    {
      problem: { file, rollup: rollup.id, partition: key, problem: text, next: REBUILD, difference },
      surplus,
    },
  ];
}

function countsOf({ states }: RollupShape): ReadonlySet<string> {
  const counts = [...states.values()].filter(({ kind }) => kind === 'count');
  return new Set(counts.flatMap((state) => state.columns));
}

function ofChangedSql({ problem, surplus }: FoundDifference): FoundDifference {
  return { problem: { ...problem, difference: { ...problem.difference, cause: 'changed_sql' } }, surplus };
}

/** The statement that would build the partition. */
async function askSource(
  house: House,
  shape: RollupShape,
  key: string,
  range: TimeRange | null,
  signal: AbortSignal | undefined,
): Promise<GroupedBatch> {
  const { request } = partitionOf(shape, key, range);
  return house.source(request.dataSource).query(await house.statement(request), signal);
}

/** Differences of several partitions that cancel out are rows that moved between them. */
function withShifts(found: readonly FoundDifference[]): StoreProblem[] {
  const ofRollup = new Map<string | null, FoundDifference[]>();
  for (const each of found)
    ofRollup.set(each.problem.rollup, [...(ofRollup.get(each.problem.rollup) ?? []), each]);
  return [...ofRollup.values()].flatMap((differences) => {
    const isData = differences.every(({ problem }) => problem.difference.cause !== 'changed_sql');
    const isShift = isData && differences.length > 1 && cancelsOut(differences);
    return differences.map(({ problem }) =>
      isShift ? { ...problem, difference: { ...problem.difference, cause: 'zone' as const } } : problem,
    );
  });
}

function cancelsOut(differences: readonly FoundDifference[]): boolean {
  const sums = new Map<string, bigint>();
  for (const { surplus } of differences) {
    for (const [column, more] of surplus) sums.set(column, (sums.get(column) ?? 0n) + more);
  }
  return sums.size > 0 && [...sums.values()].every((sum) => sum === 0n);
}

/** Rows of the source in times for which the rollup says that there are none: they came after it was built. */
async function rowsWithoutPartition(
  house: House,
  reasons: Map<string, string | null>,
  signal: AbortSignal | undefined,
): Promise<StoreProblem[]> {
  const problems: StoreProblem[] = [];
  const snapshot = house.storage.snapshot();
  for (const id of snapshot.rollups.keys()) {
    const model = await house.storage.looking(snapshot, ({ rollups }) => {
      const meta = rollups.get(id);
      return meta === undefined ? null : comparable(house, meta, reasons);
    });
    if (model === null || model.changed) continue;
    const { shape } = model;
    const times = await sourceTimes(house, shape, signal);
    const lacking = await house.storage.looking(snapshot, ({ rollups }) => {
      const meta = rollups.get(id);
      if (meta === undefined) return [];
      const task = planBuild(shape, meta.definition, times, meta, { range: null, force: false });
      return (task?.partitions ?? []).filter(({ range }) => isHeld(meta, range));
    });
    for (const { key, range } of lacking) {
      const { rows } = await askSource(house, shape, key, range, signal);
      if (rows === 0) continue;
      const source = `${rows} groups`;
      const difference = { measure: null, stored: '0 groups', source, cause: 'late_rows' as const };
      const problem = `It has no partition ${key}, of which the source has ${source}.`;
      problems.push({ file: null, rollup: id, partition: key, problem, next: BUILD, difference });
    }
  }
  return problems;
}

const BUILD = 'Build what is missing: store.build(), or granary build.';

/** Whether a query for the range is answered by the rollup, without a partition of it. */
function isHeld(meta: RollupMeta, range: TimeRange | null): boolean {
  const held = heldTimes(meta);
  if (held === null) return true;
  if (range === null) return held.nulls;
  return held.ranges.some(({ from, to }) => from <= range.from && range.to <= to);
}
