import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { duckdbSource } from '../../dist/sources/duckdb.js';
import { connectDuckDb, copyToParquet } from '../storage/support/duckdb.js';
import { temporaryFolder } from '../support/open-tables.js';

// DuckDB keeps blocks of the files that it reads, by path and time of change: a file that was replaced within the
// same tick was read as a mixture of the old and the new, which ended in "ZSTD Decompression failure".
test('a file of the source that is replaced is read anew, each time', async () => {
  const folder = temporaryFolder();
  const connection = await connectDuckDb();
  const path = join(folder, 'replaced.parquet');
  const versions: { readonly bytes: Uint8Array; readonly sum: number }[] = [];
  for (let k = 0; k < 60; k++) {
    const sql = `SELECT 'city ' || (i * ${k + 7} % ${20 + k}) a, i + ${k} b, i * 1.5 d FROM range(300) t(i)`;
    await copyToParquet(connection, sql, path, { rowGroupRows: 122_880 });
    versions.push({ bytes: readFileSync(path), sum: (299 * 300) / 2 + 300 * k });
  }
  const sketches = { create: () => expect.unreachable() } as never;
  const source = duckdbSource({ name: 'default', database: null, init: [], sketches });
  try {
    for (const { bytes, sum } of [...versions, ...versions]) {
      writeFileSync(path, bytes);
      const text = `SELECT sum(b)::BIGINT = ${sum} AS ok, max(a) AS a, sum(d) AS d FROM '${path}'`;
      const { columns } = await source.query({ text, params: [] });
      expect(columns[0]).toMatchObject({ values: [true] });
    }
  } finally {
    await source.close();
  }
});
