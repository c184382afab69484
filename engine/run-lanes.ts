import { StoreError } from '../model/errors.js';

/**
 * Runs tasks, as many at the same time as there are lanes, and gives what they made in the order of the tasks. The
 * first failure stops the others by their signal; all of them have ended when it is thrown. A task that did not find
 * enough memory beside others runs again when the others are through, alone.
 * @param run is given the signal that ends it: that of the caller, or the failure of another task
 */
export async function runLanes<Task, Made>(
  tasks: readonly Task[],
  lanes: number,
  signal: AbortSignal | undefined,
  run: (task: Task, signal: AbortSignal) => Promise<Made>,
): Promise<Made[]> {
  const made = new Array<Made>(tasks.length);
  const again: number[] = [];
  const stop = new AbortController();
  const either = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  let failure: { readonly error: unknown } | null = null;
  let next = 0;
  const attempt = async (at: number, retries: boolean): Promise<void> => {
    try {
      made[at] = await run(tasks[at], either);
    } catch (error) {
      if (retries && error instanceof StoreError && error.code === 'out_of_memory') {
        again.push(at);
        return;
      }
      // Those that it stops fail too, and say nothing new.
      failure ??= { error };
      stop.abort(error);
    }
  };
  const lane = async (): Promise<void> => {
    while (next < tasks.length && failure === null) await attempt(next++, lanes > 1);
  };
  await Promise.all(Array.from({ length: Math.min(lanes, tasks.length) }, lane));
  for (const at of again.sort((a, b) => a - b)) if (failure === null) await attempt(at, false);
  if (failure !== null) throw (failure as { readonly error: unknown }).error;
  return made;
}
