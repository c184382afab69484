/** A failure of the generator as text that replays it: model, data, query, and both answers. */
import { stringify } from 'yaml';
import type { NaiveAnswer } from './naive-judge.js';
import { shrinkSample } from './shrink-sample.js';
import type { Attempt } from './shrink-sample.js';
import type { Failure } from './run-cases.js';
import type { Sample } from './random-sample.js';

/** @param timeMs that it may take to make the failure small */
export async function tellFailure(
  { model }: Sample,
  failure: Failure,
  attempt: Attempt,
  timeMs: number,
): Promise<string> {
  const small = await shrinkSample(model, failure, attempt, timeMs);
  const { rollups, selection } = small.model;
  const parts = rollups
    .filter(({ built }) => built !== 'all')
    .map(({ id, built }) => `${id}: ${String(built)}`);
  return [
    `${small.failure.kind}: ${small.failure.what} (made small in ${small.tries} tries)`,
    `-- model (selection: ${selection}${parts.length > 0 ? `; not built whole: ${parts.join(', ')}` : ''})`,
    stringify(small.model.document),
    '-- data',
    ...small.model.init.map((statement) => `${statement};`),
    '-- query',
    JSON.stringify(small.failed),
    '-- answer',
    JSON.stringify(small.failure.actual),
    '-- naive answer',
    naiveText(small.failure.expected),
  ].join('\n');
}

function naiveText(expected: NaiveAnswer | null): string {
  if (expected === null) return 'none: a build failed';
  if (expected.kind === 'none') return `none: ${expected.reasons.map(({ reason }) => reason).join(', ')}`;
  if (expected.kind === 'overflow') return 'an overflow';
  const { statement, rows, total } = expected;
  const names = statement.columns.map(({ name }) => name);
  // NaN and the infinities are no JSON.
  const cells = rows.map((row) => row.cells.map((cell) => (typeof cell === 'number' ? String(cell) : cell)));
  return [JSON.stringify({ names, rows: cells, total }), '-- naive SQL', statement.sql].join('\n');
}
