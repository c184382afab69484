import { spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';

/** How a call in another process went. */
export type Outcome =
  { readonly value: unknown } | { readonly error: { readonly name: string; readonly code?: string } };

/** A process of its own with an open store, to be killed, stopped or failed. */
export interface Victim {
  readonly pid: number;
  /** Calls a method of its store. Null: it died before it answered. */
  ask(call: string, ...args: unknown[]): Promise<Outcome | null>;
  signal(name: 'SIGCONT' | 'SIGKILL' | 'SIGSTOP'): void;
  /** Ends when the process does; gives the signal that killed it, null where it ended by itself. */
  readonly ended: Promise<string | null>;
  /** Lets it close its store and end. */
  close(): Promise<void>;
}

/** Starts a process that opens a store; it is killed when the test ends. Its disk calls come from one thread. */
export async function startVictim(options: object): Promise<Victim> {
  const script = join(import.meta.dirname, 'victim.mjs');
  const child = spawn(process.execPath, [script, JSON.stringify(options)], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, UV_THREADPOOL_SIZE: '1' },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let complaints = '';
  child.stderr.on('data', (chunk) => (complaints += String(chunk)));
  child.stdin.on('error', () => undefined); // it may be dead already
  const waiting: ((line: string | null) => void)[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => waiting.shift()?.(line));
  const ended = new Promise<string | null>((resolve) =>
    child.once('close', (_code, signal) => {
      for (const answer of waiting.splice(0)) answer(null);
      resolve(signal);
    }),
  );
  const next = (): Promise<string | null> => new Promise((resolve) => waiting.push(resolve));
  if ((await next()) === null) throw new Error(`The victim ended before it was ready: ${complaints}`);
  return {
    pid: child.pid as number,
    async ask(...call) {
      const answer = next();
      child.stdin.write(`${JSON.stringify(call)}\n`);
      const line = await answer;
      return line === null ? null : (JSON.parse(line) as Outcome);
    },
    signal: (name) => void child.kill(name),
    ended,
    async close() {
      child.stdin.end();
      await ended;
    },
  };
}

/** Waits until a signal has stopped the process: all of its threads stand still. */
export async function untilStopped(pid: number): Promise<void> {
  const folder = `/proc/${pid}/task`;
  const stands = (thread: string): boolean =>
    /\) [tT]/.test(readFileSync(`${folder}/${thread}/stat`, 'latin1'));
  const end = performance.now() + 30_000;
  while (!readdirSync(folder).every(stands)) {
    if (performance.now() > end) throw new Error('The victim does not stop.');
    await sleep(1);
  }
}
