import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { untilStopped } from './victim.js';

/**
 * What makes files durable, gives them names and takes them away. Not `write`: threads wake one another by it too,
 * as often as chance has it, so that its nth call is another one each time.
 */
export const CHANGES =
  'fsync,fdatasync,link,linkat,mkdir,mkdirat,unlink,unlinkat,rmdir,rename,renameat,renameat2,ftruncate';

/** One call to the system. */
export interface SystemCall {
  readonly name: string;
  /** How many calls of this name its thread has made since strace looked, this one included. */
  readonly nth: number;
  /** The line of strace, with the paths behind descriptors. */
  readonly line: string;
  /** Whether strace put a fault in its place. */
  readonly injected: boolean;
}

export interface Strace {
  /** Waits until a fault `signal=STOP` has stopped the process; false when the work ended before its call came. */
  stopped(work: Promise<unknown>): Promise<boolean>;
  /** Looks no longer; gives the calls that were seen. */
  detach(): Promise<readonly SystemCall[]>;
}

/** Looks at a process, and changes what its calls do. */
export async function attachStrace(pid: number, names: string, fault: string | null): Promise<Strace> {
  const folder = mkdtempSync(join(tmpdir(), 'granary-strace-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const log = join(folder, 'log');
  const inject = fault === null ? [] : ['-e', `inject=${fault}`];
  const args = ['-f', '-y', '-s', '0', '-o', log, '-e', `trace=${names}`, ...inject, '-p', String(pid)];
  const strace = spawn('strace', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = new Promise<void>((resolve) => strace.once('close', () => resolve()));
  const attached = new Promise<boolean>((resolve) => {
    createInterface({ input: strace.stderr }).on('line', (line) => {
      if (/attached/.test(line)) resolve(true);
    });
    void ended.then(() => resolve(false));
  });
  if (!(await attached)) throw new Error(`strace cannot attach to process ${pid}.`);
  return {
    async stopped(work) {
      let working = true;
      const over = (): void => void (working = false);
      work.then(over, over);
      // Each thread is held for a moment when strace attaches too, so that its state alone does not tell.
      while (!readFileSync(log, 'utf8').includes('stopped by SIGSTOP')) {
        if (!working) return false;
        await sleep(1);
      }
      await untilStopped(pid);
      return true;
    },
    async detach() {
      strace.kill('SIGINT');
      await ended;
      return parseLog(readFileSync(log, 'utf8'));
    },
  };
}

function parseLog(text: string): readonly SystemCall[] {
  const counts = new Map<string, number>();
  return text.split('\n').flatMap((line) => {
    const match = /^(\d+) +(\w+)\(/.exec(line);
    if (match === null) return [];
    const [, thread, name = ''] = match;
    const nth = (counts.get(`${thread} ${name}`) ?? 0) + 1;
    counts.set(`${thread} ${name}`, nth);
    return [{ name, nth, line, injected: line.includes('(INJECTED)') }];
  });
}

/** All calls in the long form; in the short one those that make a commit, and every third of the others. */
export function callsToTry(calls: readonly SystemCall[]): readonly SystemCall[] {
  if (process.env['GRANARY_LONG'] !== undefined) return calls;
  let others = 0;
  return calls.filter(({ name }) => /sync|^link|^rename/.test(name) || others++ % 3 === 0);
}

/** Null where strace can do what is needed here; else why not. Where CI runs it must. */
export function whyNoStrace(): string | null {
  const tried = spawnSync('strace', ['-o', '/dev/null', '-e', 'inject=fsync:error=EIO', 'true']);
  if (tried.status === 0) return null;
  const why = tried.error === undefined ? 'strace may not trace here' : 'strace is not installed';
  if (process.env['CI'] !== undefined) throw new Error(`${why}, and under CI it must be there.`);
  return why;
}
