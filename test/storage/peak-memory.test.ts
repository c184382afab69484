import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { peakMemoryBytes } from '../../dist/storage/node-disk.js';

const MODULE = fileURLToPath(new URL('../../dist/storage/node-disk.js', import.meta.url));
const SIZE = 400 * 1024 * 1024;

test('the peak is that of the process, not that of who started it', async () => {
  let held: Uint8Array | null = new Uint8Array(SIZE).fill(1);
  expect(await peakMemoryBytes()).toBeGreaterThan(held.length);
  const script = `import(${JSON.stringify(MODULE)}).then(async ({ peakMemoryBytes }) => console.log(await peakMemoryBytes()))`;
  const { stdout } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
  held = null;
  expect(Number(stdout)).toBeGreaterThan(10 * 1024 * 1024);
  expect(Number(stdout)).toBeLessThan(SIZE);
});
