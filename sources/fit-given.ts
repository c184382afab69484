/** Given rows as the columns of a rollup: each value in its type, and every law of a rollup's rows looked at. */
import { isOnGrid } from '../model/civil-time.js';
import { errorOf, StoreError } from '../model/errors.js';
import type { IngestColumn } from '../model/ingest-column.js';
import type { BuildColumn } from '../model/plan.js';
import { grainName } from '../model/schema.js';
import type { SketchDomain } from '../model/sketch-domain.js';
import { castGiven } from './cast-given.js';
import { RAW_TABLE } from './given-rows.js';
import type { GivenRows } from './given-rows.js';
import { quoteIdentifier } from './quote-duckdb.js';

/** Given rows under the names and in the types of the rollup's files; `granary_row` counts them from 1. */
export const GIVEN_VIEW = 'granary_given';
const ROW = 'granary_row';

/**
 * Makes the view and looks at all rows: no value is lost by its type, counts are counts, stored times are starts of
 * buckets, sketches are of the rollup's precision or a higher one, the columns of a state agree, and no group is there twice.
 * @param names the column that each name of the rows is
 * @param keys columns that make a group
 * @returns the domain of each column that holds a sketch
 * @throws StoreError `rows_invalid` with the row, counted from 1, and the column
 */
export async function fitGiven(
  given: GivenRows,
  names: ReadonlyMap<string, IngestColumn>,
  columns: readonly BuildColumn[],
  keys: readonly string[],
): Promise<ReadonlyMap<string, SketchDomain>> {
  const select: string[] = [];
  for (const [name, column] of names) {
    const { sql, lost, fault } = castGiven(name, given.types.get(name) ?? '', column);
    const row =
      lost === null ? null : await firstRow(given, `SELECT min(rowid) + 1 FROM ${RAW_TABLE} WHERE ${lost}`);
    if (row !== null) throw invalid(row, column.column, fault, 'Cast it before it is given.');
    select.push(`${sql} AS ${quoteIdentifier(column.column)}`);
  }
  await given.run(
    `CREATE VIEW ${GIVEN_VIEW} AS SELECT rowid + 1 AS ${ROW}, ${select.join(', ')} FROM ${RAW_TABLE}`,
  );
  for (const column of names.values()) await checkColumn(given, column);
  for (const column of columns) await checkState(given, column);
  await refuseTwice(given, keys);
  const domains = new Map<string, SketchDomain>();
  for (const { column, precision } of names.values()) {
    const domain = precision === null ? null : await domainOf(given, column);
    if (domain !== null) domains.set(column, domain);
  }
  return domains;
}

/** Of one column, all sketches have one domain; their first byte tells it. Null: there is none. */
async function domainOf(given: GivenRows, column: string): Promise<SketchDomain | null> {
  const quoted = quoteIdentifier(column);
  const isPostgres = `(${quoted} >= '\\x10'::BLOB AND ${quoted} < '\\x20'::BLOB)`;
  const rowsOf = (test: string): string => `min(${ROW}) FILTER (WHERE ${test})`;
  const found = await given.query(
    `SELECT ${rowsOf(isPostgres)}, ${rowsOf(`NOT ${isPostgres}`)} FROM ${GIVEN_VIEW}`,
  );
  const [postgres, airlift] = found.columns.map(({ values: [row] }) => (row === null ? null : Number(row)));
  if (postgres !== null && airlift !== null) {
    const what = `is a sketch of another domain than that of row ${Math.min(postgres, airlift)}`;
    const next = "Give all sketches of a rollup by one of Airlift and PostgreSQL's hll.";
    throw invalid(Math.max(postgres, airlift), column, what, next);
  }
  if (postgres !== null) return 'pghll';
  return airlift === null ? null : 'airlift';
}

