import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { nodeDisk } from '../../dist/storage/node-disk.js';
import {
  openSample,
  publishSample,
  sampleRollup,
  sealPartition,
  writeSample,
} from './support/sample-store.js';
import { temporaryFolder } from './support/temporary-folder.js';

test('errors of the system become typed errors that name the path', async () => {
  const folder = temporaryFolder();
  const missing = join(folder, 'none', 'x');
  const file = join(folder, 'file');
  writeFileSync(file, '');
  await expect(nodeDisk.readFile(missing)).rejects.toMatchObject({
    code: 'file_missing',
    message: expect.stringContaining(missing),
    next: expect.stringContaining('Check'),
    cause: { code: 'ENOENT' },
  });
  await expect(nodeDisk.createFile(missing, new Uint8Array())).rejects.toMatchObject({
    code: 'file_missing',
  });
  await expect(nodeDisk.createFile(file, new Uint8Array())).rejects.toMatchObject({ code: 'build_failed' });
  await expect(nodeDisk.list(join(file, 'x'))).rejects.toMatchObject({ code: 'file_missing' });
  await expect(nodeDisk.syncFile(missing)).rejects.toMatchObject({ code: 'file_missing' });
});

test('what is not there is told without an error', async () => {
  const missing = join(temporaryFolder(), 'none');
  expect(await nodeDisk.list(missing)).toEqual([]);
  expect(await nodeDisk.stat(missing)).toBeNull();
  await nodeDisk.removeFile(missing);
  await nodeDisk.removeDirectory(missing);
});

test('a link is made once', async () => {
  const folder = temporaryFolder();
  for (const name of ['a', 'b']) await nodeDisk.createFile(join(folder, name), Buffer.from(name));
  expect(await nodeDisk.link(join(folder, 'a'), join(folder, 'c'))).toBe(true);
  expect(await nodeDisk.link(join(folder, 'b'), join(folder, 'c'))).toBe(false);
  expect(Buffer.from(await nodeDisk.readFile(join(folder, 'c'))).toString()).toBe('a');
});

test('a process runs until it ends, and a later one with its number is another', async () => {
  const self = await nodeDisk.self();
  expect(await nodeDisk.isRunning(self)).toBe(true);
  expect(await nodeDisk.isRunning({ ...self, place: 'ffffffff' })).toBeNull();
  if (process.platform === 'linux')
    expect(await nodeDisk.isRunning({ ...self, start: self.start + 1 })).toBe(false);
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
  expect(await nodeDisk.isRunning({ ...self, pid: child.pid! })).toBe(false);
});

test.runIf(canMount())(
  '[fault 4] a full disk: a typed error, the old version, its space back, and on',
  async () => {
    const folder = temporaryFolder();
    const volume = mountSmall(folder);
    const sample = await writeSample(folder);
    const storage = await openSample(join(volume, 'store'));
    await publishSample(storage, sample, 'a');
    const staging = await storage.stage('b');
    const partition = await sealPartition(staging, sample, 'all');
    fill(join(volume, 'filler'));
    const change = { base: 1, put: [sampleRollup([partition])], remove: [] };
    await expect(storage.publish(staging, change)).rejects.toMatchObject({
      code: 'disk_full',
      next: expect.stringContaining('Free some space'),
    });
    expect(storage.snapshot().version).toBe(1);
    expect(await storage.verify()).toMatchObject({ ok: true, files: 2 });
    await staging.discard();
    await storage.collectGarbage();
    rmSync(join(volume, 'filler'));
    await publishSample(storage, sample, 'c');
    expect(await storage.verify()).toMatchObject({ ok: true, files: 2, unreferenced: expect.any(Array) });
    expect(await (await openSample(storage.directory)).verify()).toMatchObject({ ok: true, files: 2 });
  },
);

/** Takes what space is left, to the last byte. */
function fill(path: string): void {
  for (let bytes = 1 << 20; bytes >= 1; bytes >>= 1) {
    try {
      for (;;) appendFileSync(path, new Uint8Array(bytes));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }
}

/** A file system of 2 MB that is gone when the test is over. */
function mountSmall(folder: string): string {
  const volume = join(folder, 'volume');
  mkdirSync(volume);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'granary-test', volume]);
  onTestFinished(() => void execFileSync('umount', [volume]));
  return volume;
}

function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'granary-mount-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4k', 'granary-test', folder]).status === 0;
  if (mounted) spawnSync('umount', [folder]);
  rmSync(folder, { recursive: true });
  return mounted;
}
