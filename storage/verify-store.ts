import { join } from 'node:path';
import type { FileMeta, IndexMeta, PartitionMeta, RollupMeta } from '../model/catalog.js';
import { StoreError } from '../model/errors.js';
import type { RollupId } from '../model/schema.js';
import { listDataFiles, namedFiles } from './collect-garbage.js';
import { isSameStats } from './column-stats.js';
import type { Disk } from './disk.js';
import { hasPage } from './manifest.js';
import { inspectFile } from './inspect-file.js';
import { readChecked, withPrecision } from './read-partition.js';
import { readState } from './read-state.js';
import { readPage } from './rollup-page.js';
import type { RollupHead } from './rollup-page.js';

export interface StoreReport {
  readonly ok: boolean;
  /** Published files, with their rows and bytes. */
  readonly files: number;
  readonly rows: number;
  readonly bytes: number;
  readonly problems: readonly StoreProblem[];
  /** Paths of data files that the last two publishes do not name: they are being published, or are garbage. */
  readonly unreferenced: readonly string[];
}

export interface StoreProblem {
  readonly file: string;
  /** Null for a manifest. */
  readonly rollup: RollupId | null;
  /** Key of the partition; null for a manifest and for a rollup's page. */
  readonly partition: string | null;
  readonly problem: string;
  readonly next: string | null;
}

/**
 * Reads every published byte: manifests, sizes, checksums, rows, their order, and statistics. What is wrong is
 * reported, not thrown; only a store without an intact manifest throws.
 */
export async function verifyStore(disk: Disk, directory: string): Promise<StoreReport> {
  const data = await listDataFiles(disk, directory);
  const { named } = await namedFiles(disk, directory);
  const { manifest, damaged } = await readState(disk, directory);
  const problems: StoreProblem[] = damaged.map(damagedManifest);
  const files: PublishedFile[] = [];
  for (const rollup of manifest.rollups) {
    if (!hasPage(rollup)) files.push(...filesOf(rollup));
    else {
      const page = await readPage(disk, directory, rollup).catch((error: unknown) => {
        problems.push(damagedPage(rollup, error));
        return null;
      });
      if (page !== null) files.push(...filesOf(page));
    }
  }
  for (const entry of files) {
    const problem = await verifyFile(disk, directory, entry);
    if (problem !== null) problems.push(problem);
  }
  return {
    ok: problems.length === 0,
    files: files.length,
    rows: files.reduce((sum, { file }) => sum + file.rows, 0),
    bytes: files.reduce((sum, { file }) => sum + file.bytes, 0),
    problems,
    unreferenced: data.map(({ path }) => path).filter((path) => !named.has(path)),
  };
}

interface PublishedFile {
  readonly rollup: RollupMeta;
  readonly partition: PartitionMeta;
  readonly index: IndexMeta | undefined;
  readonly file: FileMeta;
}

function filesOf(rollup: RollupMeta): readonly PublishedFile[] {
  return rollup.partitions.flatMap((partition) =>
    partition.files.map((file, i) => ({ rollup, partition, index: rollup.indexes[i], file })),
  );
}

async function verifyFile(
  disk: Disk,
  directory: string,
  { rollup, partition, index, file }: PublishedFile,
): Promise<StoreProblem | null> {
  const place = { file: file.path, rollup: rollup.id, partition: partition.key };
  try {
    const bytes = await readChecked(disk, directory, file);
    const names = new Set(file.columns.map((stats) => stats.name));
    const columns = withPrecision(
      file,
      rollup.columns.filter((column) => names.has(column.name)),
    );
    const contract = { rows: file.rows, columns, sortColumns: index?.sortColumns ?? [] };
    const found = await inspectFile(join(directory, file.path), bytes, contract);
    if (isSameStats(found.columns, file.columns)) return null;
    return {
      ...place,
      problem: 'Its statistics are not those of its rows.',
      next: 'Build the rollup again.',
    };
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return { ...place, problem: error.what, next: error.next ?? null };
  }
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
