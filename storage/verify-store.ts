import { join } from 'node:path';
import type { StoredBatch } from '../model/batch.js';
import type { ColumnStats, FileMeta, PartitionMeta, RollupMeta } from '../model/catalog.js';
import { StoreError } from '../model/errors.js';
import type { TimeRange } from '../model/query.js';
import type { RollupId } from '../model/schema.js';
import { throwIfAborted } from '../model/throw-if-aborted.js';
import { compareUtf8 } from '../model/value.js';
import { listDataFiles, namedFiles } from './collect-garbage.js';
import { isSameStats } from './column-stats.js';
import type { Disk } from './disk.js';
import { namedPath, servingPath } from './file-names.js';
import { hasPage } from './manifest.js';
import type { Manifest } from './manifest.js';
import { inspectFile } from './inspect-file.js';
import type { FileContract } from './inspect-file.js';
import { isServingDamaged } from './verify-serving.js';
import { columnsOf, readChecked } from './read-partition.js';
import { readState } from './read-state.js';
import { readPage } from './rollup-page.js';
import type { RollupHead } from './rollup-page.js';

export interface StoreReport {
  readonly ok: boolean;
  /** Files that were read, with their rows and bytes. */
  readonly files: number;
  readonly rows: number;
  readonly bytes: number;
  readonly problems: readonly StoreProblem[];
  /** Paths of data files that the last two publishes do not name: they are being published, or are garbage. */
  readonly unreferenced: readonly string[];
  /**
   * Paths of serving files that are not what their data files give. Queries do without them; once they are removed, they
   * are made again.
   */
  readonly servingDamaged: readonly string[];
  /** Where the budget ended: give it as `after` to go on. Null: all is read. */
  readonly next: string | null;
}

export interface StoreProblem {
  /** Null where it lies in no one file. */
  readonly file: string | null;
  /** Null for a manifest. */
  readonly rollup: RollupId | null;
  /** Key of the partition; null for a manifest and for a rollup's page. */
  readonly partition: string | null;
  readonly problem: string;
  readonly next: string | null;
  /** Of rows that are not those of the source. */
  readonly difference?: SourceDifference;
}

export type DifferenceCause =
  | 'late_rows' // the source has more
  | 'deleted_rows' // the source has fewer
  | 'double_load' // all additive measures of the one are a multiple of the other's
  | 'changed_sql' // the model defines the rollup otherwise by now
  | 'zone' // the same totals, shifted between partitions
  | 'unknown';

export interface SourceDifference {
  /** Column of the rollup; null: whole groups are missing or too many. */
  readonly measure: string | null;
  readonly stored: string;
  readonly source: string;
  /** What is the likely reason. */
  readonly cause: DifferenceCause;
}

/** One partition whose files are as they were published, each decoded, in the order of the rollup's indexes. */
export interface CheckedPartition {
  readonly rollup: RollupMeta;
  readonly partition: PartitionMeta;
  readonly batches: readonly StoredBatch[];
}

export interface VerifyTools {
  /** Milliseconds after which no further partition is begun; at least one is. */
  readonly budgetMs?: number | undefined;
  /** `StoreReport.next` of the call before. */
  readonly after?: string | null | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Looks at what storage knows nothing of: the rows across the files of a partition. */
  readonly inspect?: (checked: CheckedPartition) => Promise<readonly StoreProblem[]>;
}

/**
 * Reads every published byte: manifests, sizes, checksums, rows, their order, statistics, and that the rows of a
 * partition lie within its range. What is wrong is reported, not thrown; only a store without an intact manifest throws.
 */
export async function verifyStore(
  disk: Disk,
  directory: string,
  tools: VerifyTools = {},
): Promise<StoreReport> {
  const until = disk.now() + (tools.budgetMs ?? Infinity);
  const data = await listDataFiles(disk, directory);
  const { named } = await namedFiles(disk, directory);
  const { manifest, damaged } = await readState(disk, directory);
  const problems: StoreProblem[] = damaged.map(damagedManifest);
  const rollups = await readRollups(disk, directory, manifest, problems);
  const places = placesAfter(rollups, tools.after ?? null);
  const checked: FileMeta[] = [];
  const servingDamaged: string[] = [];
  let next: string | null = null;
  for (const [at, place] of places.entries()) {
    throwIfAborted(tools.signal);
    problems.push(...(await verifyPartition(disk, directory, place, servingDamaged, tools.inspect)));
    checked.push(...place.partition.files);
    if (disk.now() < until || at === places.length - 1) continue;
    next = place.name;
    break;
  }
  return {
    ok: problems.length === 0,
    files: checked.length,
    rows: checked.reduce((sum, { rows }) => sum + rows, 0),
    bytes: checked.reduce((sum, { bytes }) => sum + bytes, 0),
    problems,
    unreferenced: data.map(({ path }) => path).filter((path) => !named.has(namedPath(path))),
    servingDamaged,
    next,
  };
}

