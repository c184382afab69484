import { DuckDBInstance } from '@duckdb/node-api';
import type { DuckDBConnection } from '@duckdb/node-api';
import { StoreError } from '../model/errors.js';
import { LIMITS } from '../model/limits.js';
import type { Statement } from '../model/plan.js';
import { throwIfAborted } from '../model/throw-if-aborted.js';
import type { LogicalType } from '../model/value.js';
import { duckdbError } from './duckdb-error.js';
import { registerSketchFunctions } from './duckdb-sketches.js';
import { stageRows } from './duckdb-stage.js';
import { bindParams, operandType, readBatch } from './duckdb-values.js';
import type { DuckdbSourceOptions } from './duckdb.js';
import { interruptOn } from './interrupt-on.js';
import { memorySettings } from './memory-settings.js';
import { quoteText } from './quote-duckdb.js';
import { READ_FILES_ANEW } from './read-files-anew.js';
import type { Source } from './source.js';

/**
 * Opens an instance and runs the init statements. Close it only when no call runs: DuckDB would end the process.
 * @throws StoreError `source_failed`
 */
export async function openDuckdb(options: DuckdbSourceOptions): Promise<Source> {
  const instance = await openInstance(options);
  const idle: DuckDBConnection[] = [];

  async function withConnection<T>(
    signal: AbortSignal | undefined,
    run: (connection: DuckDBConnection) => Promise<T>,
  ): Promise<T> {
    throwIfAborted(signal);
    const connection = idle.pop() ?? (await connect(instance, options));
    const stopInterrupting = interruptOn(signal, connection);
    try {
      throwIfAborted(signal);
      const result = await run(connection);
      if (idle.length < LIMITS.idleConnectionsMax) idle.push(connection);
      else connection.closeSync();
      return result;
    } catch (error) {
      connection.closeSync();
      throw duckdbError(error, options.name, signal);
    } finally {
      stopInterrupting();
    }
  }

  return {
    query: (statement, signal) =>
      withConnection(signal, async (connection) => {
        const prepared = await connection.prepare(statement.text);
        bindParams(prepared, statement.params);
        throwIfAborted(signal);
        return readBatch(await prepared.stream(), signal);
      }),
    typesOf: (statement) => withConnection(undefined, (connection) => statementTypes(connection, statement)),
    async stage(statement, signal) {
      throwIfAborted(signal);
      return stageRows(await connect(instance, options), options.name, statement, signal);
    },
    async close() {
      for (const connection of idle.splice(0)) connection.closeSync();
      instance.closeSync();
    },
  };
}

async function openInstance(options: DuckdbSourceOptions): Promise<DuckDBInstance> {
  const settings = await memorySettings(options.memory);
  const instance = await DuckDBInstance.create(':memory:', settings).catch((error: unknown) => {
    throw duckdbError(error, options.name, undefined);
  });
  try {
    await initialise(instance, options);
    return instance;
  } catch (error) {
    instance.closeSync();
    throw initError(error, options);
  }
}

async function initialise(instance: DuckDBInstance, options: DuckdbSourceOptions): Promise<void> {
  const connection = await instance.connect();
  try {
    if (options.database !== null)
      await connection.run(`ATTACH ${quoteText(options.database)} AS granary_source (READ_ONLY)`);
    await connection.run(READ_FILES_ANEW);
    await prepareConnection(connection, options);
    await registerSketchFunctions(connection, options.sketches);
    for (const statement of options.init) await connection.run(statement);
  } finally {
    connection.closeSync();
  }
}

async function connect(instance: DuckDBInstance, options: DuckdbSourceOptions): Promise<DuckDBConnection> {
  const connection = await instance.connect();
  try {
    await prepareConnection(connection, options);
    return connection;
  } catch (error) {
    connection.closeSync();
    throw duckdbError(error, options.name, undefined);
  }
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
    types.set(prepared.columnName(at), operandType(prepared.columnType(at)));
  }
  return types;
}

function initError(error: unknown, options: DuckdbSourceOptions): StoreError {
  const inner = duckdbError(error, options.name, undefined);
  return new StoreError('source_failed', `data source '${options.name}' cannot be opened: ${inner.message}`, {
    next: `Check 'database' and 'init' of sources.${options.name} in the configuration.`,
    cause: error,
  });
}
