/** `docs/benchmarks.md` and its plots from what `bench/results` holds; `npm run benchmarks-page` writes them. */
import { buildSection } from './build-section.js';
import { coldSection } from './cold-section.js';
import { concurrencySection } from './concurrency-section.js';
import { engineSection } from './engine-section.js';
import { flightsSection } from './flights-section.js';
import { goalsSection } from './goals-section.js';
import { growthSection } from './growth-section.js';
import { markdownTable, type Section } from './markdown.js';
import { memorySection } from './memory-section.js';
import type { Recorded } from './recorded.js';
import { sketchSection } from './sketch-section.js';
import { unmetSection } from './unmet-section.js';
import { winsSection } from './wins-section.js';

export interface BenchmarksPage {
  readonly markdown: string;
  /** By the name of their file in `docs/benchmarks`. */
  readonly plots: ReadonlyMap<string, string>;
}

const HEAD = `# Benchmarks

What the engine takes, beside DuckDB on the same rows, machine and run. Times on one machine differ from run to run by a third; a ratio of two peers that took turns in one process is worth more than either time. Every bench compares its answers with DuckDB's on the raw rows before it times them, and fails when one differs.

\`npm run bench\` runs the sizes S and M in minutes, \`npm run bench:long\` L; each adds a line to \`bench/results\`. \`npm run benchmarks-page\` makes this page of the newest line of each size. Nothing here was written by hand but the words.

<!-- Made from bench/results by \`npm run benchmarks-page\`. -->
`;

const SECTIONS: readonly ((recorded: Recorded) => Section | null)[] = [
  goalsSection,
  engineSection,
  flightsSection,
  coldSection,
  concurrencySection,
  memorySection,
  buildSection,
  growthSection,
  sketchSection,
  unmetSection,
  winsSection,
  runsSection,
];

export function benchmarksPage(recorded: Recorded): BenchmarksPage {
  const sections = SECTIONS.flatMap((section) => section(recorded) ?? []);
  return {
    markdown: [HEAD, ...sections.map(({ text }) => text)].join('\n'),
    plots: new Map(sections.flatMap(({ plots }) => Object.entries(plots))),
  };
}

/** Where each figure comes from. */
function runsSection(recorded: Recorded): Section | null {
  const runs = recorded.newest();
  if (runs.length === 0) return null;
  const table = markdownTable(
    ['bench', 'size', 'seed', 'when', 'commit', 'Node', 'machine'],
    runs.map(({ bench, size, seed, at, commit, node, cpu, threads, memoryGb, system }) => [
      bench,
      size,
      String(seed),
      at.slice(0, 10),
      commit,
      node,
      `${cpu}, ${threads} threads, ${memoryGb} GB, ${system}`,
    ]),
    [],
  );
  return {
    text: `## Runs\n\nA commit with \`+\` had changes that were not committed.\n\n${table}\n`,
    plots: {},
  };
}
