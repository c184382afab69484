import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { runLanes } from '../../dist/engine/run-lanes.js';
import { StoreError } from '../../dist/model/errors.js';

const tasks = Array.from({ length: 10 }, (_, at) => at);
const outOfMemory = new StoreError('out_of_memory', 'too much.', { next: 'Take less.' });

test.each([1, 3, 10, 50])(
  'with %i lanes no more run at the same time, and the order is that of the tasks',
  async (lanes) => {
    let [running, most] = [0, 0];
    const made = await runLanes(tasks, lanes, undefined, async (task) => {
      most = Math.max(most, ++running);
      // The later ones are ready first.
      await sleep(20 - 2 * task);
      running--;
      return task * 2;
    });
    expect(made).toEqual(tasks.map((task) => task * 2));
    expect(most).toBe(Math.min(lanes, 10));
  },
);

test('the first failure stops the others, and all have ended when it is thrown', async () => {
  const log: string[] = [];
  const failure = runLanes(tasks, 3, undefined, async (task, signal) => {
    if (task === 1) {
      await sleep(5);
      throw new Error('task 1');
    }
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    await sleep(10);
    log.push(`${task} ended`);
    throw new Error(`task ${task} was stopped`);
  });
  await expect(failure).rejects.toThrow('task 1');
  expect(log).toEqual(['0 ended', '2 ended']);
});

test("the caller's signal stops all, and its error is that of the first that hears it", async () => {
  const abort = new AbortController();
  let begun = 0;
  const stopped = runLanes(tasks, 2, abort.signal, async (_task, signal) => {
    if (++begun === 2) abort.abort(new Error('enough'));
    await sleep(1);
    signal.throwIfAborted();
  });
  await expect(stopped).rejects.toThrow('enough');
  expect(begun).toBe(2);
});

test('what finds no memory beside others runs again alone; what finds none alone fails', async () => {
  const runs: number[] = [];
  let running = 0;
  const made = await runLanes(tasks, 4, undefined, async (task) => {
    running++;
    runs.push(task);
    try {
      await sleep(2);
      if ((task === 2 || task === 7) && running > 1) throw outOfMemory;
      return running;
    } finally {
      running--;
    }
  });
  expect(runs).toEqual([...tasks, 2, 7]);
  expect([made[2], made[7]]).toEqual([1, 1]);
  for (const lanes of [1, 4]) {
    let attempts = 0;
    const failing = runLanes(tasks, lanes, undefined, async (task) => {
      if (task !== 2) return;
      attempts++;
      throw outOfMemory;
    });
    await expect(failing).rejects.toBe(outOfMemory);
    expect(attempts).toBe(lanes === 1 ? 1 : 2);
  }
});
