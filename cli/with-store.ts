import { type Store, openStore } from '../index.js';

/** What every verb knows. */
export interface Globals {
  /** Path of the configuration. */
  readonly config: string;
  /** Print JSON, and nothing else, on stdout. */
  readonly json: boolean;
}

/** Opens the configured store for one use. The number is the exit code. */
export async function withStore(globals: Globals, use: (store: Store) => Promise<number>): Promise<number> {
  const store = await openStore({ config: globals.config });
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}
