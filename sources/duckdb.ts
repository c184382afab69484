import type { SketchFunctions, Source } from './source.js';

export interface DuckdbSourceOptions {
  /** Name in the configuration, for messages. */
  readonly name: string;
  /** A database file, opened read-only. Null: none, the init statements make views. */
  readonly database: string | null;
  /** Run once, in order, when the source is first used. */
  readonly init: readonly string[];
  readonly sketches: SketchFunctions;
  readonly memory?: SourceMemory;
}

export interface SourceMemory {
  /** MiB that DuckDB may hold in memory; null: as it sees fit. */
  readonly limitMb: number | null;
  /** Of a folder for what does not fit, that is not there yet; what has been put there goes when the source is closed. */
  readonly spillFolder: () => Promise<string>;
}

/**
 * DuckDB inside this process: files, views, or a `.duckdb` database. The first call that needs it loads the library
 * and opens it, because loading takes longer than most queries; an opening that failed is tried again by the next.
 */
export function duckdbSource(options: DuckdbSourceOptions): Source {
  let opening: Promise<Source> | null = null;
  const load = async (): Promise<Source> => {
    const { openDuckdb } = await import('./open-duckdb.js');
    return openDuckdb(options);
  };
  const open = (): Promise<Source> => {
    opening ??= load().catch((error: unknown) => {
      opening = null;
      throw error;
    });
    return opening;
  };
  return {
    query: async (statement, signal) => (await open()).query(statement, signal),
    typesOf: async (statement) => (await open()).typesOf(statement),
    stage: async (statement, signal) => (await open()).stage(statement, signal),
    close: async () => {
      await (await opening)?.close();
      opening = null;
    },
  };
}
