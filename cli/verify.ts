import { join } from 'node:path';
import type { DifferenceCause, StoreProblem, VerifyReport } from '../index.js';
import { formatBytes, formatCount } from './format.js';
import { printJson, printLine, printNote } from './print.js';
import { formatTable } from './table.js';
import { UsageError } from './usage-error.js';
import { type Globals, withStore } from './with-store.js';

const EXIT_DIFFERENCE = 3;

interface VerifyFlags extends Globals {
  readonly source: boolean;
  readonly budget?: string;
  readonly after?: string;
}

/** `granary verify`: exit code 3 when a file is not what was published, or rows are not those of the source. */
export async function verify(flags: VerifyFlags): Promise<number> {
  const { source, budget, after } = flags;
  const budgetMs = budget === undefined ? undefined : Number(budget);
  if (budgetMs !== undefined && !(budgetMs >= 0)) throw new UsageError('--budget takes milliseconds.');
  return withStore(flags, async (store) => {
    const report = await store.verify({
      source,
      ...(budgetMs === undefined ? {} : { budgetMs }),
      ...(after === undefined ? {} : { after }),
    });
    if (flags.json) printJson(report);
    else printReport(report, (await store.status()).directory, source);
    return report.ok ? 0 : EXIT_DIFFERENCE;
  });
}

function printReport(report: VerifyReport, directory: string, source: boolean): void {
  const { ok, files, rows, bytes, problems, servingDamaged, notCompared, next } = report;
  if (ok) {
    printLine(`${formatCount(files)} files (${formatBytes(bytes)}) are as they were published.`);
    const compared = source && notCompared.length === 0;
    if (compared) printLine(`Their ${formatCount(rows)} rows are those of the source.`);
  } else {
    const ofRows = problems.some(({ difference }) => difference !== undefined);
    const titles = ['rollup', 'file', 'problem', ...(ofRows ? ['partition', 'likely cause'] : [])];
    const lines = problems.map((each) => [
      each.rollup ?? '',
      each.file ?? '',
      problemText(each, directory),
      ...(ofRows ? [each.partition ?? '', causeText(each)] : []),
    ]);
    printLine(
      formatTable(
        titles.map((title) => ({ title })),
        lines,
      ),
    );
    const steps = new Set(problems.flatMap((each) => (each.next === null ? [] : [each.next])));
    printLine(`\n${[...steps].join('\n')}`);
  }
  for (const path of servingDamaged)
    printNote(`granary: ${path} is damaged and not used. Remove it: it is made again from the Parquet.`);
  for (const reason of notCompared) printNote(`granary: ${reason}`);
  if (next !== null) printLine(`The budget ended. Go on with: granary verify --after ${next}`);
}

const CAUSES: Readonly<Record<DifferenceCause, string>> = {
  late_rows: 'late rows: the source has more',
  deleted_rows: 'rows were deleted: the source has fewer',
  double_load: 'a double load: one is a multiple of the other',
  changed_sql: 'changed SQL',
  zone: 'a time zone: the same rows at other times',
  unknown: 'rows were changed',
};

function causeText({ difference }: StoreProblem): string {
  return difference === undefined ? '' : CAUSES[difference.cause];
}

/** Without the path and the next step, which stand elsewhere. */
function problemText({ file, problem, next }: StoreProblem, directory: string): string {
  const text = file === null ? problem : problem.replaceAll(join(directory, file), 'it');
  return next === null ? text : text.replace(` ${next}`, '');
}
