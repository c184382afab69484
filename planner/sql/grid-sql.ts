import type { Grid } from '../../model/schema.js';

/**
 * The start of the bucket of a grid that holds a wall-clock time. Remainders are made positive before they are taken
 * away, so that times before the anchor are rounded down too; a time that is infinite stays as it is.
 * @param local SQL of type TIMESTAMP; it stands in the result several times
 * @param yearOf SQL of the year of a TIMESTAMP, counted with a year 0
 */
export function gridSql(local: string, grid: Grid, yearOf: (date: string) => string): string {
  if (grid.unit === 'millisecond') {
    const second = `date_trunc('second', ${local})`;
    const count = `CAST(extract(epoch FROM ${second}) AS BIGINT)`;
    const start = stepBack(second, count, 'second', grid.anchor / 1_000, grid.size / 1_000);
    return `CASE WHEN isfinite(${local}) THEN ${start} ELSE ${local} END`;
  }
  const lead = `INTERVAL '${grid.lead / 1_000} seconds'`;
  const month = `date_trunc('month', ${local} - ${lead})`;
  const count = `CAST((${yearOf(month)} - 1970) * 12 + extract(month FROM ${month}) - 1 AS BIGINT)`;
  const start = stepBack(month, count, 'month', grid.anchor, grid.size);
  return `CASE WHEN isfinite(${local}) THEN ${start} + ${lead} ELSE ${local} END`;
}

/** From a time that is `count` units since 1970 back to the last of every `size` units from `anchor` on. */
function stepBack(time: string, count: string, unit: string, anchor: number, size: number): string {
  return `${time} - INTERVAL '1 ${unit}' * (((${count} - ${anchor}) % ${size} + ${size}) % ${size})`;
}
