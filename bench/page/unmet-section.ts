/** Why goals are not met, of those that the newest runs missed: the words are written by hand, from profiles. */
import type { Section } from './markdown.js';
import type { Recorded } from './recorded.js';

const REASONS: Readonly<Record<string, string>> = {
  G2: 'Half a million rows by status take some 0.35 ms in two kernels; what is left of 0.55 to 0.75 ms is the edges of the range, whose rows are masked day by day, and JavaScript that other work has pushed out of the caches. Tried: a list of the rows that pass instead of a mask (slower), and kept states, which the goal leaves out (0.2 ms).',
  G5: 'Of 2.5 ms, finding 8,000 rows among a million takes 0.4, reading five columns at places far from each other 0.5, and the five thousand objects of the answer with what V8 collects of them more than 1. Tried: the runs of the sort order instead of a scan (14,000 binary searches, no gain), rows made key by key (five times as long).',
  G8: 'approx_count_distinct keeps a sketch of its own while it reads, which it can neither store nor merge. To list the values group by group, 8 bytes each, takes DuckDB a quarter more than that alone; the stable hash and the registers, in WebAssembly, take twice as much again. At 10 million rows half of 1.5 s is 39 MB of sketches, written, read back and compared, and written once more as serving files. Tried: few statements for many partitions instead of 36 (1.6 to 1.4 s on M, no difference on L).',
  G9: 'Rows leave DuckDB as a table, are sorted and written as Parquet by DuckDB, read back and compared, and written once more as serving files; COPY writes once. What is read back goes code by code and is sorted digit by digit, half of what it was; a third of a build is still that, on one thread. At 10 million rows that reduce to 274,000, half of 0.9 s goes to 36 partitions of 7,600 rows, 12 ms each: to make a file durable, to check it and to publish it.',
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
