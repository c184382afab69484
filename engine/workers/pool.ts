import { availableParallelism } from 'node:os';
import type { Piscina } from 'piscina';
import { StoreError } from '../../model/errors.js';
import { LIMITS } from '../../model/limits.js';
import type { ScanPart, ScanTask } from '../scan-task.js';
import { allocateIn, columnMemory } from '../../storage/column-memory.js';
import type { ScanMessage, ScanReply } from './scan-worker.js';
import { packArrays } from './task-arrays.js';

export interface WorkerPool {
  readonly threads: number;
  /** Runs a task on one thread. Its failure touches no other task. */
  run(task: ScanTask): Promise<ScanPart>;
  /** Ends the threads after the tasks that were begun. Nothing can run afterwards. */
  close(): Promise<void>;
}

/** A pool whose threads start with its first task. */
export function createWorkerPool(options: { readonly maxThreads?: number } = {}): WorkerPool {
  const threads = options.maxThreads ?? Math.min(availableParallelism(), LIMITS.workerThreadsMax);
  let started: Promise<Piscina> | null = null;
  let closed = false;
  const spaces: (Uint8Array | null)[] = [];
  const lendSpace = (): Uint8Array | null =>
    spaces.pop() ?? allocateIn(Uint8Array, LIMITS.workerScratchBytes);
  return {
    threads,
    async run(task) {
      if (closed) throw new StoreError('closed', 'the store was closed.', { next: 'Open it again.' });
      started ??= startThreads(threads);
      const space = lendSpace();
      const message: ScanMessage = { memory: columnMemory(), ...packArrays({ space, task }) };
      const reply = (await (await started).run(message)) as ScanReply;
      spaces.push(space);
      if (reply.kind === 'failed') throw new StoreError(reply.code, reply.message);
      return reply.part;
    },
    async close() {
      closed = true;
      if (started !== null) await (await started).close();
    },
  };
}

async function startThreads(threads: number): Promise<Piscina> {
  const { Piscina } = await import('piscina');
  return new Piscina({
    filename: new URL('./scan-worker.js', import.meta.url).href,
    minThreads: threads,
    maxThreads: threads,
  });
}
