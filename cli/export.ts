import { type ExportOptions, type ExportReport } from '../index.js';
import { formatBytes, formatCount } from './format.js';
import { printJson, printLine } from './print.js';
import { formatTable } from './table.js';
import { UsageError } from './usage-error.js';
import { type Globals, withStore } from './with-store.js';

interface ExportFlags extends Globals {
  readonly to: string;
  readonly format: string;
  readonly compression: string;
  readonly index?: string;
}

/** `granary export`: one index of each rollup as a folder that a pattern may read. */
export async function exportRollups(names: readonly string[], flags: ExportFlags): Promise<number> {
  const options: ExportOptions = {
    to: flags.to,
    format: oneOf('--format', flags.format, ['flat', 'hive']),
    compression: oneOf('--compression', flags.compression, ['zstd', 'none']),
    ...(names.length === 0 ? {} : { preAggregations: names }),
    ...(flags.index === undefined ? {} : { index: flags.index }),
  };
  return withStore(flags, async (store) => {
    const report = await store.export(options);
    if (flags.json) printJson(report);
    else printReport(report);
    return 0;
  });
}

function printReport({ to, version, rollups }: ExportReport): void {
  const rows = rollups.map((each) => [
    each.preAggregation,
    each.index ?? 'default',
    formatCount(each.files),
    formatCount(each.rows),
    formatBytes(each.bytes),
  ]);
  const columns = [{ title: 'rollup' }, { title: 'index' }, ...['files', 'rows', 'size'].map(toRight)];
  printLine(formatTable(columns, rows));
  printLine(`\nPublish ${version} is in ${to}.`);
}

function toRight(title: string): { title: string; align: 'right' } {
  return { title, align: 'right' };
}

function oneOf<T extends string>(flag: string, value: string, known: readonly T[]): T {
  const found = known.find((each) => each === value);
  if (found === undefined) throw new UsageError(`${flag} must be ${known.join(' or ')}.`);
  return found;
}
