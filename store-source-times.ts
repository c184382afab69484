/** What a build asks the source before it plans partitions: which times there are, and which of them to build. */
import type { BuildRange } from './model/catalog.js';
import { formatLocal } from './model/civil-time.js';
import { errorOf, StoreError } from './model/errors.js';
import { LIMITS } from './model/limits.js';
import type { BuildRangeSql, MemberId } from './model/schema.js';
import type { SqlTemplate } from './model/sql-template.js';
import { parseTime } from './model/time-range.js';
import type { LogicalType, Value } from './model/value.js';
import { memberPosition } from './planner/find-member.js';
import type { SourceTimes } from './planner/plan-build.js';
import type { RollupShape } from './planner/rollup-shape.js';
import { duckdbDialect } from './planner/sql/compile-duckdb.js';
import { buildRangeStatement, rangeStatement } from './planner/sql/source-statement.js';
import type { House } from './store-house.js';

/**
 * Null for a rollup without partitions, which needs no range.
 * @throws StoreError with the rollup and the place in the model of a build range that gives no time or runs backwards
 */
export async function sourceTimes(
  house: House,
  shape: RollupShape,
  signal: AbortSignal | undefined,
): Promise<SourceTimes | null> {
  if (shape.partitionDimension === null) return null;
  const sql = shape.preAggregation.buildRange;
  const buildRange = sql === null ? null : await askBuildRange(house, shape, sql, signal);
  const statement = rangeStatement(
    house.prepared.model,
    shape.request,
    shape.partitionDimension,
    duckdbDialect,
  );
  const batch = await house
    .source(shape.request.dataSource)
    .query(statement, signal)
    .catch((error: unknown) => {
      throw ofDimension(house, shape, shape.partitionDimension as MemberId, error);
    });
  const [from, to, nulls] = batch.columns.map((column) => column.values[0]);
  const range = typeof from === 'number' && typeof to === 'number' ? { from, to: to + 1 } : null;
  return { range, hasNulls: Number(nulls) > 0, buildRange };
}

async function askBuildRange(
  house: House,
  shape: RollupShape,
  sql: BuildRangeSql,
  signal: AbortSignal | undefined,
): Promise<BuildRange> {
  const start = sql.start === null ? null : await askBound(house, shape, sql.start, signal);
  const end = sql.end === null ? null : await askBound(house, shape, sql.end, signal);
  if (start !== null && end !== null && end < start) {
    throw new StoreError(
      'build_failed',
      `${shape.preAggregation.id}: its build range runs backwards, from ${formatLocal(start)}Z to ${formatLocal(end)}Z.`,
      { next: 'Let the start be the earlier time.', position: sql.end?.position },
    );
  }
  return { start, end };
}

/** One end of the range; null where the source gives NULL, or no row. */
async function askBound(
  house: House,
  shape: RollupShape,
  sql: SqlTemplate,
  signal: AbortSignal | undefined,
): Promise<number | null> {
  const subject = `${shape.preAggregation.id}, build range`;
  const { position } = sql;
  const statement = buildRangeStatement(house.prepared.model, shape.request, sql, duckdbDialect);
  try {
    const [{ type, values }] = (await house.source(shape.request.dataSource).query(statement, signal))
      .columns;
    return boundOf(type, values[0] ?? null);
  } catch (error) {
    throw error instanceof StoreError && error.code !== 'aborted' ? errorOf(subject, error, position) : error;
  }
}

/** A time, a date, or a text of one; without an offset of its own it is of UTC. */
function boundOf({ kind }: LogicalType, value: Value | Uint8Array): number | null {
  if (value === null) return null;
  if (kind === 'time') return Number(value);
  const time = kind === 'string' ? parseTime(String(value)) : null;
  if (time !== null) return time.ms;
  const given = typeof value === 'object' ? 'a BLOB' : `'${String(value).slice(0, LIMITS.errorValueChars)}'`;
  throw new StoreError('build_failed', `the SQL gives ${given}, which is no time.`, {
    next: 'Let it give a TIMESTAMP, a DATE or a text such as 2024-01-31; NULL means that there is no bound.',
  });
}

/** A time that cannot be reckoned with is a fault of the dimension's values. */
function ofDimension(
  house: House,
  { preAggregation }: RollupShape,
  dimension: MemberId,
  error: unknown,
): unknown {
  if (!(error instanceof StoreError) || error.code !== 'value_out_of_range') return error;
  const position = memberPosition(house.prepared.model, dimension);
  return errorOf(`${preAggregation.id}: ${dimension}`, error, position);
}
