import { formatBytes, formatCount, formatMs, formatRatio } from '../../cli/format.js';
import { markdownTable, type Section } from './markdown.js';
import type { Recorded } from './recorded.js';

const HEAD = `## Builds

Rollups built from rows of a DuckDB file, with sort, dictionaries and all files, in a process of their own. DuckDB alone makes one sorted Parquet file of the same groups (\`COPY … ORDER BY\`), or, of sketches, counts that can neither be stored nor merged.
`;

export interface BuildLine {
  readonly rows: number;
  readonly memoryLimitMb: number;
  readonly builds: readonly {
    readonly title: string;
    readonly rows: number;
    readonly bytes: number;
    readonly granaryMs: number;
    readonly peakBytes: number;
    /** By the name of the peer. */
    readonly peerMs: Readonly<Record<string, number>>;
  }[];
}

export const BUILD_PEERS: Readonly<Record<string, string>> = {
  copy: 'COPY ORDER BY',
  approximate: 'approx_count_distinct',
  exact: 'count(DISTINCT)',
};

export function buildSection(recorded: Recorded): Section | null {
  const runs = recorded.of<BuildLine>('build');
  if (runs.length === 0) return null;
  const titles = ['rows', 'size', 'peak memory', 'Granary ms', 'DuckDB ms', 'Granary / DuckDB'];
  const parts = runs.map(({ size, rows: facts, memoryLimitMb, builds }) => {
    const table = markdownTable(
      ['rollup', 'DuckDB', ...titles],
      builds.flatMap(({ title, rows, bytes, granaryMs, peakBytes, peerMs }) =>
        Object.entries(peerMs).map(([peer, ms]) => [
          title,
          BUILD_PEERS[peer] ?? peer,
          formatCount(rows),
          formatBytes(bytes),
          formatBytes(peakBytes),
          formatMs(granaryMs),
          formatMs(ms),
          formatRatio(granaryMs / ms),
        ]),
      ),
      titles,
    );
    const limit = `${formatCount(memoryLimitMb)} MiB for DuckDB`;
    return `### ${size}: ${formatCount(facts)} rows of the source, ${limit}\n\n${table}\n`;
  });
  return { text: [HEAD, ...parts].join('\n'), plots: {} };
}
