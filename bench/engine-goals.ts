/** G1 to G6, for the sizes that they name. */
import type { Size } from './demo-queries.js';
import type { EngineLine, EnginePeer } from './engine.js';
import { type Goal, judge } from './goals.js';

interface RatioGoal {
  readonly id: string;
  readonly query: string;
  /** Which of our two answers. */
  readonly own: 'granary' | 'granaryIndex';
  readonly peer: 'strings' | 'codes';
  /** The peer's time is at least so many times ours. */
  readonly goal: Readonly<Partial<Record<Size, number>>>;
}

const GOALS: readonly RatioGoal[] = [
  { id: 'G1', query: 'Q1', own: 'granary', peer: 'strings', goal: { M: 60, L: 60 } },
  { id: 'G1', query: 'Q1', own: 'granary', peer: 'codes', goal: { M: 12, L: 12 } },
  { id: 'G2', query: 'Q2', own: 'granary', peer: 'strings', goal: { M: 10, L: 10 } },
  { id: 'G2', query: 'Q2', own: 'granary', peer: 'codes', goal: { M: 4, L: 4 } },
  { id: 'G3', query: 'Q3', own: 'granary', peer: 'strings', goal: { M: 80, L: 500 } },
  { id: 'G4', query: 'Q4', own: 'granary', peer: 'strings', goal: { M: 15, L: 15 } },
  { id: 'G4', query: 'Q4', own: 'granary', peer: 'codes', goal: { M: 6, L: 6 } },
  { id: 'G5', query: 'Q5', own: 'granary', peer: 'strings', goal: { M: 15, L: 20 } },
  { id: 'G6', query: 'Q2', own: 'granaryIndex', peer: 'strings', goal: { L: 300 } },
];
/** Of the build without the index. */
const INDEX_PERCENT = 5;

export const PEER_TITLES: Readonly<Record<EnginePeer, string>> = {
  granary: 'Granary',
  granaryAgain: 'Granary, again',
  granaryStates: 'Granary, states',
  granaryIndex: 'Granary, index',
  strings: 'DuckDB strings',
  codes: 'DuckDB codes',
  parquet: 'DuckDB Parquet',
};

export function engineGoals(size: Size, line: EngineLine): Goal[] {
  const goals = GOALS.flatMap(({ id, query, own, peer, goal: { [size]: goal } }) => {
    if (goal === undefined) return [];
    const times = line.queries.find((found) => found.id === query)?.times;
    const what = `${query} on ${size}, ${PEER_TITLES[peer]} / ${PEER_TITLES[own]}`;
    const figure = (times?.[peer]?.medianMs ?? NaN) / (times?.[own]?.medianMs ?? NaN);
    return [judge({ id, what, bound: 'at least', goal, figure })];
  });
  if (size !== 'L') return goals;
  const { partitionsMs, indexMs } = line.indexed;
  const share = judge({
    id: 'G6',
    what: `build on ${size}, the index / all without it`,
    bound: 'at most',
    goal: INDEX_PERCENT,
    figure: (indexMs / (partitionsMs - indexMs)) * 100,
    unit: '%',
  });
  return [...goals, share];
}
