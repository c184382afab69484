import type { QueryResult } from '../index.js';
import { formatCount, formatMs, formatPercent } from './format.js';
import { noteUnbuilt } from './note-unbuilt.js';
import { printJson, printLine } from './print.js';
import { readQuery } from './read-query.js';
import { formatTable } from './table.js';
import { type WishFlags, wishOptions } from './wish-options.js';
import { type Globals, withStore } from './with-store.js';

/** `granary query`: the rows, and one line on where they come from. */
export async function query(text: string, globals: Globals & WishFlags): Promise<number> {
  const asked = readQuery(text);
  return withStore(globals, async (store) => {
    const result = await store.query(asked, wishOptions(globals));
    if (globals.json) printJson(result);
    else printLine(`${rowsTable(result)}\n\n${originLine(result)}`);
    noteUnbuilt(await store.status());
    return 0;
  });
}

function rowsTable({ data, annotation }: QueryResult): string {
  const names = columnNames(data, annotation);
  const columns = names.map((title) => {
    const type = annotation.measures[title]?.type ?? annotation.dimensions[title]?.type;
    return { title, align: type === 'number' ? ('right' as const) : ('left' as const) };
  });
  return formatTable(
    columns,
    data.map((row) => names.map((name) => cellText(row[name]))),
  );
}

/** A time dimension is in the row twice, with and without its granularity: once is enough to read. */
function columnNames(data: QueryResult['data'], annotation: QueryResult['annotation']): string[] {
  const { dimensions, timeDimensions, measures } = annotation;
  const times = Object.entries(timeDimensions).filter(([, time]) => time.granularity !== undefined);
  const named = [...Object.keys(dimensions), ...times.map(([name]) => name), ...Object.keys(measures)];
  return named.length > 0 ? named : Object.keys(data[0] ?? {});
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return '∅';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function originLine(result: QueryResult): string {
  const { data, total, meta } = result;
  const parts = [`${formatCount(data.length)} row${data.length === 1 ? '' : 's'}`];
  if (total !== undefined) parts.push(`${formatCount(total)} before limit and offset`);
  parts.push(...originParts(result), `${formatMs(meta.durationMs)} ms`);
  const { relativeError } = meta;
  if (relativeError === null) parts.push('estimates, one without a bound');
  else if (relativeError !== undefined) parts.push(`estimates within ${formatPercent(relativeError)}`);
  return parts.join(' · ');
}

function originParts({ meta, usedPreAggregations }: QueryResult): string[] {
  if (meta.preAggregation === null) return ['from the source: no rollup answers this (see granary explain)'];
  const rollups = Object.values(usedPreAggregations).map((used) => used.preAggregationId);
  const parts = [`from ${rollups.join(', ')}${meta.mode === 'hybrid' ? ' and the source' : ''}`];
  if (meta.index !== null) parts.push(`index ${meta.index}`);
  parts.push(`${formatCount(meta.partitions.read)} of ${formatCount(meta.partitions.total)} partitions`);
  if (meta.rowsScanned !== null) parts.push(`${formatCount(meta.rowsScanned)} rows scanned`);
  return parts;
}
