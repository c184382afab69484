import type { RollupStatus, StoreStatus } from '../index.js';
import { formatAge, formatBytes, formatCount } from './format.js';
import { noteUnbuilt } from './note-unbuilt.js';
import { noteWarnings } from './note-warnings.js';
import { printHeading, printJson, printLine, printNote } from './print.js';
import { formatTable } from './table.js';
import { type Globals, withStore } from './with-store.js';

/** `granary status`: one line for each rollup of the model. */
export async function status(
  flags: Globals & { readonly files: boolean; readonly source: boolean },
): Promise<number> {
  return withStore(flags, async (store) => {
    const report = await store.status({ files: flags.files, source: flags.source });
    if (flags.json) printJson(report);
    else printStatus(report);
    noteWarnings(report);
    noteUnbuilt(report);
    return 0;
  });
}

function printStatus({ rollups, warnings }: StoreStatus): void {
  const stale = rollups.some(({ unbuilt }) => unbuilt !== null && unbuilt.length > 0);
  const ranged = rollups.some(({ buildRange }) => buildRange !== null);
  printLine(
    formatTable(
      [
        { title: 'rollup' },
        { title: 'state' },
        { title: 'partitions', align: 'right' },
        { title: 'rows', align: 'right' },
        { title: 'size', align: 'right' },
        { title: 'indexes' },
        { title: 'last refresh' },
        { title: 'age', align: 'right' },
        ...(stale ? [{ title: 'not built' }] : []),
        ...(ranged ? [{ title: 'build range' }] : []),
      ],
      rollups.map((rollup) => [
        rollup.id,
        rollup.state,
        formatCount(rollup.partitions),
        formatCount(rollup.rows),
        formatBytes(rollup.bytes),
        rollup.indexes.map((index) => index.name ?? 'default').join(', '),
        rollup.lastRefreshTime ?? 'never',
        rollup.ageMs === null ? '' : formatAge(rollup.ageMs),
        ...(stale ? [unbuiltText(rollup.unbuilt)] : []),
        ...(ranged ? [rangeText(rollup.buildRange)] : []),
      ]),
    ),
  );
  for (const warning of warnings) printNote(`granary: ${warning}`);
  for (const { id, files } of rollups) {
    if (files === undefined) continue;
    printHeading(`Files of ${id}`);
    for (const [index, paths] of Object.entries(files))
      for (const path of paths) printLine(`${index}  ${path}`);
  }
}

const UNBUILT_SHOWN = 3;

function unbuiltText(unbuilt: RollupStatus['unbuilt']): string {
  if (unbuilt === null) return '';
  const more = unbuilt.length - UNBUILT_SHOWN;
  return unbuilt.slice(0, UNBUILT_SHOWN).join(', ') + (more > 0 ? ` and ${formatCount(more)} more` : '');
}

/** `2024-01-01T00:00:00.000Z to 2024-03-31T00:00:00.000Z`, `from …`, `up to …`. */
function rangeText(range: RollupStatus['buildRange']): string {
  if (range === null) return '';
  const { start, end } = range;
  if (start !== null && end !== null) return `${start} to ${end}`;
  if (start !== null) return `from ${start}`;
  return end === null ? 'without bounds' : `up to ${end}`;
}
