import { existsSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { type Store, StoreError, openStore } from '../index.js';

/** What every verb knows. */
export interface Globals {
  /** Path of the configuration. */
  readonly config: string;
  /** Print JSON, and nothing else, on stdout. */
  readonly json: boolean;
}

/** Opens the configured store for one use. The number is the exit code. */
export async function withStore(globals: Globals, use: (store: Store) => Promise<number>): Promise<number> {
  const { config } = globals;
  if (!existsSync(config)) {
    throw new StoreError('file_missing', `There is no ${config}${isAbsolute(config) ? '' : ' here'}.`, {
      next: 'Write one (docs/config.md), give --config, or start with granary try.',
    });
  }
  const store = await openStore({ config });
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}
