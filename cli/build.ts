import { type BuildReport, type RollupBuild, StoreError } from '../index.js';
import { formatBytes, formatCount, formatMs, formatPercent } from './format.js';
import { noteWarnings } from './note-warnings.js';
import { printJson, printLine } from './print.js';
import { showProgress } from './progress.js';
import { formatTable } from './table.js';
import { UsageError } from './usage-error.js';
import { type Globals, withStore } from './with-store.js';

interface BuildFlags extends Globals {
  readonly force: boolean;
  readonly from?: string;
  readonly to?: string;
}

/** `granary build`: Ctrl-C ends it cleanly, what was published before stays. */
export async function build(rollups: readonly string[], flags: BuildFlags): Promise<number> {
  const { from, to } = flags;
  if ((from === undefined) !== (to === undefined)) {
    throw new UsageError('--from and --to belong together: the range is [from, to).');
  }
  const abort = new AbortController();
  const stop = (): void => abort.abort();
  process.once('SIGINT', stop);
  try {
    return await withStore(flags, async (store) => {
      const report = await store.build({
        ...(rollups.length === 0 ? {} : { preAggregations: rollups }),
        ...(from === undefined || to === undefined ? {} : { range: [from, to] }),
        force: flags.force,
        signal: abort.signal,
        onProgress: showProgress(process.stderr),
      });
      if (flags.json) printJson(report);
      else printBuilt(report);
      noteWarnings(await store.status());
      return 0;
    });
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'commit_conflict') throw error;
    throw new StoreError('commit_conflict', 'Another build finished first.', {
      next: 'Run granary build again.',
      cause: error,
    });
  } finally {
    process.off('SIGINT', stop);
  }
}

function printBuilt(report: BuildReport): void {
  printLine(builtTable(report));
  for (const line of report.rollups.flatMap(indexLines)) printLine(line);
  if (report.rollups.some(({ partitionsKept }) => partitionsKept > 0)) {
    printLine('\nKept partitions were not compared with the source; --force rebuilds them.');
  }
}

function builtTable(report: BuildReport): string {
  return formatTable(
    [
      { title: 'rollup' },
      { title: 'outcome' },
      { title: 'built', align: 'right' },
      { title: 'kept', align: 'right' },
      { title: 'rows', align: 'right' },
      { title: 'size', align: 'right' },
      { title: 'ms', align: 'right' },
    ],
    report.rollups.map((rollup) => [
      rollup.preAggregation,
      outcomeText(rollup),
      formatCount(rollup.partitionsBuilt),
      formatCount(rollup.partitionsKept),
      formatCount(rollup.rows),
      formatBytes(rollup.bytes),
      formatMs(rollup.durationMs),
    ]),
  );
}

/** What each index beside the default one takes. */
function indexLines({ preAggregation, partitionsMs, indexes }: RollupBuild): string[] {
  return indexes.slice(1).map(({ name, bytes, durationMs }) => {
    const share = partitionsMs > 0 ? ` and ${formatPercent(durationMs / partitionsMs)} of the time` : '';
    return `${preAggregation}: the index ${name} takes ${formatBytes(bytes)}${share}.`;
  });
}

function outcomeText({ outcome, reason }: RollupBuild): string {
  if (outcome === 'current') return 'kept';
  return reason === undefined ? outcome : `${outcome}: ${reason}`;
}
