import { formatCount, formatMs } from '../../cli/format.js';
import type { MemoryLine } from '../memory.js';
import { markdownTable, type Section } from './markdown.js';
import type { Recorded } from './recorded.js';

const HEAD = `## Bytes of a row

Ten columns. In memory: by how much a process grew that has opened the store and read every column, by the system's count, beside what \`duckdb_memory()\` tells of the peers' tables. On disk: the store's files by kind. Loading: until every column is in memory, and DuckDB reading a Parquet file of codes into typed arrays.
`;

export function memorySection(recorded: Recorded): Section | null {
  const runs = recorded.of<MemoryLine>('memory');
  if (runs.length === 0) return null;
  const kinds = [...new Set(runs.flatMap(({ disk }) => Object.keys(disk)))].sort();
  const perRow = (bytes: number | undefined, rows: number): string =>
    bytes === undefined ? '–' : (bytes / rows).toFixed(1);
  const table = markdownTable(
    [
      'size',
      'rows',
      ...['Granary', 'DuckDB strings', 'DuckDB codes'].map((peer) => `${peer} B/row`),
      ...kinds.map((kind) => `disk ${kind} B/row`),
      'load ms',
      'DuckDB load ms',
    ],
    runs.map(({ size, rows, resident, disk, loadMs }) => [
      size,
      formatCount(rows),
      ...[resident.granary, resident.strings, resident.codes].map((bytes) => perRow(bytes, rows)),
      ...kinds.map((kind) => perRow(disk[kind], rows)),
      formatMs(loadMs.granary),
      formatMs(loadMs.parquet),
    ]),
  );
  return { text: `${HEAD}\n${table}\n`, plots: {} };
}
