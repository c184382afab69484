import type { SourceMemory } from './duckdb.js';

/** Settings of a DuckDB instance. Without a folder of its own it would spill into the working directory. */
export async function memorySettings(memory: SourceMemory | undefined): Promise<Record<string, string>> {
  if (memory === undefined) return {};
  const { limitMb, spillFolder } = memory;
  return {
    temp_directory: await spillFolder(),
    ...(limitMb === null ? {} : { memory_limit: `${limitMb}MiB` }),
  };
}
