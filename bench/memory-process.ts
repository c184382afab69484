/** One process of the benchmark of memory: opens the store, reads every column, and prints what it then holds as JSON. */
import { type StoreOptions, openStore } from '../index.js';
import { granaryText } from './duckdb-peer.js';

export interface MemoryTask {
  readonly store: StoreOptions;
  readonly query: object;
}

export interface MemoryHeld {
  /** By which the process grew between the opened store and the answer, garbage collected: by the system's count. */
  readonly residentBytes: number;
  /** The same outside of JavaScript's heap, by Node's count. */
  readonly externalBytes: number;
  readonly heapBytes: number;
  readonly text: string[][];
}

const { store: options, query } = JSON.parse(process.argv[2]) as MemoryTask;
const store = await openStore(options);
const before = await settled();
const text = granaryText(await store.query(query));
const after = await settled();
const held: MemoryHeld = {
  residentBytes: after.rss - before.rss,
  externalBytes: after.external - before.external,
  heapBytes: after.heapUsed - before.heapUsed,
  text,
};
console.log(JSON.stringify(held));
await store.close();

/** After two collections, between which what was to be finalised is. */
async function settled(): Promise<NodeJS.MemoryUsage> {
  for (let turn = 0; turn < 2; turn++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return process.memoryUsage();
}
