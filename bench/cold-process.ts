/** One process of the benchmark of cold starts: answers one question in one way, and prints the answer as JSON. */
import type { DuckDBInstance } from '@duckdb/node-api';
import type { StoreOptions } from '../index.js';
import { loadGranary } from './packaged.js';

export type ColdMode = 'bare' | 'granary' | 'duckdb';

/** What a process is told. */
export interface ColdTask {
  readonly mode: ColdMode;
  readonly store: StoreOptions;
  readonly query: object;
  /** `:memory:`, or a file that is only read. */
  readonly database: string;
  readonly sql: string;
}

const task = JSON.parse(process.argv[2]) as ColdTask;

if (task.mode === 'bare') console.log('[]');
else if (task.mode === 'granary') await askGranary();
else await askDuckdb();

async function askGranary(): Promise<void> {
  const { openStore } = await loadGranary();
  const store = await openStore(task.store);
  console.log(JSON.stringify((await store.query(task.query)).data));
  await store.close();
}

async function askDuckdb(): Promise<void> {
  const { DuckDBInstance: Duckdb } = await import('@duckdb/node-api');
  const options: Record<string, string> = task.database === ':memory:' ? {} : { access_mode: 'READ_ONLY' };
  const instance: DuckDBInstance = await Duckdb.create(task.database, options);
  const connection = await instance.connect();
  console.log(JSON.stringify((await connection.runAndReadAll(task.sql)).getRowsJson()));
  connection.closeSync();
  instance.closeSync();
}
