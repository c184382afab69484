import type { Candidate, Explanation } from '../index.js';

/** What would let a rollup answer, one sentence for each rollup that can be made to: the smallest change first. */
export function adviceLines({ fix, obstacles, candidates }: Explanation): string[] {
  const unbuilt = candidates.some((candidate) => isBuild(candidate));
  const others = candidates.flatMap((candidate) =>
    candidate.fix === null || isBuild(candidate) ? [] : [candidate.fix.text],
  );
  const smallest = fix === null || fix.patch.length === 0 ? [] : [fix.text];
  const lines = [...(unbuilt ? ['Run granary build.'] : []), ...smallest, ...others];
  const [obstacle] = obstacles;
  const told = obstacle === undefined ? [] : [`No rollup could answer this query: ${obstacle.message}`];
  return [...new Set([...lines, ...told])];
}

function isBuild({ fix }: Candidate): boolean {
  return fix !== null && fix.patch.length === 0;
}
