/** `store.export()`: one index of each rollup as a folder of Parquet files that a pattern may read. */
import { randomBytes } from 'node:crypto';
import { isAbsolute, relative, resolve } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { CatalogSnapshot, FileMeta, IndexMeta, PartitionMeta, RollupMeta } from './model/catalog.js';
import { formatLocal } from './model/civil-time.js';
import { StoreError } from './model/errors.js';
import { suggest } from './model/suggest.js';
import { throwIfAborted } from './model/throw-if-aborted.js';
import { withMemoryDuckdb } from './sources/memory-duckdb.js';
import { rewriteParquet } from './sources/rewrite-parquet.js';
import { isSameStats } from './storage/column-stats.js';
import { draftFolder } from './storage/draft-folder.js';
import type { FolderDraft } from './storage/draft-folder.js';
import { rollupFolder } from './storage/file-names.js';
import { nodeDisk } from './storage/node-disk.js';
import { withPrecision } from './storage/read-partition.js';
import { sealFile } from './storage/seal-file.js';
import type { House } from './store-house.js';

export interface ExportOptions {
  /** A folder that is not there, or is empty. It appears when all files are in it. */
  readonly to: string;
  /** `flat` (default): `<rollup>/<partition>.parquet`. `hive`: `<rollup>/partition_month=2001-01-01/<partition>.parquet`. */
  readonly format?: 'flat' | 'hive';
  /** `zstd` (default): the published bytes. `none`: written anew, for readers that know only version 1 of Parquet. */
  readonly compression?: 'zstd' | 'none';
  /** `cube.preAggregation`; default all that is published. */
  readonly preAggregations?: readonly string[];
  /** Name of a regular index that each of the rollups has: rows in its order. Default: the default index. */
  readonly index?: string;
  readonly signal?: AbortSignal;
}

export interface ExportReport {
  /** Absolute. */
  readonly to: string;
  /** The publish that was exported. */
  readonly version: number;
  readonly rollups: readonly ExportedRollup[];
}

export interface ExportedRollup {
  readonly preAggregation: string;
  /** Null: the default index. */
  readonly index: string | null;
  readonly files: number;
  readonly rows: number;
  readonly bytes: number;
}

/** @throws StoreError `query_invalid`, `corrupt`, `file_missing`, `disk_full`, `aborted`; then there is nothing at `to` */
export async function exportStore(house: House, options: ExportOptions): Promise<ExportReport> {
  const to = checkTarget(house, options.to);
  const { storage } = house;
  await storage.reload();
  const held = storage.hold();
  try {
    const { snapshot } = held;
    // All that is published: a damaged rollup is an error here, not one to do without.
    const chosen = await storage.looking(snapshot, () => chooseRollups(snapshot, options));
    return { to, version: snapshot.version, rollups: await exportRollups(house, chosen, to, options) };
  } finally {
    held.release();
  }
}

function checkTarget(house: House, to: unknown): string {
  if (typeof to !== 'string' || to === '') {
    throw refused('export() needs the folder to write', "Call it as in export({ to: 'exported' }).");
  }
  const path = resolve(to);
  const inStore = relative(house.storage.directory, path);
  const isInside = inStore === '' || (!inStore.startsWith('..') && !isAbsolute(inStore));
  if (isInside) throw refused(`${path} lies in the store itself`, 'Give a folder elsewhere.');
  return path;
}

async function exportRollups(
  house: House,
  chosen: readonly Chosen[],
  to: string,
  options: ExportOptions,
): Promise<readonly ExportedRollup[]> {
  const draft = await draftFolder(nodeDisk, to, randomBytes(8).toString('hex'));
  try {
    const write = async (rewriter: DuckDBConnection | null): Promise<ExportedRollup[]> => {
      const exported: ExportedRollup[] = [];
      for (const each of chosen) exported.push(await exportRollup(house, each, draft, rewriter, options));
      return exported;
    };
    const rollups = options.compression === 'none' ? await withMemoryDuckdb(write) : await write(null);
    await draft.finish();
    return rollups;
  } finally {
    await draft.discard();
  }
}

/** A rollup with all of its page, and the index that is wanted of it. */
interface Chosen {
  readonly rollup: Pick<RollupMeta, 'id' | 'columns' | 'partitionGranularity' | 'partitions'>;
  readonly index: IndexMeta;
  /** Its position. */
  readonly at: number;
}

