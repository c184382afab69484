/** One process of the benchmark of builds: builds a store anew, and prints what it took and what it answers. */
import { openStore } from '../index.js';
import type { StoreOptions } from '../index.js';

/** What a process is told. */
export interface BuildProcessTask {
  readonly store: StoreOptions;
  /** Asked of the rollup when it is built. */
  readonly query: object;
}

export interface BuildProcessReport {
  readonly ms: number;
  readonly rows: number;
  readonly bytes: number;
  /** Of the whole process, DuckDB included. */
  readonly peakBytes: number;
  readonly answer: readonly Readonly<Record<string, unknown>>[];
}

const task = JSON.parse(process.argv[2]) as BuildProcessTask;
const store = await openStore(task.store);
// Loads DuckDB: what is measured is the build.
await store.query({ ...task.query, limit: 1 }, { policy: 'sourceOnly' });
const { durationMs, rollups, peakMemoryBytes } = await store.build({ force: true });
const { data } = await store.query(task.query, { policy: 'rollupOnly' });
const [{ rows, bytes }] = rollups;
const report: BuildProcessReport = { ms: durationMs, rows, bytes, peakBytes: peakMemoryBytes, answer: data };
console.log(JSON.stringify(report));
await store.close();
