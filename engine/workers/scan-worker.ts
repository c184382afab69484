import { StoreError, type ErrorCode } from '../../model/errors.js';
import { partOf, scanSlices } from '../scan-slices.js';
import type { ScanPart, ScanTask } from '../scan-task.js';

/** Errors lose their class on the way between threads; those with a code travel as a reply. */
export type ScanReply =
  | { readonly kind: 'part'; readonly part: ScanPart }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string };

/** What a thread of the pool runs. */
export default function scanWorker(task: ScanTask): ScanReply {
  try {
    return { kind: 'part', part: partOf(scanSlices(task)) };
  } catch (error) {
    if (error instanceof StoreError) return { kind: 'failed', code: error.code, message: error.message };
    throw error;
  }
}
