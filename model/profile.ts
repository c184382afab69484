/** What a look at a table tells about its columns: all that a model is inferred from. */
export interface TableProfile {
  /** A name for the table: the stem of the file or the name of the folder. */
  readonly table: string;
  /** What follows FROM: `read_csv('/data/orders.csv')`. */
  readonly sql: string;
  readonly rows: number;
  /** In the order of the table. */
  readonly columns: readonly ColumnProfile[];
}

export interface ColumnProfile {
  readonly name: string;
  /** The type as DuckDB spells it: `BIGINT`, `DECIMAL(12,2)`, `TIMESTAMP`. */
  readonly type: string;
  /** Distinct values without NULL; an estimate where the table is large. */
  readonly distinct: number;
  readonly nulls: number;
  /** As text; null when the column holds no value. */
  readonly min: string | null;
  readonly max: string | null;
  /** The most frequent value of a column of strings or booleans with few of them, else null. */
  readonly common: string | null;
}
