import { type FileDescription, type SortedColumn, inspectFile } from '../index.js';
import { cutText, formatBytes, formatCount } from './format.js';
import { printHeading, printJson, printLine } from './print.js';
import { formatTable } from './table.js';

/** Characters of a bound, and of a value of the metadata, that the tables show. */
const BOUND_CHARS = 32;
const VALUE_CHARS = 100;

/** `granary inspect`: what the footer of a Parquet file says. It needs no configuration. */
export async function inspect(path: string, flags: { readonly json: boolean }): Promise<number> {
  const description = await inspectFile(path);
  if (flags.json) printJson(description);
  else printDescription(description);
  return 0;
}

function printDescription(file: FileDescription): void {
  const { granary, rowGroups, sortedBy } = file;
  printLine(
    formatTable(
      [{ title: 'file' }, { title: file.path }],
      [
        ['rows', formatCount(file.rows)],
        ['size', formatBytes(file.bytes)],
        ['row groups', groupsText(rowGroups.map(({ rows }) => rows))],
        ['sorted by', sortedBy.length === 0 ? 'not said' : sortedBy.map(sortText).join(', ')],
        ['written by', file.createdBy ?? 'not said'],
        ...(granary === null
          ? []
          : [
              ['rollup', granary.rollup],
              ['partition', granary.partition],
              ['index', granary.index ?? 'default'],
            ]),
      ],
    ),
  );
  printHeading('Columns');
  printLine(columnTable(file));
  // What Granary wrote stands above, in the rows and in the types of sketches.
  const others = Object.entries(file.keyValues).filter(([key]) => granary === null || key !== 'granary');
  if (others.length === 0) return;
  printHeading('Metadata');
  printLine(
    formatTable(
      [{ title: 'key' }, { title: 'value' }],
      others.map(([key, value]) => [key, cutText(value, VALUE_CHARS)]),
    ),
  );
}

function columnTable({ columns }: FileDescription): string {
  const titles = ['column', 'type', 'parquet', 'nulls', 'min', 'max', 'size', 'codec', 'encodings'];
  const right = new Set(['nulls', 'size']);
  return formatTable(
    titles.map((title) => ({ title, align: right.has(title) ? 'right' : 'left' })),
    columns.map((column) => [
      column.name,
      column.type ?? 'not read',
      `${column.parquet}${column.nullable ? '' : ' required'}`,
      column.nulls === null ? '?' : formatCount(column.nulls),
      boundText(column.min),
      boundText(column.max),
      formatBytes(column.bytes),
      column.codecs.join(', '),
      column.encodings.join(', '),
    ]),
  );
}

function groupsText(rows: readonly number[]): string {
  if (rows.length === 0) return 'none';
  const most = formatCount(rows.reduce((a, b) => Math.max(a, b)));
  return `${formatCount(rows.length)} of up to ${most} rows`;
}

function sortText({ column, descending, nullsFirst }: SortedColumn): string {
  return `${column}${descending ? ' descending' : ''}${nullsFirst ? ' (NULL first)' : ''}`;
}

function boundText(bound: unknown): string {
  return bound === null
    ? '?'
    : cutText(typeof bound === 'string' ? bound : JSON.stringify(bound), BOUND_CHARS);
}
