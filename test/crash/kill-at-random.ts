import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../storage/support/random.js';

export interface KillPlan {
  /**
   * A Node script and its arguments. It prints `ready` when its work begins, and `acked <number>` after each step
   * that it was told to be durable.
   */
  readonly script: readonly string[];
  /** At least so many. */
  readonly kills: number;
  /** The killing goes on until so many steps were acknowledged, which takes a loaded machine longer. */
  readonly stepsMin: number;
  /** After which it ends with what there is. */
  readonly timeMsMax: number;
  /** Of the delays between `ready` and the kill. */
  readonly seed: number;
  readonly delayMsMax: number;
  /** Work of this process while the victim lives. */
  readonly beside?: () => Promise<void>;
  /** After each kill. `acked` is the last number that was printed before it, null if there was none. */
  readonly check: (acked: number | null) => Promise<void>;
}

/** Kills a script with SIGKILL at random times, again and again. Gives the number of steps that were acknowledged. */
export async function killAtRandom(plan: KillPlan): Promise<number> {
  const random = seededRandom(plan.seed);
  let steps = 0;
  const end = performance.now() + plan.timeMsMax;
  for (let kill = 0; kill < plan.kills || (steps < plan.stepsMin && performance.now() < end); kill++) {
    const acks = await runAndKill(plan, random() * plan.delayMsMax);
    steps += acks.length;
    await plan.check(acks.at(-1) ?? null);
  }
  return steps;
}

/** What the victim acknowledged is kept here, outside of it. */
async function runAndKill({ script, beside }: KillPlan, delayMs: number): Promise<readonly number[]> {
  const victim = spawn(process.execPath, script, { stdio: ['ignore', 'pipe', 'pipe'] });
  const acks: number[] = [];
  let errors = '';
  victim.stderr.on('data', (chunk) => (errors += String(chunk)));
  const lines = createInterface({ input: victim.stdout });
  const isReady = new Promise<void>((resolve) => {
    lines.on('line', (line) => {
      if (line === 'ready') resolve();
      else acks.push(Number(line.replace(/^acked /, '')));
    });
  });
  const closed = new Promise<NodeJS.Signals | null>((resolve) =>
    victim.once('close', (_code, signal) => resolve(signal)),
  );
  await Promise.race([isReady, closed]);
  await Promise.all([sleep(delayMs), beside?.()]);
  victim.kill('SIGKILL');
  const signal = await closed;
  if (signal !== 'SIGKILL') throw new Error(`The victim ended before it was killed: ${errors}`);
  return acks;
}
