/** Clients that ask again as soon as they are answered, and what they do to the event loop that they share. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { quantile } from './harness.js';

export interface Load {
  readonly clients: number;
  readonly answers: number;
  readonly qps: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** By how much a timer of one millisecond came too late. */
  readonly lagP95Ms: number;
  readonly lagMaxMs: number;
}

/** Asks for the turn-th time, from 0. */
export type Client = (turn: number) => Promise<unknown>;

/** Milliseconds between two looks at the clock of the loop; what is measured includes them. */
const RESOLUTION_MS = 1;

/** Of the time that is measured, what goes before and does not count. */
const WARM_UP = 0.25;

/** All clients at once for so many milliseconds, after as much of it as warms them. */
export async function closedLoop(clients: readonly Client[], durationMs: number): Promise<Load> {
  await askUntil(clients, durationMs * WARM_UP);
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  // What is measured is from one look to the next: without a first one, a loop that stands still has no lag.
  await waitFor(2 * RESOLUTION_MS);
  const startedAt = performance.now();
  const latencies = await askUntil(clients, durationMs);
  const seconds = (performance.now() - startedAt) / 1_000;
  // A loop that stood still until the end has yet to notice it.
  await waitFor(2 * RESOLUTION_MS);
  delay.disable();
  const lag = (ns: number): number => Math.max(0, ns / 1e6 - RESOLUTION_MS);
  latencies.sort((a, b) => a - b);
  return {
    clients: clients.length,
    answers: latencies.length,
    qps: latencies.length / seconds,
    p50Ms: quantile(latencies, 0.5),
    p95Ms: quantile(latencies, 0.95),
    lagP95Ms: lag(delay.percentile(95)),
    lagMaxMs: lag(delay.max),
  };
}

/** @returns milliseconds of each answer; at least one of each client */
async function askUntil(clients: readonly Client[], durationMs: number): Promise<number[]> {
  const latencies: number[] = [];
  const endsAt = performance.now() + durationMs;
  await Promise.all(
    clients.map(async (ask) => {
      for (let turn = 0; turn === 0 || performance.now() < endsAt; turn++) {
        const askedAt = performance.now();
        await ask(turn);
        latencies.push(performance.now() - askedAt);
      }
    }),
  );
  return latencies;
}

function waitFor(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** The load of the round with the median of the answers. */
export function medianLoad(rounds: readonly Load[]): Load {
  return [...rounds].sort((a, b) => a.qps - b.qps)[rounds.length >> 1];
}
