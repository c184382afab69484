import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync } from 'node:fs';
import { arch, cpus, platform, totalmem } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where and from what a number was taken. */
export interface Surroundings {
  readonly cpu: string;
  readonly threads: number;
  readonly memoryGb: number;
  readonly system: string;
  readonly node: string;
  /** Short hash; with `+` when files differ from it. */
  readonly commit: string;
  /** ISO with Z. */
  readonly at: string;
}

export function surroundings(): Surroundings {
  const all = cpus();
  return {
    cpu: all[0]?.model.trim() ?? 'unknown',
    threads: all.length,
    memoryGb: Math.round(totalmem() / 1e9),
    system: `${platform()} ${arch()}`,
    node: process.versions.node,
    commit: commit(),
    at: new Date().toISOString(),
  };
}

/** Adds one line to `bench/results/<bench>.jsonl`. */
export function record(bench: string, line: object): void {
  const file = fileURLToPath(new URL(`../../bench/results/${bench}.jsonl`, import.meta.url));
  mkdirSync(dirname(file), { recursive: true });
  appendFileSync(file, `${JSON.stringify(line)}\n`);
}

function commit(): string {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    const changed = git('status', '--porcelain', '--untracked-files=no') === '' ? '' : '+';
    return git('rev-parse', '--short', 'HEAD') + changed;
  } catch {
    return 'unknown'; // not a checkout, or no git: the number is still worth printing
  }
}
