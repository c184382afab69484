import { availableParallelism } from 'node:os';
import type { Piscina } from 'piscina';
import { StoreError } from '../../model/errors.js';
import { LIMITS } from '../../model/limits.js';
import { throwIfAborted } from '../../model/throw-if-aborted.js';
import type { ScanPart, ScanTask } from '../scan-task.js';
import { allocateIn, columnMemory } from '../../storage/column-memory.js';
import { FairQueue } from './fair-queue.js';
import type { ScanMessage, ScanReply } from './scan-worker.js';
import { packArrays, unpackArrays } from './task-arrays.js';

export interface WorkerPool {
  readonly threads: number;
  /** Threads that would begin with a task at once. */
  readonly idle: number;
  /** Whether the threads have been started, which takes longer than most scans. */
  readonly isStarted: boolean;
  /**
   * Runs a task on one thread, as soon as one is free and it is its client's turn. Its failure touches no other task, and
   * a thread that ends is replaced. What it found may stand in memory that is lent until `release`.
   *
   * @throws StoreError `aborted` soon after the signal, when the thread reads nothing any more; `worker_failed`; what the scan throws
   */
  run(task: ScanTask, asked?: AskedTask): Promise<ScanPart>;
  /** Takes back the memory in which a part stands: its arrays get other values. */
  release(part: ScanPart): void;
  /** Starts the threads for the tasks to come. */
  start(): void;
  /** Ends the threads after the tasks that were begun. Nothing can run afterwards. */
  close(): Promise<void>;
}

export interface AskedTask {
  /** Whose turn it takes. */
  readonly client?: string;
  readonly signal?: AbortSignal | undefined;
}

export interface PoolOptions {
  readonly maxThreads?: number;
  /** Of each thread; default `LIMITS.workerHeapMb`. */
  readonly heapMb?: number;
  /** What the threads run, for tests. */
  readonly worker?: URL;
}

/** A pool whose threads start with its first task. */
export function createWorkerPool(options: PoolOptions = {}): WorkerPool {
  const threads = options.maxThreads ?? Math.min(availableParallelism(), LIMITS.workerThreadsMax);
  const waiting = new FairQueue<() => void>();
  let running = 0;
  let started: Promise<Piscina> | null = null;
  let closed = false;
  /** Stretches of memory in which no task works now; that of a task whose thread ended is never lent again. */
  const spaces: (Uint8Array | null)[] = [];
  const lent = new WeakMap<ScanPart, Uint8Array | null>();
  const start = (): Promise<Piscina> => (started ??= startThreads(threads, options));

  /** Waits for a thread; who is let in leaves it to the next. */
  async function enter({ client = '', signal }: AskedTask): Promise<void> {
    throwIfAborted(signal);
    if (running < threads) {
      running++;
      return;
    }
    const isIn = await new Promise<boolean>((resolve) => {
      const go = (): void => {
        signal?.removeEventListener('abort', giveUp);
        resolve(true);
      };
      const giveUp = (): void => {
        waiting.remove(client, go);
        resolve(false);
      };
      signal?.addEventListener('abort', giveUp, { once: true });
      waiting.push(client, go);
    });
    if (isIn && signal?.aborted === true) leave();
    throwIfAborted(signal);
  }

  function leave(): void {
    const next = waiting.shift();
    if (next === undefined) running--;
    else next();
  }

  return {
    threads,
    get idle() {
      return threads - running;
    },
    get isStarted() {
      return started !== null;
    },
    async run(task, asked = {}) {
      if (closed) throw new StoreError('closed', 'the store was closed.', { next: 'Open it again.' });
      await enter(asked);
      const { stop, release } = stopWith(asked.signal);
      try {
        const piscina = await start();
        const space = spaces.pop() ?? allocateIn(Uint8Array, LIMITS.workerScratchBytes);
        const message: ScanMessage = { memory: columnMemory(), stop, ...packArrays({ space, task }) };
        const reply = await onThread(piscina, message);
        if (reply.kind === 'failed' || asked.signal?.aborted === true) spaces.push(space);
        throwIfAborted(asked.signal);
        if (reply.kind === 'failed') throw new StoreError(reply.code, reply.message);
        const part = unpackArrays(reply.part);
        lent.set(part, space);
        return part;
      } finally {
        release();
        leave();
      }
    },
    release(part) {
      const space = lent.get(part);
      if (space !== undefined && lent.delete(part)) spaces.push(space);
    },
    start() {
      // Who runs the next task hears of a failure.
      if (!closed) void start().catch(() => undefined);
    },
    async close() {
      closed = true;
      if (started !== null) await (await started).close();
    },
  };
}

/** A flag that the thread looks at while it scans, raised by the signal until it is released. */
function stopWith(signal: AbortSignal | undefined): {
  readonly stop: Int32Array | null;
  readonly release: () => void;
} {
  if (signal === undefined) return { stop: null, release: () => undefined };
  const stop = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const raise = (): void => void Atomics.store(stop, 0, 1);
  signal.addEventListener('abort', raise, { once: true });
  return { stop, release: () => signal.removeEventListener('abort', raise) };
}

/** What ends a thread ends one task. */
async function onThread(piscina: Piscina, message: ScanMessage): Promise<ScanReply> {
  try {
    return (await piscina.run(message)) as ScanReply;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StoreError(
      'worker_failed',
      `a thread of the engine failed in the middle of a scan: ${reason}.`,
      {
        next: 'Ask again; a query of fewer groups or a shorter range needs less memory.',
        cause,
      },
    );
  }
}

async function startThreads(threads: number, { worker, heapMb }: PoolOptions): Promise<Piscina> {
  const { Piscina } = await import('piscina');
  const piscina = new Piscina({
    filename: (worker ?? new URL('./scan-worker.js', import.meta.url)).href,
    minThreads: threads,
    maxThreads: threads,
    resourceLimits: { maxOldGenerationSizeMb: heapMb ?? LIMITS.workerHeapMb },
  });
  // A thread that ends while it has no task is replaced, and nobody need hear of it.
  piscina.on('error', () => undefined);
  return piscina;
}
