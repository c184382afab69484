import { expect, test } from 'vitest';
import { ThreadTurns } from '../../../dist/engine/workers/thread-turns.js';

/** Keeps the thread busy for so long by the clock, or longer. */
function work(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

/** Counts the turns of the event loop until it is stopped. */
function heartbeat(): { beats: number; stop(): void } {
  const heart = { beats: 0, stop: () => clearImmediate(next) };
  let next = setImmediate(function beat() {
    heart.beats++;
    next = setImmediate(beat);
  });
  return heart;
}

test('the first begins at once, and the thread is left to others after a millisecond of work', async () => {
  const turns = new ThreadTurns();
  expect(turns.next('a')).toBeNull();
  work(1.5);
  const next = turns.next('a');
  expect(next).toBeInstanceOf(Promise);
  await next;
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(turns.next('a')).toBeNull();
});

test('work that follows work without a pause does not keep the event loop waiting', async () => {
  const turns = new ThreadTurns();
  const heart = heartbeat();
  const beatsAt: number[] = [];
  const client = async (): Promise<void> => {
    for (let i = 0; i < 25; i++) {
      const turn = turns.next('a');
      if (turn !== null) await turn;
      work(0.4);
      beatsAt.push(heart.beats);
      await Promise.resolve();
    }
  };
  await Promise.all(Array.from({ length: 8 }, client));
  heart.stop();
  expect(beatsAt).toHaveLength(200);
  const worked = new Map<number, number>();
  for (const beat of beatsAt) worked.set(beat, (worked.get(beat) ?? 0) + 1);
  // 0.4 ms each: the third ends beyond the millisecond, and one may have begun before the turn was counted.
  expect(Math.max(...worked.values())).toBeLessThanOrEqual(4);
});

test('clients take turns: one that asks for much keeps no other waiting', async () => {
  const turns = new ThreadTurns();
  const done: string[] = [];
  const ask = async (client: string): Promise<void> => {
    const turn = turns.next(client);
    if (turn !== null) await turn;
    work(0.6);
    done.push(client);
  };
  const asked = [...Array<string>(40).fill('many'), 'one'].map((client) => ask(client));
  await Promise.all(asked);
  expect(done).toHaveLength(41);
  // Some began before the first millisecond was over; of those that waited, the second is the other's.
  expect(done.indexOf('one')).toBeLessThan(6);
});
