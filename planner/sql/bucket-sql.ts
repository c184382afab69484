import { gridOf } from '../../model/civil-time.js';
import type { Grain } from '../../model/schema.js';

/**
 * The start of the bucket that holds a wall-clock time, in DuckDB's SQL; null gives the time to its millisecond.
 * Remainders are made positive before they are taken away, so that times before the anchor are rounded down too; a
 * time that is infinite stays as it is.
 * @param local SQL of type TIMESTAMP; it stands in the result several times
 */
export function bucketSql(local: string, granularity: Grain | null): string {
  if (granularity === null) return `date_trunc('millisecond', ${local})`;
  if (typeof granularity === 'string') return `date_trunc('${granularity}', ${local})`;
  const grid = gridOf(granularity);
  if (grid.unit === 'millisecond') {
    const second = `date_trunc('second', ${local})`;
    const start = stepBack(second, epochSql(second), 'second', grid.anchor / 1_000, grid.size / 1_000);
    return `CASE WHEN isfinite(${local}) THEN ${start} ELSE ${local} END`;
  }
  const lead = `INTERVAL '${grid.lead / 1_000} seconds'`;
  const month = `date_trunc('month', ${local} - ${lead})`;
  const start = stepBack(month, monthsSql(month), 'month', grid.anchor, grid.size);
  return `CASE WHEN isfinite(${local}) THEN ${start} + ${lead} ELSE ${local} END`;
}

/** From a time that is `count` units since 1970 back to the last of every `size` units from `anchor` on. */
function stepBack(time: string, count: string, unit: string, anchor: number, size: number): string {
  return `${time} - INTERVAL '1 ${unit}' * (((${count} - ${anchor}) % ${size} + ${size}) % ${size})`;
}

function epochSql(time: string): string {
  return `CAST(extract(epoch FROM ${time}) AS BIGINT)`;
}

/** Counts a year 0, as DuckDB does; elsewhere 1 BC may be the year -1. */
function monthsSql(time: string): string {
  return `((extract(year FROM ${time}) - 1970) * 12 + extract(month FROM ${time}) - 1)`;
}
