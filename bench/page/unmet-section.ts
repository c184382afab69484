/** Why goals are not met, of those that the newest runs missed: the words are written by hand, from profiles. */
import type { Section } from './markdown.js';
import type { Recorded } from './recorded.js';

const REASONS: Readonly<Record<string, string>> = {
  G2: 'Half a million rows by status take some 0.35 ms in two kernels; what is left of 0.55 to 0.75 ms is the edges of the range, whose rows are masked day by day, and JavaScript that other work has pushed out of the caches. Tried: a list of the rows that pass instead of a mask (slower), and kept states, which the goal leaves out (0.2 ms).',
  G5: 'Of 2.5 ms, finding 8,000 rows among a million takes 0.4, reading five columns at places far from each other 0.5, and the five thousand objects of the answer with what V8 collects of them more than 1. Tried: the runs of the sort order instead of a scan (14,000 binary searches, no gain), rows made key by key (five times as long).',
  G8: 'A build asks for one partition at a time, so that its memory is bounded, and the source is read once for each: lists of 8 million values take DuckDB 0.6 s in one statement and 1.9 s in 36, of 4 s in all. The stable hash and the registers take 0.7 s on two threads beside it.',
  G9: 'As for G8: 36 statements read a source that is not sorted by time 36 times (some 30 ms each at 10 million rows; at 100 million it no longer shows where the rollup reduces). Where it hardly reduces, rows leave DuckDB as vectors, are sorted, written as Parquet by DuckDB, read back and compared, and written once more as serving files; COPY writes once.',
  G10: 'A bare node that compiles the bundle and loads Node’s own modules takes 60 ms, more than the goal leaves on M. Tried: one bundle instead of 560 files (576 to 180 ms, see decisions/0011), DuckDB only where it is needed. A cache of compiled code would need Node 22.',
  G12: 'With 24,000 products in each of 36 partitions, a million rows hold 870,000 texts: 10 of 48 bytes a row, though they stay as bytes. To load is to read and check 360 columns in 36 files and to answer a question over all of them, which alone takes 30 of 70 ms.',
};

export function unmetSection(recorded: Recorded): Section | null {
  const missed = new Set(
    recorded.newest().flatMap(({ goals = [] }) => goals.filter(({ met }) => !met).map(({ id }) => id)),
  );
  const told = Object.entries(REASONS).filter(([id]) => missed.has(id));
  if (told.length === 0) return null;
  const lines = told.map(([id, reason]) => `- **${id}** ${reason}`);
  return { text: `## What is not met, and why\n\n${lines.join('\n')}\n`, plots: {} };
}
