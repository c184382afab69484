import { StoreError } from './model/errors.js';

/**
 * Gives a call a signal that ends it with the caller's own or once its time is over, whichever comes first.
 *
 * @param timeoutMs undefined: no deadline
 * @throws StoreError `timed_out`; what the call throws
 */
export async function withDeadline<T>(
  timeoutMs: number | undefined,
  signal: AbortSignal | undefined,
  call: (signal: AbortSignal | undefined) => Promise<T>,
): Promise<T> {
  if (timeoutMs === undefined) return call(signal);
  const stop = new AbortController();
  const forward = (): void => stop.abort(signal?.reason);
  if (signal?.aborted === true) forward();
  signal?.addEventListener('abort', forward, { once: true });
  let isOver = false;
  const timer = setTimeout(() => {
    isOver = !stop.signal.aborted;
    stop.abort(new Error(`${timeoutMs} ms are over`));
  }, timeoutMs);
  try {
    return await call(stop.signal);
  } catch (error) {
    if (isOver && error instanceof StoreError && error.code === 'aborted') throw timedOut(timeoutMs, error);
    throw error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', forward);
  }
}

function timedOut(timeoutMs: number, cause: StoreError): StoreError {
  return new StoreError('timed_out', `the query was not answered within ${timeoutMs} ms.`, {
    next: 'Give it more time, or ask for less: explain tells what it reads.',
    cause,
  });
}
