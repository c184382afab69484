import { formatCount, formatMs } from './format.js';
import { printJson, printLine } from './print.js';
import { UsageError } from './usage-error.js';
import { type Globals, withStore } from './with-store.js';

interface IngestFlags extends Globals {
  readonly range?: readonly string[];
}

/** `granary ingest <rollup> <file>`: one publish, or none. */
export async function ingest(rollup: string, file: string, flags: IngestFlags): Promise<number> {
  const { range } = flags;
  if (range !== undefined && range.length !== 2) {
    throw new UsageError('--range takes two times: the range is [from, to).');
  }
  return withStore(flags, async (store) => {
    const report = await store.ingest(
      rollup,
      file,
      range === undefined ? {} : { range: [range[0], range[1]] },
    );
    if (flags.json) printJson(report);
    else {
      const { rows, partitionsReplaced, partitionsKept, durationMs } = report;
      printLine(
        `${formatCount(rows)} rows are now ${formatCount(partitionsReplaced.length)} partitions of ${rollup}, ` +
          `${formatCount(partitionsKept)} were kept (${formatMs(durationMs)} ms).`,
      );
    }
    return 0;
  });
}
