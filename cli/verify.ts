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
      const rows = problems.map(({ rollup, file, problem }) => [rollup ?? '', file, problem]);
      printLine(formatTable([{ title: 'rollup' }, { title: 'file' }, { title: 'problem' }], rows));
      const steps = new Set(problems.flatMap(({ next }) => (next === null ? [] : [next])));
      printLine(`\n${[...steps].join('\n')}`);
    }
    return ok ? 0 : EXIT_DIFFERENCE;
  });
}
