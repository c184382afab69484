/** Rows of one partition or several in a temporary table of their own connection, and the files that are written from it. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { assert, unreachable } from '../model/assert.js';
import type { IndexMeta } from '../model/catalog.js';
import { LIMITS } from '../model/limits.js';
import type { BuildColumn, Statement } from '../model/plan.js';
import { throwIfAborted } from '../model/throw-if-aborted.js';
import { duckdbError, isOutOfMemory } from './duckdb-error.js';
import { VALUES_MACRO, valuesMacro } from './duckdb-sketches.js';
import { mergedStateSql, withCentres } from './duckdb-states.js';
import { bindParams } from './duckdb-values.js';
import { interruptOn } from './interrupt-on.js';
import { quoteIdentifier, quoteText } from './quote-duckdb.js';
import type { StagedRows, StagedTimes } from './source.js';

const TABLE = 'granary_stage';
const PART = 'granary_stage_part';

/** The connection is closed by `drop`, and where the rows cannot be staged. */
export async function stageRows(
  connection: DuckDBConnection,
  source: string,
  statement: Statement,
  signal: AbortSignal | undefined,
): Promise<StagedRows> {
  const guarded = async <T>(run: () => Promise<T>): Promise<T> => {
    throwIfAborted(signal);
    const stopInterrupting = interruptOn(signal, connection);
    try {
      return await run();
    } catch (error) {
      throw duckdbError(error, source, signal);
    } finally {
      stopInterrupting();
    }
  };
  try {
    const rows = await guarded(async () => {
      await runStatement(connection, statement);
      return countRows(connection);
    });
    return {
      rows,
      part: (times) =>
        guarded(async () => {
          const table = await partTable(connection, times);
          const { rows, types } = await stagedTypes(connection, table);
          return {
            rows,
            writeIndex: (path, index, wanted) =>
              guarded(async () => {
                const copy = copyStatement(table, path, index, wanted, types);
                const copied = await connection.runAndReadAll(copy);
                return Number(copied.getRows()[0][0]);
              }),
          };
        }),
      drop: async () => connection.closeSync(),
    };
  } catch (error) {
    connection.closeSync();
    throw error;
  }
}

/** Lists of all values are the faster way to sketches; where they outgrow the memory, each value is listed once. */
async function runStatement(connection: DuckDBConnection, { text, params }: Statement): Promise<void> {
  const run = async (gather: 'all' | 'distinct'): Promise<void> => {
    await connection.run(`CREATE OR REPLACE TEMP MACRO ${valuesMacro(gather)}`);
    const prepared = await connection.prepare(`CREATE TEMP TABLE ${TABLE} AS ${text}`);
    bindParams(prepared, params);
    await prepared.run();
  };
  try {
    await run('all');
  } catch (error) {
    if (!isOutOfMemory(error) || !text.includes(VALUES_MACRO)) throw error;
    await run('distinct');
  }
}

interface StagedType {
  /** As DuckDB writes it: `HUGEINT`, `DECIMAL(38,2)`. */
  readonly type: string;
  /** Largest |value|, near enough; of wide numbers only. */
  readonly largest: number;
  readonly rows: number;
}

async function countRows(connection: DuckDBConnection): Promise<number> {
  const reader = await connection.runAndReadAll(`SELECT count(*) FROM ${TABLE}`);
  return Number(reader.getRows()[0][0]);
}

/** The name of what holds the rows. */
async function partTable(connection: DuckDBConnection, times: StagedTimes | null): Promise<string> {
  if (times === null) return TABLE;
  const [from, to] = [times.from, times.to].map((ms) => `make_timestamp(${BigInt(ms) * 1000n})`);
  const column = quoteIdentifier(times.column);
  await connection.run(
    `CREATE OR REPLACE TEMP VIEW ${PART} AS SELECT * FROM ${TABLE} WHERE ${column} >= ${from} AND ${column} < ${to}`,
  );
  return PART;
}

interface StagedTypes {
  readonly rows: number;
  readonly types: ReadonlyMap<string, StagedType>;
}

/** Types of all columns, and how large the numbers are whose type Parquet lacks or stores wide. */
async function stagedTypes(connection: DuckDBConnection, table: string): Promise<StagedTypes> {
  const described = await connection.runAndReadAll(`DESCRIBE ${table}`);
  const columns = described.getRows().map((row) => ({ name: String(row[0]), type: String(row[1]) }));
  const wide = columns.filter(({ type }) => isWide(type));
  const bounds = wide.map(
    ({ name }) =>
      `greatest(abs(max(${quoteIdentifier(name)})::DOUBLE), abs(min(${quoteIdentifier(name)})::DOUBLE))`,
  );
  const measured = await connection.runAndReadAll(
    `SELECT ${['count(*)', ...bounds].join(', ')} FROM ${table}`,
  );
  const [rows, ...largest] = measured.getRows()[0].map(Number);
  const types = columns.map(({ name, type }): [string, StagedType] => {
    const at = wide.findIndex((column) => column.name === name);
    return [name, { type, largest: at < 0 ? 0 : largest[at], rows }];
  });
  return { rows, types: new Map(types) };
}

