import { StoreError, type ErrorCode } from '../../model/errors.js';
import { attachColumnMemory } from '../../storage/column-memory.js';
import { partOf, scanSlices } from '../scan-slices.js';
import type { ScanPart, ScanTask } from '../scan-task.js';
import { scratch, useScratch } from '../scratch.js';
import { packArrays, unpackArrays } from './task-arrays.js';

/** Errors lose their class on the way between threads; those with a code travel as a reply. */
export type ScanReply =
  | { readonly kind: 'part'; readonly part: ScanPart }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string };

export interface ScanMessage {
  readonly memory: WebAssembly.Memory | null;
  /** Where the thread may work, nobody else's until it replies. */
  readonly space: Uint8Array | null;
  readonly task: ScanTask;
  /** Shared: 1 once the scan need not go on; null: nobody can stop it. */
  readonly stop: Int32Array | null;
}

let isFirst = true;

/** What a thread of the pool runs. */
export default function scanWorker({ memory, space, task, stop }: ScanMessage): ScanReply {
  try {
    if (memory !== null && isFirst) attachColumnMemory(memory);
    isFirst = false;
    const unpacked = unpackArrays({ space, task });
    useScratch(unpacked.space);
    // Where it lies: to clone what many groups come to takes longer than to merge it.
    const part = partOf(scanSlices(unpacked.task, stop));
    return { kind: 'part', part: packArrays(part, (array) => scratch().placed(array)) };
  } catch (error) {
    if (error instanceof StoreError) return { kind: 'failed', code: error.code, message: error.message };
    throw error;
  }
}
