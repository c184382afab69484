import { DuckDBInstance } from '@duckdb/node-api';

/** Rows of a query on a DuckDB in memory, as the JavaScript values that the driver gives. */
export async function duckRows(sql: string): Promise<unknown[][]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    const reader = await connection.runAndReadAll(sql);
    return reader.getRowsJS();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** A text as an SQL literal. */
export function sqlString(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Rows of one column `v`, in order of `i`, from SQL expressions. */
export function sqlColumn(expressions: readonly string[]): string {
  return `(VALUES ${expressions.map((expression, i) => `(${i}, ${expression})`).join(', ')}) AS t(i, v)`;
}