function isWide(type: string): boolean {
  const decimal = /^DECIMAL\((\d+),/.exec(type);
  return (
    type === 'HUGEINT' ||
    type === 'UHUGEINT' ||
    type === 'UBIGINT' ||
    (decimal !== null && Number(decimal[1]) > 18)
  );
}

function copyStatement(
  staged: string,
  path: string,
  index: IndexMeta,
  columns: readonly BuildColumn[],
  types: ReadonlyMap<string, StagedType>,
): string {
  const aggregate = index.type === 'aggregate';
  const kept = aggregate
    ? columns.filter(({ name, role }) =>
        role.kind === 'measure' ? role.merge !== null : index.sortColumns.includes(name),
      )
    : columns;
  const select = kept.map((column) => {
    const type = types.get(column.name);
    assert(type !== undefined, 'the statement that was staged selects every column');
    const merged = aggregate && column.role.kind === 'measure';
    const sql = merged ? mergedSql(column, type) : quoteIdentifier(column.name);
    return `${castSql(sql, type, merged)} AS ${quoteIdentifier(column.name)}`;
  });
  const keys = index.sortColumns.map(quoteIdentifier);
  const group = aggregate ? ` GROUP BY ${keys.join(', ')}` : '';
  const order = keys.length === 0 ? '' : ` ORDER BY ${keys.map((key) => `${key} ASC NULLS LAST`).join(', ')}`;
  const options = `FORMAT parquet, COMPRESSION zstd, PARQUET_VERSION v2, ROW_GROUP_SIZE ${LIMITS.rowGroupRows}`;
  const table = aggregate ? withCentres(staged, kept, keys) : staged;
  const rows = `SELECT ${select.join(', ')} FROM ${table}${group}${order}`;
  return `COPY (${rows}) TO ${quoteText(path)} (${options})`;
}

function mergedSql(column: BuildColumn, staged: StagedType): string {
  const name = quoteIdentifier(column.name);
  const merge = column.role.kind === 'measure' ? column.role.merge : null;
  switch (merge) {
    case 'sketch':
      return `granary_sketch_merge(list(${name}) FILTER (WHERE ${name} IS NOT NULL), ${column.precision})`;
    case 'sum':
      // `fsum` compensates, but makes NaN of what is infinite.
      return /^(DOUBLE|FLOAT)$/.test(staged.type)
        ? `CASE WHEN isfinite(fsum(${name})) THEN fsum(${name}) ELSE sum(${name}) END`
        : `sum(${narrowSql(name, staged)})`;
    case 'min':
    case 'max':
      return `${merge}(${name})`;
    case 'moments':
    case 'comoments':
    case 'first':
    case 'last':
      return mergedStateSql(merge, column);
    case null:
      throw new Error(`${column.name} cannot be merged`);
    default:
      return unreachable(merge);
  }
}

/** What DuckDB adds up faster, of 64 bits where all values have no more. */
function narrowSql(name: string, staged: StagedType): string {
  const type = fileType(staged, false);
  return type === 'BIGINT' || type.startsWith('DECIMAL(18,') ? `CAST(${name} AS ${type})` : name;
}

/** A number that DuckDB lets grow beyond the digits of its own DECIMAL goes through text, which is checked. */
function castSql(sql: string, staged: StagedType, merged: boolean): string {
  const type = fileType(staged, merged);
  const scale = /^DECIMAL\(38,(\d+)\)$/.exec(type)?.[1];
  const isNear = scale !== undefined && boundOf(staged, merged) * 10 ** Number(scale) > 9e37;
  return `CAST(${isNear ? `CAST(${sql} AS VARCHAR)` : sql} AS ${type})`;
}

/** Largest |value| that a column can hold, near enough. */
function boundOf({ largest, rows }: StagedType, merged: boolean): number {
  return merged ? largest * rows : largest;
}

/**
 * The type in the file. Parquet has no 128-bit integer, and DuckDB would write one as DOUBLE: integers become
 * BIGINT where all values fit and DECIMAL(38,0) elsewhere, decimals likewise DECIMAL(18,s) or DECIMAL(38,s).
 */
function fileType(staged: StagedType, merged: boolean): string {
  const { type } = staged;
  const bound = boundOf(staged, merged);
  const decimal = /^DECIMAL\((\d+),(\d+)\)$/.exec(type);
  if (decimal !== null) {
    const [width, scale] = [Number(decimal[1]), Number(decimal[2])];
    if (width <= 18) return type;
    return bound * 10 ** scale < 9e17 ? `DECIMAL(18,${scale})` : `DECIMAL(38,${scale})`;
  }
  if (/^U?HUGEINT$|^UBIGINT$/.test(type)) return bound < 9e18 ? 'BIGINT' : 'DECIMAL(38,0)';
  if (/INT(EGER)?$/.test(type)) return 'BIGINT';
  if (type === 'FLOAT') return 'DOUBLE';
  if (type === 'DATE' || type.startsWith('TIMESTAMP')) return 'TIMESTAMP';
  if (type === 'DOUBLE' || type === 'BOOLEAN' || type === 'BLOB') return type;
  return 'VARCHAR';
}
