/** What in a model is probably not meant: a line each on stderr, beside an answer that is as it would be without. */
import { spawnSync } from 'node:child_process';
import { appendFileSync, copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/open-tables.js';

const MAIN = join(process.cwd(), 'dist', 'bundle', 'main.js');

function exampleWith(preAggregations: string): string {
  const folder = temporaryFolder();
  for (const file of ['granary.config.json', 'model.yml', 'orders.csv']) {
    copyFileSync(join('examples', 'embed', file), join(folder, file));
  }
  appendFileSync(join(folder, 'model.yml'), preAggregations);
  return folder;
}

function run(folder: string, ...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  return { status, stdout, lines: stderr.split('\n').filter((line) => line.startsWith('granary: ')) };
}

const QUERY = '{"measures":["orders.count"]}';
const lambdas = (count: number) =>
  Array.from(
    { length: count },
    (_, i) => `      - { name: lambda${i}, type: rollup_lambda, rollups: [CUBE.monthly] }\n`,
  ).join('');

test.each([
  ['status', []],
  ['build', []],
  ['explain', [QUERY]],
] as const)('[X19] granary %s prints them', (verb, args) => {
  const folder = exampleWith(lambdas(1));
  const { status, lines, stdout } = run(folder, verb, ...args, '--json');
  expect(status).toBe(0);
  expect(lines).toEqual([
    expect.stringMatching(
      /^granary: model\.yml:\d+:\d+: cubes\[0\]\.pre_aggregations\[\d\]\.type: Cube wants/,
    ),
  ]);
  expect(Object.keys(JSON.parse(stdout) as object).length).toBeGreaterThan(1);
});

test('[X19] the first 20 of many, and how many more', () => {
  const folder = exampleWith(lambdas(30));
  const { lines } = run(folder, 'status');
  expect(lines).toHaveLength(21);
  expect(lines[20]).toBe('granary: and 10 more warnings: granary status --json');
  const { modelWarnings } = JSON.parse(run(folder, 'status', '--json').stdout) as { modelWarnings: object[] };
  expect(modelWarnings).toHaveLength(30);
});

test('[D15] [D24] granary build skips what is not executed with a line', () => {
  const { status, stdout } = run(exampleWith(lambdas(1)), 'build');
  expect(status).toBe(0);
  expect(stdout).toMatch(/orders\.lambda0 +skipped: type rollup_lambda is not executable yet/);
  expect(stdout).toMatch(/orders\.monthly +built/);
});
