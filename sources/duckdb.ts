/**
 * DuckDB inside this process: files, views, or a `.duckdb` database. The library is loaded by the first call
 * that needs it, because loading takes longer than most queries.
 */
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { StoreError } from '../model/errors.js';
import type { Statement } from '../model/plan.js';
import type { LogicalType } from '../model/value.js';
import { duckdbError } from './duckdb-error.js';
import { registerSketchFunctions } from './duckdb-sketches.js';
import { stageRows } from './duckdb-stage.js';
import { bindParams, logicalType, readBatch } from './duckdb-values.js';
import type { SketchFunctions, Source } from './source.js';

export interface DuckdbSourceOptions {
  /** Name in the configuration, for messages. */
  readonly name: string;
  /** A database file, opened read-only. Null: none, the init statements make views. */
  readonly database: string | null;
  /** Run once, in order, when the source is first used. */
  readonly init: readonly string[];
  readonly sketches: SketchFunctions;
}

/** Opens nothing yet: the first statement does. */
export function duckdbSource(options: DuckdbSourceOptions): Source {
  let opening: Promise<DuckDBInstance> | null = null;
  const idle: DuckDBConnection[] = [];
  const open = (): Promise<DuckDBInstance> => {
    opening ??= openInstance(options).catch((error: unknown) => {
      opening = null; // the next call tries again
      throw error;
    });
    return opening;
  };

  async function withConnection<T>(
    signal: AbortSignal | undefined,
    run: (connection: DuckDBConnection) => Promise<T>,
  ): Promise<T> {
    throwIfAborted(signal);
    const instance = await open();
    const connection = idle.pop() ?? (await connect(instance, options));
    const interrupt = (): void => connection.interrupt();
    signal?.addEventListener('abort', interrupt, { once: true });
    try {
      throwIfAborted(signal);
      const result = await run(connection);
      idle.push(connection);
      return result;
    } catch (error) {
      connection.closeSync();
      throw duckdbError(error, options.name, signal);
    } finally {
      signal?.removeEventListener('abort', interrupt);
    }
  }

  return {
    query: (statement, signal) =>
      withConnection(signal, async (connection) => {
        const prepared = await connection.prepare(statement.text);
        bindParams(prepared, statement.params);
        return readBatch(await prepared.stream(), signal);
      }),
    typesOf: (statement) => withConnection(undefined, (connection) => statementTypes(connection, statement)),
    async stage(statement, signal) {
      throwIfAborted(signal);
      const connection = await connect(await open(), options);
      return stageRows(connection, options.name, statement, signal);
    },
    async close() {
      for (const connection of idle.splice(0)) connection.closeSync();
      const instance = await opening;
      opening = null;
      instance?.closeSync();
    },
  };
}

async function openInstance(options: DuckdbSourceOptions): Promise<DuckDBInstance> {
  const { DuckDBInstance: Instance } = await import('@duckdb/node-api');
  const instance = await Instance.create(':memory:').catch((error: unknown) => {
    throw duckdbError(error, options.name, undefined);
  });
  const setup = await instance.connect();
  try {
    if (options.database !== null) {
      await setup.run(`ATTACH '${options.database.replaceAll("'", "''")}' AS granary_source (READ_ONLY)`);
    }
    await prepareConnection(setup, options);
    await registerSketchFunctions(setup, options.sketches);
    for (const statement of options.init) await setup.run(statement);
    return instance;
  } catch (error) {
    throw initError(error, options);
  } finally {
    setup.closeSync();
  }
}

async function connect(instance: DuckDBInstance, options: DuckdbSourceOptions): Promise<DuckDBConnection> {
  const connection = await instance.connect();
  await prepareConnection(connection, options);
  return connection;
}

/** A time without a zone is UTC, and a time with one is shown in UTC. */
async function prepareConnection(connection: DuckDBConnection, options: DuckdbSourceOptions): Promise<void> {
  await connection.run("SET TimeZone = 'UTC'");
  if (options.database !== null) await connection.run("SET search_path = 'memory.main,granary_source.main'");
}

async function statementTypes(
  connection: DuckDBConnection,
  statement: Statement,
): Promise<ReadonlyMap<string, LogicalType>> {
  const prepared = await connection.prepare(statement.text);
  const types = new Map<string, LogicalType>();
  for (let at = 0; at < prepared.columnCount; at++) {
    types.set(prepared.columnName(at), logicalType(prepared.columnType(at)));
  }
  return types;
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) {
    throw new StoreError('aborted', 'the call was aborted.', { cause: signal.reason });
  }
}

function initError(error: unknown, options: DuckdbSourceOptions): StoreError {
  const inner = duckdbError(error, options.name, undefined);
  return new StoreError('source_failed', `data source '${options.name}' cannot be opened: ${inner.message}`, {
    next: `Check 'database' and 'init' of sources.${options.name} in the configuration.`,
    cause: error,
  });
}
