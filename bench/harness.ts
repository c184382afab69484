/** Races of peers over the same work, in one process, in turns: only their ratio is worth keeping. */

export interface Peer {
  readonly name: string;
  readonly run: () => Promise<unknown>;
  /**
   * Runs in one turn, each timed: a dashboard asks again and again, and what is raced is a peer that is warm. With
   * one run a turn every peer would find the caches as the slowest of the others left them. Default 1.
   */
  readonly burst?: number;
}

export interface PeerTimes {
  readonly name: string;
  readonly runs: number;
  readonly medianMs: number;
  readonly p95Ms: number;
}

export interface RaceOptions {
  /** Of the order in which the peers take turns. */
  readonly seed: number;
  readonly roundsMax: number;
  /** No new round begins after this, once there were `ROUNDS_MIN`. */
  readonly budgetMs: number;
}

/** A peer is warm after so many runs, or after so much time (of the budget at most) and two runs. */
const WARM_UP_RUNS = 200;
const WARM_UP_MS = 300;
const ROUNDS_MIN = 5;

/** Gives every peer its turn in every round, each round in another order, after rounds that do not count. */
export async function race(peers: readonly Peer[], options: RaceOptions): Promise<PeerTimes[]> {
  const times = peers.map((): number[] => []);
  const order = peers.map((_, at) => at);
  const random = seededRandom(options.seed);
  for (const peer of peers) await warmUp(peer, Math.min(WARM_UP_MS, options.budgetMs));
  const startedAt = performance.now();
  for (let round = 0; round < options.roundsMax; round++) {
    if (round >= ROUNDS_MIN && performance.now() - startedAt > options.budgetMs) break;
    shuffle(order, random);
    for (const at of order) {
      const { run, burst = 1 } = peers[at];
      for (let turn = 0; turn < burst; turn++) {
        const before = performance.now();
        await run();
        times[at].push(performance.now() - before);
      }
    }
  }
  return peers.map(({ name }, at) => {
    const sorted = times[at].sort((a, b) => a - b);
    return { name, runs: sorted.length, medianMs: quantile(sorted, 0.5), p95Ms: quantile(sorted, 0.95) };
  });
}

async function warmUp(peer: Peer, budgetMs: number): Promise<void> {
  const startedAt = performance.now();
  for (let run = 0; run < WARM_UP_RUNS; run++) {
    await peer.run();
    if (run > 0 && performance.now() - startedAt > budgetMs) return;
  }
}

/** @param sorted ascending, not empty */
export function quantile(sorted: readonly number[], share: number): number {
  const position = (sorted.length - 1) * share;
  const low = Math.floor(position);
  const high = Math.ceil(position);
  return sorted[low] + (sorted[high] - sorted[low]) * (position - low);
}

/** xorshift32: numbers in [0, 1), the same for the same seed. */
function seededRandom(seed: number): () => number {
  let state = (seed ^ 0x9e3779b9) | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

function shuffle(items: number[], random: () => number): void {
  for (let at = items.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    [items[at], items[other]] = [items[other], items[at]];
  }
}