async function checkColumn(given: GivenRows, column: IngestColumn): Promise<void> {
  const { column: name, takes, required, precision, grain } = column;
  const quoted = quoteIdentifier(name);
  const refuse = async (where: string, what: string, next: string): Promise<void> => {
    const row = await firstRow(given, `SELECT min(${ROW}) FROM ${GIVEN_VIEW} WHERE ${where}`);
    if (row !== null) throw invalid(row, name, what, next);
  };
  if (required)
    await refuse(`${quoted} IS NULL`, 'is NULL', 'Of no value a count is 0, and a segment false.');
  if (takes === 'integer') await refuse(`${quoted} < 0`, 'is a negative count', 'Count rows from 0 on.');
  if (takes === 'time') await refuse(`NOT isfinite(${quoted})`, 'is infinite', 'Leave the row out.');
  if (precision !== null) {
    const merged = `TRY(granary_sketch_merge([${quoted}], ${precision}))`;
    const next = `Give the bytes of Airlift, or of PostgreSQL's hll, of 2^${precision} registers or more.`;
    await refuse(`${quoted} IS NOT NULL AND ${merged} IS NULL`, 'is no sketch of the rollup', next);
  }
  if (grain === null) return;
  for (const { time, row } of await distinctTimes(given, name)) {
    if (time === null || isOnGrid(time, grain)) continue;
    const next = 'Give the time at which its bucket begins, in UTC.';
    throw invalid(row, name, `is not the start of a ${grainName(grain)}`, next);
  }
}

/** The columns of one state say the same: of no value all are NULL, but for the count, which is 0. */
async function checkState(given: GivenRows, { name, role, state }: BuildColumn): Promise<void> {
  const merge = role.kind === 'measure' ? role.merge : null;
  if (state === undefined || name === state[0]) return;
  const [first, own] = [quoteIdentifier(state[0]), quoteIdentifier(name)];
  const byTime = merge === 'first' || merge === 'last';
  if (!byTime && merge !== 'moments' && merge !== 'comoments') return;
  const where = byTime ? `${first} IS NOT NULL AND ${own} IS NULL` : `(${first} = 0) <> (${own} IS NULL)`;
  const row = await firstRow(given, `SELECT min(${ROW}) FROM ${GIVEN_VIEW} WHERE ${where}`);
  if (row === null) return;
  throw invalid(row, name, `does not go with ${state[0]}`, 'Of no value the count is 0 and all else NULL.');
}

async function refuseTwice(given: GivenRows, keys: readonly string[]): Promise<void> {
  const group = keys.length === 0 ? '' : `GROUP BY ${keys.map(quoteIdentifier).join(', ')}`;
  const twice = await given.query(
    `SELECT min(${ROW}), list_sort(list(${ROW}))[2] FROM ${GIVEN_VIEW} ${group} HAVING count(*) > 1 ORDER BY 1 LIMIT 1`,
  );
  if (twice.rows === 0) return;
  const [one, other] = twice.columns.map(({ values }) => String(values[0]));
  throw new StoreError(
    'rows_invalid',
    `row ${other}: it has the same ${keys.join(', ') || 'group'} as row ${one}.`,
    {
      next: 'Merge the rows of a group before they are given.',
    },
  );
}

export interface GivenTime {
  readonly time: number | null;
  /** The first that has it. */
  readonly row: number;
}

/** @throws StoreError `value_out_of_range` with the column */
export async function distinctTimes(given: GivenRows, column: string): Promise<readonly GivenTime[]> {
  const sql = `SELECT ${quoteIdentifier(column)}, min(${ROW}) FROM ${GIVEN_VIEW} GROUP BY 1 ORDER BY 2`;
  const [times, rows] = await given.query(sql).then(
    ({ columns }) => columns.map(({ values }) => values),
    (error: unknown) => {
      throw error instanceof StoreError ? errorOf(column, error) : error;
    },
  );
  return times.map((time, at) => ({ time: time as number | null, row: Number(rows[at]) }));
}

async function firstRow(given: GivenRows, sql: string): Promise<number | null> {
  const value = (await given.query(sql)).columns[0].values[0];
  return value === null ? null : Number(value);
}

function invalid(row: number, column: string, what: string, next: string): StoreError {
  return new StoreError('rows_invalid', `row ${row}, ${column}: it ${what}.`, { next });
}
