import { join } from 'node:path';
import type { StoreProblem } from '../index.js';
import { formatBytes, formatCount } from './format.js';
import { printJson, printLine } from './print.js';
import { formatTable } from './table.js';
import { type Globals, withStore } from './with-store.js';

const EXIT_DIFFERENCE = 3;

/** `granary verify`: exit code 3 when a published file is not what was published. */
export async function verify(globals: Globals): Promise<number> {
  return withStore(globals, async (store) => {
    const report = await store.verify();
    const { ok, files, bytes, problems } = report;
    if (globals.json) printJson(report);
    else if (ok) printLine(`${formatCount(files)} files (${formatBytes(bytes)}) are as they were published.`);
    else {
      const { directory } = await store.status();
      const rows = problems.map((each) => [each.rollup ?? '', each.file, problemText(each, directory)]);
      printLine(formatTable([{ title: 'rollup' }, { title: 'file' }, { title: 'problem' }], rows));
      const steps = new Set(problems.flatMap(({ next }) => (next === null ? [] : [next])));
      printLine(`\n${[...steps].join('\n')}`);
    }
    return ok ? 0 : EXIT_DIFFERENCE;
  });
}

/** Without the path and the next step, which stand elsewhere. */
function problemText({ file, problem, next }: StoreProblem, directory: string): string {
  const text = problem.replaceAll(join(directory, file), 'it');
  return next === null ? text : text.replace(` ${next}`, '');
}
