import type { ExplainedChoice } from '../index.js';

/** What Cube looks at, one line for each rollup, and how the plan differs from its choice. */
export function cubeLines({ candidates, selected, deviation }: ExplainedChoice): string[] {
  const lines = candidates.map(({ id, canUse, trace }) => {
    const verdict = id === selected ? 'chosen' : canUse ? 'could be used' : 'no';
    return `- ${id}: ${verdict}, ${trace.map(({ branch, message }) => `${branch}: ${message}`).join(' ')}`;
  });
  const none =
    candidates.length === 0 ? ['- Cube looks at no rollup: none lies in a cube of the query.'] : [];
  return [...lines, ...none, ...(deviation === null ? [] : [deviation])];
}
