import { formatCount } from './format.js';
import { printHeading, printJson, printLine } from './print.js';
import { formatTable } from './table.js';
import { UsageError } from './usage-error.js';
import { type Globals, withStore } from './with-store.js';

/** `granary history`: the publishes that are kept. */
export async function history(flags: Globals): Promise<number> {
  return withStore(flags, async (store) => {
    const records = await store.history();
    if (flags.json) printJson(records);
    else if (records.length === 0) printLine('Nothing is published yet.');
    else {
      printLine(
        formatTable(
          [
            { title: 'publish', align: 'right' },
            { title: 'at' },
            { title: 'rollups', align: 'right' },
            { title: 'changed' },
          ],
          records.map(({ number, publishedAt, rollups, changed }) => [
            String(number),
            publishedAt ?? 'unknown',
            formatCount(rollups),
            changed === null ? 'the oldest that is kept' : changed.join(', '),
          ]),
        ),
      );
    }
    return 0;
  });
}

/** `granary diff`: what changed between two publishes, partition by partition. */
export async function diff(from: string, to: string, flags: Globals): Promise<number> {
  const [before, after] = [numberOf(from), numberOf(to)];
  return withStore(flags, async (store) => {
    const differences = await store.difference(before, after);
    if (flags.json) printJson(differences);
    else if (differences.length === 0) printLine(`Publishes ${before} and ${after} hold the same.`);
    for (const { rollup, change, partitions } of flags.json ? [] : differences) {
      printHeading(`${rollup}: ${change}`);
      printLine(
        formatTable(
          [
            { title: 'partition' },
            { title: `rows in ${before}`, align: 'right' },
            { title: `rows in ${after}`, align: 'right' },
          ],
          partitions.map(({ key, before: old, after: now }) => [key, rowsText(old), rowsText(now)]),
        ),
      );
    }
    return 0;
  });
}

/** `granary rollback`: publishes anew what an earlier publish held. */
export async function rollback(to: string, rollups: readonly string[], flags: Globals): Promise<number> {
  const number = numberOf(to);
  return withStore(flags, async (store) => {
    const published = await store.rollback(number, rollups.length === 0 ? {} : { preAggregations: rollups });
    if (flags.json) printJson({ published });
    else printLine(`Publish ${published} holds what publish ${number} held.`);
    return 0;
  });
}

function rowsText(rows: number | null): string {
  return rows === null ? 'not there' : formatCount(rows);
}

function numberOf(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new UsageError(`${text} is not the number of a publish; granary history lists them.`);
}
