import { formatCount } from './format.js';
import { printJson, printLine } from './print.js';
import { type Globals, withStore } from './with-store.js';

/** `granary gc`: every removed path, and how many there were. */
export async function collect(globals: Globals): Promise<number> {
  return withStore(globals, async (store) => {
    const removed = await store.collectGarbage();
    if (globals.json) printJson({ removed });
    else {
      for (const path of removed) printLine(path);
      printLine(`${formatCount(removed.length)} files and folders were removed.`);
    }
    return 0;
  });
}