function chooseRollups({ rollups }: CatalogSnapshot, options: ExportOptions): readonly Chosen[] {
  const { preAggregations: names = [...rollups.keys()], index = null } = options;
  return [...new Set(names)].map((name) => {
    const rollup = rollups.get(name);
    if (rollup === undefined) {
      const known = [...rollups.keys()];
      const near = suggest(name, known);
      const next = near === null ? `There are: ${known.join(', ') || 'none'}.` : `Did you mean '${near}'?`;
      throw refused(`'${name}' is not published`, next);
    }
    const { id, columns, indexes, partitionGranularity, partitions } = rollup;
    const at = indexes.findIndex((each) => each.name === index);
    if (indexes[at]?.type === 'regular') {
      return { rollup: { id, columns, partitionGranularity, partitions }, index: indexes[at], at };
    }
    const regular = indexes.flatMap((each) => (each.type === 'regular' ? [each.name ?? 'the default'] : []));
    throw refused(
      at < 0
        ? `${name} has no index '${index}'`
        : `'${index}' of ${name} merges rows: it does not hold them all`,
      `Its indexes that hold all rows: ${regular.join(', ')}.`,
    );
  });
}

async function exportRollup(
  house: House,
  chosen: Chosen,
  draft: FolderDraft,
  rewriter: DuckDBConnection | null,
  { format = 'flat', signal }: ExportOptions,
): Promise<ExportedRollup> {
  const { rollup, index, at } = chosen;
  const total = { files: 0, rows: 0, bytes: 0 };
  for (const partition of rollup.partitions) {
    const file = partition.files[at];
    if (file === undefined) continue; // it holds no rows
    throwIfAborted(signal);
    const bytes = await house.storage.readBytes(file);
    const name = exportedName(rollup, partition, format);
    if (rewriter === null) await draft.write(name, bytes);
    const meta =
      rewriter === null
        ? file
        : await rewriteFile(rewriter, draft, name, bytes, { ...chosen, partition, file });
    total.files += 1;
    total.rows += meta.rows;
    total.bytes += meta.bytes;
  }
  return { preAggregation: rollup.id, index: index.name, ...total };
}

interface Published extends Chosen {
  readonly partition: PartitionMeta;
  readonly file: FileMeta;
}

/** Checks that what was written anew is what was published: rows, their order, and the statistics of each column. */
async function rewriteFile(
  rewriter: DuckDBConnection,
  draft: FolderDraft,
  name: string,
  bytes: Uint8Array,
  { rollup, index, at, partition, file }: Published,
): Promise<Omit<FileMeta, 'path'>> {
  const copy = `${name}.published`;
  await draft.write(copy, bytes);
  const path = await draft.pathOf(name);
  await rewriteParquet(rewriter, await draft.pathOf(copy), path);
  await nodeDisk.removeFile(await draft.pathOf(copy));
  const slot = { rollup: rollup.id, partition: partition.key, index: at };
  const { meta } = await sealFile(nodeDisk, path, slot, {
    rows: file.rows,
    columns: withPrecision(file, rollup.columns),
    sortColumns: index.sortColumns,
    index: index.name,
  });
  if (isSameStats(meta.columns, file.columns)) return meta;
  throw new StoreError('build_failed', `${name} does not hold the rows of ${file.path}.`, {
    next: 'This is a fault of the export: please report it.',
  });
}

/** Its column cannot be a member's, whose name holds two underscores: readers put the folder's value over the file's. */
function exportedName(
  rollup: Chosen['rollup'],
  { key, range }: PartitionMeta,
  format: 'flat' | 'hive',
): string {
  const granularity = rollup.partitionGranularity;
  const folder = rollupFolder(rollup.id);
  if (format === 'flat' || granularity === null) return `${folder}/${key}.parquet`;
  return `${folder}/partition_${granularity}=${hiveValue(range?.from ?? null, granularity)}/${key}.parquet`;
}

function hiveValue(from: number | null, granularity: string): string {
  if (from === null) return '__HIVE_DEFAULT_PARTITION__';
  const [date, time] = formatLocal(from).split('T');
  return granularity === 'hour' ? encodeURIComponent(`${date} ${time.slice(0, 8)}`) : date;
}

function refused(what: string, next: string): StoreError {
  return new StoreError('query_invalid', `${what}.`, { next });
}
