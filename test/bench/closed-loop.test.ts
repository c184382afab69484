import { expect, test } from 'vitest';
import { closedLoop, medianLoad } from '../../dist/bench/closed-loop.js';

test('each client asks again as soon as it is answered, from its first question on', async () => {
  const asked: number[][] = [[], []];
  let inFlight = 0;
  let most = 0;
  const client = (at: number) => async (turn: number) => {
    asked[at].push(turn);
    most = Math.max(most, ++inFlight);
    await new Promise((resolve) => setTimeout(resolve, 2));
    inFlight--;
  };
  const load = await closedLoop([client(0), client(1)], 60);
  expect(most).toBe(2);
  expect(load.clients).toBe(2);
  expect(load.answers).toBeGreaterThanOrEqual(2);
  for (const turns of asked) {
    // Once to be warm and once to count.
    expect(turns.filter((turn) => turn === 0)).toHaveLength(2);
    for (const [at, turn] of turns.entries()) expect(turn === 0 || turn === turns[at - 1] + 1).toBe(true);
  }
});

test('a loop that stands still from the first question to the last has that lag', async () => {
  const busy = async (): Promise<void> => {
    const until = performance.now() + 30;
    while (performance.now() < until);
  };
  const load = await closedLoop([busy], 100);
  expect(load.lagMaxMs).toBeGreaterThan(60);
  expect(load.lagP95Ms).toBeGreaterThan(0);
});

test('the load in the middle stands for all rounds', () => {
  const round = (qps: number) => ({
    clients: 1,
    answers: 1,
    qps,
    p50Ms: 1,
    p95Ms: 1,
    lagP95Ms: 0,
    lagMaxMs: 0,
  });
  expect(medianLoad([round(30), round(10), round(20)]).qps).toBe(20);
});
