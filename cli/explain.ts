import type { Candidate, ExplainedPiece, ExplainedSpan, Explanation } from '../index.js';
import { adviceLines } from './advice.js';
import { cubeLines } from './cube-lines.js';
import { formatCount } from './format.js';
import { noteWarnings } from './note-warnings.js';
import { printHeading, printJson, printLine } from './print.js';
import { readQuery } from './read-query.js';
import { formatTable } from './table.js';
import { type WishFlags, wishOptions } from './wish-options.js';
import { type Globals, withStore } from './with-store.js';

/** `granary explain`: the checks of every rollup, the pieces of the answer, and what would let a rollup answer. */
export async function explain(text: string, globals: Globals & WishFlags): Promise<number> {
  const asked = readQuery(text);
  return withStore(globals, async (store) => {
    const explanation = await store.explain(asked, wishOptions(globals));
    if (globals.json) printJson(explanation);
    else printExplanation(explanation);
    noteWarnings(await store.status());
    return 0;
  });
}

function printExplanation(explanation: Explanation): void {
  const { selected, mode, selection, index, indexes, candidates, pieces, warnings, refusal } = explanation;
  const from = mode === 'source' ? 'no rollup: the source answers' : readFrom(pieces);
  printLine(`${from}${index === null ? '' : `, index ${index}`} (${mode})`);

  if (refusal !== undefined) printLine(`The query is refused: ${refusal}`);
  printHeading(`Rollups, in the order in which they are tried (selection: ${selection})`);
  for (const candidate of candidates) printCandidate(candidate, selected);

  const advice = adviceLines(explanation);
  if (selected === null && advice.length > 0) {
    printHeading('What would help');
    for (const line of advice) printLine(`- ${line}`);
  }
  if (explanation.cube !== undefined) {
    printHeading("Cube's choice, in its order");
    for (const line of cubeLines(explanation.cube)) printLine(line);
  }
  if (indexes.length > 1) {
    printHeading('Indexes');
    const rows = indexes.map(({ name, chosen, usable, why }) => [
      chosen ? '✓' : usable ? '' : '✗',
      name ?? 'default',
      why,
    ]);
    printLine(formatTable([{ title: '' }, { title: 'index' }, { title: 'why' }], rows));
  }
  printHeading('Pieces');
  for (const piece of pieces) printPiece(piece);
  if (warnings.length > 0) {
    printHeading('Worth a look');
    for (const { code, message } of warnings) printLine(`- ${code}: ${message}`);
  }
  for (const { sql } of pieces) if (sql !== undefined) printLine(`\n${sql.text}`);
}

/** The rollups that are read. */
function readFrom(pieces: readonly ExplainedPiece[]): string {
  const names = new Set(pieces.map(({ from }) => from).filter((from) => from !== 'source'));
  return [...names].join(', ');
}

/** The questions in order, as in a flowchart: each is answered with ✓, or with ✗ and the reasons. */
function printCandidate(candidate: Candidate, selected: string | null): void {
  const { id, checks, rows, help } = candidate;
  const scanned = rows === null ? '' : `, ${formatCount(rows)} rows to scan`;
  printLine(`${id}: ${verdict(candidate, selected)}${scanned}`);
  printLine(`  ${checks.map(({ rule, passed }) => `${passed ? '✓' : '✗'} ${rule}`).join('  ')}`);
  for (const { code, message } of checks.flatMap(({ reasons }) => reasons)) {
    printLine(`    ✗ ${code}: ${message}`);
  }
  if (help !== null) printLine(`    ${help}`);
}

function verdict({ id, matched, partly }: Candidate, selected: string | null): string {
  if (partly === true) return 'answers in part';
  if (id === selected) return 'chosen';
  return matched ? 'could answer' : 'refused';
}

function printPiece(piece: ExplainedPiece): void {
  const { from, granularity, partitions, pruned, pruning, rows } = piece;
  const parts: string[] = [from];
  if (granularity !== undefined) parts.push(`by ${granularity}`);
  parts.push(...pieceTimes(piece));
  if (partitions !== undefined && partitions.length === 1) parts.push(`partition ${partitions[0]}`);
  if (rows !== undefined) parts.push(`${formatCount(rows)} rows`);
  printLine(`- ${parts.join(' · ')}`);
  if (pruned !== undefined) printLine(`  ${pruned}`);
  for (const run of pruning ?? []) {
    if (run.fate !== 'kept') printLine(`  ${run.span}: ${run.partitions} ${run.fate}`);
  }
}

/** One text for all boxes of times; none for all rows. */
function pieceTimes({ range, ranges, boxes }: ExplainedPiece): string[] {
  if (range !== undefined) return [rangeText(range)];
  if (ranges !== undefined)
    return [
      Object.entries(ranges)
        .map(([name, each]) => `${name} ${rangeText(each)}`)
        .join(' and '),
    ];
  if (boxes === undefined) return [];
  const texts = boxes.map((box) => {
    const sides = Object.entries(box);
    const named = sides.length > 1;
    return sides.map(([name, span]) => `${named ? `${name} ` : ''}${spanText(span)}`).join(' and ');
  });
  return [texts.join(', and ')];
}

function spanText({ range, orNull }: ExplainedSpan): string {
  const texts = [...(range === null ? [] : [rangeText(range)]), ...(orNull ? ['without a time'] : [])];
  return texts.join(' or ');
}

function rangeText([from, to]: readonly [string, string]): string {
  const ends = [
    ...(from === 'unbounded' ? [] : [`from ${from}`]),
    ...(to === 'unbounded' ? [] : [`to before ${to}`]),
  ];
  return ends.join(' ') || 'with a time';
}
