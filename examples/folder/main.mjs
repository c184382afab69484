import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { openStore } from 'granary';

const here = fileURLToPath(new URL('.', import.meta.url));
const files = join(here, 'events');
await writeEvents(files);

const store = await openStore({
  store: join(here, '.granary'),
  sources: {
    default: {
      type: 'duckdb',
      init: [`CREATE VIEW events AS SELECT * FROM read_parquet('${files.replaceAll("'", "''")}/*.parquet')`],
    },
  },
  model: {
    cubes: [
      {
        name: 'events',
        sql_table: 'events',
        measures: [
          { name: 'count', type: 'count' },
          { name: 'seconds', type: 'sum', sql: '{CUBE}.seconds' },
          { name: 'visitors', type: 'count_distinct_approx', sql: '{CUBE}.visitor' },
        ],
        dimensions: [
          { name: 'page', type: 'string', sql: '{CUBE}.page' },
          { name: 'at', type: 'time', sql: '{CUBE}.at' },
        ],
        pre_aggregations: [
          {
            name: 'daily',
            measures: ['count', 'seconds', 'visitors'],
            dimensions: ['page'],
            time_dimension: 'at',
            granularity: 'day',
            partition_granularity: 'month',
          },
        ],
      },
    ],
  },
});

const query = {
  measures: ['events.count', 'events.seconds', 'events.visitors'],
  timeDimensions: [{ dimension: 'events.at', granularity: 'month' }],
};
const before = await store.query(query);
console.log(`${before.meta.mode}: ${before.meta.durationMs.toFixed(1)} ms`);
await store.build();
await store.query(query);
const after = await store.query(query);
console.log(`${after.meta.mode}: ${after.meta.durationMs.toFixed(3)} ms`);
console.log(
  JSON.stringify(after.data) === JSON.stringify(before.data) ? 'the same answer' : 'DIFFERENT ANSWERS',
);
console.table(after.data);
await store.close();

/** Three months of a web site, one file for each. */
async function writeEvents(folder) {
  await mkdir(folder, { recursive: true });
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  for (const month of [1, 2, 3]) {
    const path = join(folder, `2024-0${month}.parquet`).replaceAll("'", "''");
    await connection.run(`
      COPY (
        SELECT
          TIMESTAMP '2024-0${month}-01' + to_seconds(i * 17) AS at,
          'page ' || (i * 7919 % 20) AS page,
          i * 104729 % 9000 AS visitor,
          i * 31 % 240 AS seconds
        FROM range(140000) AS events(i)
      ) TO '${path}' (FORMAT parquet)`);
  }
  connection.closeSync();
  instance.closeSync();
}
