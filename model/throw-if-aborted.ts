import { StoreError } from './errors.js';

/** @throws StoreError `aborted` when the caller's signal has ended the call; the cause is the signal's reason */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true)
    throw new StoreError('aborted', 'the call was aborted.', { cause: signal.reason });
}
