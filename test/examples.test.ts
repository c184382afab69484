import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { expect, test } from 'vitest';

/** Runs an example from a fresh state and gives what it prints. */
function runExample(name: string, ...made: string[]): string {
  for (const folder of made) rmSync(`examples/${name}/${folder}`, { recursive: true, force: true });
  return execFileSync(process.execPath, [`examples/${name}/main.mjs`], { encoding: 'utf8' });
}

test('examples/embed answers from its rollup', () => {
  const printed = runExample('embed', '.granary');
  expect(printed).toContain('from orders.monthly: 8 rows');
  for (const [country, revenue] of [
    ['Poland', '55.5'],
    ['Spain', '47.75'],
    ['Norway', '33.25'],
  ]) {
    expect(printed).toMatch(new RegExp(`'${country}'.*'${revenue}0?'`));
  }
});

test('examples/folder gives one answer before and after the build', () => {
  const printed = runExample('folder', '.granary', 'events');
  expect(printed).toMatch(/^source: .* ms\nrollup: .* ms\nthe same answer\n/);
});

test('examples/external serves what a pipeline has aggregated', () => {
  const printed = runExample('external');
  expect(printed).toContain('replaced 20240201, kept 1\n');
  expect(printed).toMatch(/'home'.*'221'/);
  expect(printed).toMatch(/'docs'.*'40'.*'137\.5'/);
  expect(printed).toContain('from page_views.daily, index pages: 4 rows\nrows_invalid: row 2: ');
});