/** Those whose pages are sound; the others become problems. */
async function readRollups(
  disk: Disk,
  directory: string,
  { rollups }: Manifest,
  problems: StoreProblem[],
): Promise<readonly RollupMeta[]> {
  const sound: RollupMeta[] = [];
  for (const rollup of rollups) {
    if (!hasPage(rollup)) sound.push(rollup);
    else {
      const page = await readPage(disk, directory, rollup).catch((error: unknown) => {
        problems.push(damagedPage(rollup, error));
        return null;
      });
      if (page !== null) sound.push(page);
    }
  }
  return sound;
}

interface Place {
  /** `orders.daily/20240101` */
  readonly name: string;
  readonly rollup: RollupMeta;
  readonly partition: PartitionMeta;
}

/** All partitions in one order for all calls, so that a call can go on where another ended, whatever was published since. */
function placesAfter(rollups: readonly RollupMeta[], after: string | null): readonly Place[] {
  const places = rollups.flatMap((rollup) =>
    rollup.partitions.map((partition) => ({ name: `${rollup.id}/${partition.key}`, rollup, partition })),
  );
  return places
    .toSorted((a, b) => compareUtf8(a.name, b.name))
    .filter(({ name }) => after === null || compareUtf8(name, after) > 0);
}

async function verifyPartition(
  disk: Disk,
  directory: string,
  { rollup, partition }: Place,
  servingDamaged: string[],
  inspect: VerifyTools['inspect'],
): Promise<readonly StoreProblem[]> {
  const problems: StoreProblem[] = [];
  const batches: StoredBatch[] = [];
  for (const [at, file] of partition.files.entries()) {
    const place = { file: file.path, rollup: rollup.id, partition: partition.key };
    try {
      const { batch, fault, contract } = await checkFile(disk, directory, rollup, partition, at);
      batches.push(batch);
      if (await isServingDamaged(disk, directory, file, { ...contract, batch }))
        servingDamaged.push(servingPath(file.path));
      if (fault !== null) problems.push({ ...place, problem: fault, next: REBUILD });
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      problems.push({ ...place, problem: error.what, next: error.next ?? null });
    }
  }
  if (problems.length > 0 || inspect === undefined) return problems;
  return inspect({ rollup, partition, batches });
}

const REBUILD = 'Build the rollup again.';

interface CheckedFile {
  readonly contract: FileContract;
  readonly batch: StoredBatch;
  readonly fault: string | null;
}

/** @throws StoreError where the file is not what was published */
async function checkFile(
  disk: Disk,
  directory: string,
  rollup: RollupMeta,
  { range, key, files }: PartitionMeta,
  at: number,
): Promise<CheckedFile> {
  const file = files[at];
  const path = join(directory, file.path);
  const bytes = await readChecked(disk, directory, file);
  const contract = {
    rows: file.rows,
    columns: columnsOf(rollup, file),
    sortColumns: rollup.indexes[at]?.sortColumns ?? [],
  };
  const { meta, batch } = await inspectFile(path, bytes, contract);
  if (!isSameStats(meta.columns, file.columns)) {
    return { contract, batch, fault: 'Its statistics are not those of its rows.' };
  }
  // The first stored time is that of the partitions.
  const time = rollup.columns.find(({ role }) => role.kind === 'time')?.name;
  const stats = file.columns.find(({ name }) => name === time);
  const isWithin =
    stats === undefined ||
    (range === null
      ? key !== 'null' || stats.nulls === file.rows
      : stats.nulls === 0 && isInRange(stats, range));
  return { contract, batch, fault: isWithin ? null : `Its rows do not lie within the partition ${key}.` };
}

function isInRange({ min, max }: ColumnStats, { from, to }: TimeRange): boolean {
  return min !== null && max !== null && Number(min) >= from && Number(max) < to;
}

function damagedPage({ id, page }: RollupHead, error: unknown): StoreProblem {
  if (!(error instanceof StoreError)) throw error;
  return { file: page.path, rollup: id, partition: null, problem: error.what, next: error.next ?? null };
}

function damagedManifest(file: string): StoreProblem {
  return {
    file,
    rollup: null,
    partition: null,
    problem: 'The manifest is damaged: the publish before it is served.',
    next: 'Put it back from a backup, or build again.',
  };
}
