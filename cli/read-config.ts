import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type SourceConfig, StoreError } from '../index.js';

export interface ConfigFile {
  /** Absolute. */
  readonly model: readonly string[];
  readonly sources: Readonly<Record<string, SourceConfig>>;
}

/**
 * The model and the sources of a configuration file, for a store that lies elsewhere: paths made absolute and
 * `${configDir}` filled in.
 */
export function readConfig(path: string): ConfigFile {
  const folder = dirname(resolve(path));
  const text = readFileSync(path, 'utf8');
  const config = JSON.parse(text) as { model: unknown; sources: Record<string, SourceConfig> };
  const models = [config.model].flat();
  if (!models.every((model) => typeof model === 'string')) {
    throw new StoreError('config_invalid', `${path}: model is no path.`, {
      next: 'Name a file or a folder.',
    });
  }
  const sources = Object.entries(config.sources).map(([name, source]): [string, SourceConfig] => {
    const { database, init = [] } = source;
    const quoted = folder.replaceAll("'", "''");
    return [
      name,
      {
        ...source,
        ...(database === undefined ? {} : { database: resolve(folder, database) }),
        init: init.map((sql) => sql.replaceAll('${configDir}', quoted)),
      },
    ];
  });
  return { model: models.map((model) => resolve(folder, model)), sources: Object.fromEntries(sources) };
}
