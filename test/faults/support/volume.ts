import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A command of the system; what it complains of becomes an error. */
function run(program: string, ...args: string[]): void {
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? stderr}`);
}

/** Mounts something on a new folder; both are gone when the test ends. */
function mount(...args: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'granary-volume-'));
  run('mount', ...args, folder);
  onTestFinished(() => unmount(folder));
  return folder;
}

/** Also one that a process still uses. Harmless the second time. */
export function unmount(folder: string): void {
  spawnSync('umount', ['-l', folder]);
  rmSync(folder, { recursive: true, force: true });
}

export function mountMemory(bytes: number): string {
  return mount('-t', 'tmpfs', '-o', `size=${bytes}`, 'granary-test');
}

/** An ext4 file system in a file. What its kernel has not written to the file is lost with the power. */
export interface Volume {
  readonly folder: string;
  readonly image: string;
}

export function makeVolume(folder: string, megabytes = 16): Volume {
  mkdirSync(folder, { recursive: true });
  const image = join(folder, 'image');
  run('truncate', '-s', `${megabytes}M`, image);
  run('mkfs.ext4', '-q', '-F', '-E', 'lazy_itable_init=0,lazy_journal_init=0', image);
  return { folder: mount('-o', 'loop', image), image };
}

/**
 * What is on the disk if the power fails now; whoever writes to it must stand still. The kernel may write by itself
 * meanwhile, so that only a copy that does not change while it is made is a moment of the disk.
 */
export function cutPower({ image }: Volume): Volume {
  const [copy, again] = [`${image}.cut`, `${image}.again`];
  for (let attempt = 0; attempt < 100; attempt++) {
    for (const to of [copy, again]) copyFileSync(image, to);
    if (spawnSync('cmp', ['-s', copy, again]).status === 0)
      return { folder: mount('-o', 'loop', copy), image: copy };
  }
  throw new Error('The disk never stands still.');
}

/** Null where file systems can be made and mounted; else why not. */
export function whyNoMount(kind: 'memory' | 'loop'): string | null {
  const folder = mkdtempSync(join(tmpdir(), 'granary-mount-'));
  try {
    if (kind === 'memory') run('mount', '-t', 'tmpfs', '-o', 'size=4k', 'granary-test', folder);
    else {
      const image = `${folder}.image`;
      try {
        run('truncate', '-s', '4M', image);
        run('mkfs.ext4', '-q', '-F', image);
        run('mount', '-o', 'loop', image, folder);
      } finally {
        rmSync(image, { force: true });
      }
    }
    return null;
  } catch (error) {
    return `(cannot mount here: ${String(error).slice(0, 120)})`;
  } finally {
    unmount(folder);
  }
}
