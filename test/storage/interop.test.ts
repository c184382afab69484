import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { expect, test } from 'vitest';
import type { RollupColumn } from '../../dist/model/catalog.js';
import { columnValues } from './support/column-values.js';
import { connectDuckDb, copyToParquet, readColumn } from './support/duckdb.js';
import { SAMPLE_SQL, openSample, publishSample, writeSample } from './support/sample-store.js';
import { temporaryFolder } from './support/temporary-folder.js';

interface ParquetJs {
  ParquetReader: {
    openFile(path: string): Promise<{
      getCursor(columns: string[]): { next(): Promise<Record<string, unknown> | null> };
      close(): Promise<void>;
    }>;
  };
}

const { ParquetReader } = createRequire(import.meta.url)('parquetjs-lite') as ParquetJs;

test('a published file reads the same in our reader, in DuckDB and in hyparquet', async () => {
  const folder = temporaryFolder();
  const connection = await connectDuckDb();
  const storage = await openSample(join(folder, 'store'));
  await publishSample(storage, await writeSample(folder, connection), 'a');

  const rollup = storage.snapshot().rollups.get('sales.daily')!;
  const [file] = rollup.partitions[0].files;
  const batch = await storage.readPartition(file, rollup.columns);
  const path = join(storage.directory, file.path);
  const buffer = new Uint8Array(readFileSync(path)).buffer;
  const rows = await parquetReadObjects({ file: buffer, compressors, utf8: false });
  for (const { name } of rollup.columns as RollupColumn[]) {
    const ours = columnValues(batch.columns.get(name)!);
    expect(ours).toEqual(await readColumn(connection, `FROM '${path}'`, name));
    expect(ours).toEqual(rows.map((row) => plain(row[name])));
  }
});

// parquetjs-lite knows neither zstd nor version 2, and fails on DuckDB's timestamps.
test('strings and integers of an uncompressed version 1 file read the same in parquetjs-lite', async () => {
  const connection = await connectDuckDb();
  const path = join(temporaryFolder(), 'v1.parquet');
  await copyToParquet(connection, SAMPLE_SQL, path, { version: 'v1', compression: 'uncompressed' });
  const reader = await ParquetReader.openFile(path);
  const cursor = reader.getCursor(['sales__city', 'sales__amount']);
  const cities: unknown[] = [];
  const amounts: unknown[] = [];
  for (let row = await cursor.next(); row !== null; row = await cursor.next()) {
    cities.push(row['sales__city'] ?? null);
    amounts.push(Number(row['sales__amount']));
  }
  await reader.close();
  expect(cities).toEqual(await readColumn(connection, SAMPLE_SQL, 'sales__city'));
  expect(amounts).toEqual(await readColumn(connection, SAMPLE_SQL, 'sales__amount'));
});

function plain(value: unknown): unknown {
  if (value instanceof Date) return value.getTime();
  if (typeof value === 'bigint') return Number(value);
  return value ?? null;
}
