import { StoreError } from '../model/errors.js';

/**
 * Runs tasks, as many at the same time as there are lanes, and gives what they made in the order of the tasks. The
 * first failure stops the others by their signal; all of them have ended when it is thrown. A task that did not find
 * enough memory beside others runs again when the others are through, alone.
 * @param tasks asked for the next one when a lane is free
 * @param run is given the signal that ends it: that of the caller, or the failure of another task
 */
export async function runLanes<Task, Made>(
  tasks: Iterable<Task>,
  lanes: number,
  signal: AbortSignal | undefined,
  run: (task: Task, signal: AbortSignal) => Promise<Made>,
): Promise<Made[]> {
  const made: Made[] = [];
  const again: { readonly at: number; readonly task: Task }[] = [];
  const stop = new AbortController();
  const either = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  let failure: { readonly error: unknown } | null = null;
  const waiting = tasks[Symbol.iterator]();
  let next = 0;
  const attempt = async (at: number, task: Task, retries: boolean): Promise<void> => {
    try {
      made[at] = await run(task, either);
    } catch (error) {
      if (retries && error instanceof StoreError && error.code === 'out_of_memory') {
        again.push({ at, task });
        return;
      }
      // Those that it stops fail too, and say nothing new.
      failure ??= { error };
      stop.abort(error);
    }
  };
  const lane = async (): Promise<void> => {
    while (failure === null) {
      const asked = waiting.next();
      if (asked.done === true) return;
      await attempt(next++, asked.value, lanes > 1);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  for (const { at, task } of again.sort((a, b) => a.at - b.at))
    if (failure === null) await attempt(at, task, false);
  if (failure !== null) throw (failure as { readonly error: unknown }).error;
  return made;
}
