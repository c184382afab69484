/** Runs naive SQL: one DuckDB for all models, each in turn. */
import { DuckDBInstance } from '@duckdb/node-api';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { CubeQuery } from './cube-query.js';
import type { NoAnswer } from './naive-members.js';
import { naiveSql } from './naive-sql.js';
import type { NaiveColumn, NaiveStatement } from './naive-sql.js';
import type { RandomModel } from './random-model.js';

export type NaiveAnswer =
  | { readonly kind: 'none'; readonly reasons: readonly NoAnswer[]; readonly mayOverflow: boolean }
  /** The statement overflowed. */
  | { readonly kind: 'overflow'; readonly statement: NaiveStatement }
  | {
      readonly kind: 'rows';
      readonly statement: NaiveStatement;
      /** After limit and offset. */
      readonly rows: readonly NaiveRow[];
      readonly total: number;
      /** Whether rows are left out. */
      readonly cut: boolean;
    };

export interface NaiveRow {
  /** As Cube prints them; doubles as numbers. */
  readonly cells: readonly NaiveCell[];
  /** For each column how far a right answer may be away. */
  readonly errors: readonly number[];
}

export type NaiveCell = string | number | boolean | null;

export class NaiveJudge {
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection) {
    this.#instance = instance;
    this.#connection = connection;
  }

  static async open(): Promise<NaiveJudge> {
    const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
    const connection = await instance.connect();
    await connection.run("SET TimeZone = 'UTC'");
    // Other plans than those of the product's own statements.
    await connection.run('PRAGMA disable_optimizer');
    return new NaiveJudge(instance, connection);
  }

  /** Makes the tables of a model, whose queries are then answered. */
  async load(model: RandomModel): Promise<void> {
    await this.#connection.run('DROP SCHEMA IF EXISTS random CASCADE');
    await this.#connection.run('CREATE SCHEMA random');
    await this.#connection.run('USE random');
    for (const statement of model.init) await this.#connection.run(statement);
    await this.#connection.run('USE main');
    await this.#connection.run("SET search_path = 'random'");
  }

  /** Rows of a statement over the tables that are loaded. */
  async rows(sql: string): Promise<Record<string, unknown>[]> {
    const reader = await this.#connection.runAndReadAll(sql);
    return reader.getRowObjectsJS();
  }

  async answer(model: RandomModel, query: CubeQuery, now: number): Promise<NaiveAnswer> {
    const plan = naiveSql(model, query, now);
    if (plan.kind === 'none') return plan;
    const { statement } = plan;
    const table = await this.#read(statement);
    if (table === null) return { kind: 'overflow', statement };
    const { columns } = statement;
    const rows = table.map((row) => readRow(row, columns));
    const from = query.offset ?? 0;
    const page = rows.slice(from, query.limit === undefined ? rows.length : from + query.limit);
    return { kind: 'rows', statement, rows: page, total: rows.length, cut: page.length < rows.length };
  }

  async #read({ sql, mayOverflow }: NaiveStatement): Promise<readonly (readonly NaiveCell[])[] | null> {
    try {
      const reader = await this.#connection.runAndReadAll(sql);
      return reader.getRowsJS() as NaiveCell[][];
    } catch (error) {
      const { message } = error as Error;
      if (mayOverflow && /overflow|out of range/i.test(message)) return null;
      throw new Error(`naive SQL failed: ${message}\n${sql}`, { cause: error });
    }
  }

  close(): void {
    this.#connection.closeSync();
    this.#instance.closeSync();
  }
}

function readRow(row: readonly NaiveCell[], columns: readonly NaiveColumn[]): NaiveRow {
  const cells: NaiveCell[] = [];
  const errors: number[] = [];
  let at = 0;
  for (const { class: own, kind } of columns) {
    const cell = row[at++];
    cells.push(own.kind === 'exact' && typeof cell === 'string' ? withoutZeros(cell) : cell);
    errors.push(kind === 'measure' ? Number(row[at++]) : 0);
  }
  return { cells, errors };
}

/** Digits as Cube prints them. */
function withoutZeros(digits: string): string {
  return digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits;
}
