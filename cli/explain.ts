import type { Explanation } from '../index.js';
import { adviceLines } from './advice.js';
import { printHeading, printJson, printLine } from './print.js';
import { readQuery } from './read-query.js';
import { formatTable } from './table.js';
import { type Globals, withStore } from './with-store.js';

/** `granary explain`: the verdict on every rollup, the pieces of the answer, and what would let a rollup answer. */
export async function explain(text: string, globals: Globals): Promise<number> {
  const asked = readQuery(text);
  return withStore(globals, async (store) => {
    const explanation = await store.explain(asked);
    if (globals.json) printJson(explanation);
    else printExplanation(explanation);
    return 0;
  });
}

function printExplanation(explanation: Explanation): void {
  const { selected, mode, index, candidates, pieces, sql } = explanation;
  const from = selected === null ? 'no rollup: the source answers' : selected;
  printLine(`${from}${index === null ? '' : `, index ${index}`} (${mode})`);

  printHeading('Rollups, in the order of the model');
  const rows = candidates.flatMap(({ id, matched, partly, reasons }) => {
    if (matched) return [[id, id === selected ? 'chosen' : 'could answer', '']];
    return reasons.map((reason, at) => [
      at === 0 ? id : '',
      partly ? 'chosen in part' : reason.code,
      reason.message,
    ]);
  });
  printLine(formatTable([{ title: 'rollup' }, { title: 'verdict' }, { title: 'why' }], rows));

  const advice = adviceLines(candidates);
  if (selected === null && advice.length > 0) {
    printHeading('What would help');
    for (const line of advice) printLine(`- ${line}`);
  }

  printHeading('Pieces');
  for (const { from: origin, granularity, range, partitions } of pieces) {
    const parts: string[] = [origin];
    if (granularity !== undefined) parts.push(`by ${granularity}`);
    if (range !== undefined) parts.push(`from ${range[0]} to before ${range[1]}`);
    if (partitions !== undefined) parts.push(`partitions ${partitions.join(', ')}`);
    printLine(`- ${parts.join(' · ')}`);
  }
  if (sql !== undefined) printLine(`\n${sql.text}`);
}
