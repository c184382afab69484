import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { PartitionMeta, RollupMeta } from '../../../dist/model/catalog.js';
import type { BuildColumn } from '../../../dist/model/plan.js';
import type { Disk } from '../../../dist/storage/disk.js';
import type { FileContract } from '../../../dist/storage/inspect-file.js';
import { nodeDisk } from '../../../dist/storage/node-disk.js';
import type { Storage } from '../../../dist/storage/storage.js';
import { openStorage } from '../../../dist/storage/open-storage.js';
import type { Staging } from '../../../dist/storage/staging.js';
import { connectDuckDb, copyToParquet } from './duckdb.js';

/** A rollup of sales by city and day: one Parquet file, which every partition of every version copies. */
export interface Sample {
  readonly file: string;
  readonly contract: FileContract;
}

const COLUMNS: readonly BuildColumn[] = [
  { name: 'sales__city', role: { kind: 'dimension' }, precision: null },
  { name: 'sales__at_day', role: { kind: 'time', granularity: 'day' }, precision: null },
  { name: 'sales__amount', role: { kind: 'measure', merge: 'sum' }, precision: null },
  { name: 'sales__buyers', role: { kind: 'measure', merge: 'sketch' }, precision: 12 },
];

const SORT = ['sales__city', 'sales__at_day'];

export const SAMPLE_SQL = `
  SELECT CASE WHEN i % 9 <> 8 THEN 'city ' || (i % 9) END AS sales__city,
         timestamp '2001-01-01' + to_days((i // 9)::int) AS sales__at_day,
         (i * 1001)::bigint AS sales__amount,
         encode('sketch ' || i) AS sales__buyers
  FROM range(900) t(i)
  ORDER BY 1 NULLS LAST, 2 NULLS LAST`;

export async function writeSample(
  folder: string,
  connection?: DuckDBConnection,
  sql: string = SAMPLE_SQL,
): Promise<Sample> {
  const file = join(folder, `sample-${sql.length}.parquet`);
  await copyToParquet(connection ?? (await connectDuckDb()), sql, file);
  return { file, contract: { rows: 900, columns: COLUMNS, sortColumns: SORT } };
}

/** The published form of a rollup with these partitions; `mark` tells one version from another. */
export function sampleRollup(partitions: readonly PartitionMeta[], mark = 1, id = 'sales.daily'): RollupMeta {
  return {
    id,
    definition: 'definition',
    columns: COLUMNS.map(({ name, role }) => ({ name, role })),
    indexes: [{ name: null, type: 'regular', sortColumns: SORT, listed: 2 }],
    partitionGranularity: 'month',
    sourceRange: null,
    sourceHasNullTimes: false,
    buildRange: null,
    partitions,
    lastRefreshTime: mark,
    targetTableName: 'dev_pre_aggregations.sales_daily_a_b_1',
  };
}

/** Writes and seals the file of one partition. */
export async function sealPartition(
  staging: Staging,
  sample: Sample,
  key: string,
  copy: (from: string, to: string) => Promise<void> = copyFile,
  id = 'sales.daily',
): Promise<PartitionMeta> {
  const slot = { rollup: id, partition: key, index: 0 };
  await copy(sample.file, staging.pathOf(slot));
  const file = await staging.seal(slot, sample.contract);
  return { key, range: null, files: [file], builtAt: 0 };
}

/** Publishes the rollup anew, every partition built again. */
export async function publishSample(
  storage: Storage,
  sample: Sample,
  token: string,
  keys: readonly string[] = ['20010101', '20010201'],
): Promise<void> {
  const base = storage.snapshot().version;
  const staging = await storage.stage(token);
  try {
    const partitions: PartitionMeta[] = [];
    for (const key of keys) partitions.push(await sealPartition(staging, sample, key));
    await storage.publish(staging, { base, put: [sampleRollup(partitions, base + 1)], remove: [] });
  } finally {
    await staging.discard();
  }
}

const opened = new Set<Storage>();

export async function openSample(
  directory: string,
  disk: Disk = nodeDisk,
  servingFiles = true,
): Promise<Storage> {
  const storage = await openStorage({ disk, directory, servingFiles });
  opened.add(storage);
  return storage;
}

/** Ends all that `openSample` opened, but one: what they read is kept by nobody then. */
export async function closeSamples(but?: Storage): Promise<void> {
  for (const storage of opened) {
    if (storage === but) continue;
    await storage.close();
    opened.delete(storage);
  }
}

/** A published rollup as plain data. */
export function publishedRollup(storage: Storage, id = 'sales.daily'): Promise<RollupMeta> {
  return storage.looking(storage.snapshot(), ({ rollups }) => {
    const rollup = rollups.get(id) as RollupMeta;
    const { definition, columns, indexes, partitionGranularity, sourceRange, sourceHasNullTimes } = rollup;
    const { buildRange, partitions, lastRefreshTime, targetTableName } = rollup;
    return {
      id: rollup.id,
      definition,
      columns,
      indexes,
      partitionGranularity,
      sourceRange,
      sourceHasNullTimes,
      buildRange,
      partitions,
      lastRefreshTime,
      targetTableName,
    };
  });
}
