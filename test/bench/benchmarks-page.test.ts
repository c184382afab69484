import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as prettier from 'prettier';
import { describe, expect, test } from 'vitest';
import { barPlot } from '../../dist/bench/page/bar-plot.js';
import { benchmarksPage } from '../../dist/bench/page/benchmarks-page.js';
import { logScale, tickText } from '../../dist/bench/page/log-scale.js';
import { markdownTable } from '../../dist/bench/page/markdown.js';
import { Recorded } from '../../dist/bench/page/recorded.js';
import { RUNS } from './recorded-runs.js';

const root = join(import.meta.dirname, '..', '..');

test('docs/benchmarks.md and its plots are what the recorded runs give', () => {
  const { markdown, plots } = benchmarksPage(Recorded.in(join(root, 'bench', 'results')));
  expect(readFileSync(join(root, 'docs', 'benchmarks.md'), 'utf8')).toBe(markdown);
  const folder = join(root, 'docs', 'benchmarks');
  expect(readdirSync(folder).sort()).toEqual([...plots.keys()].sort());
  for (const [name, plot] of plots) expect(readFileSync(join(folder, name), 'utf8')).toBe(plot);
});

describe('the page of a run of every bench', () => {
  const { markdown, plots } = benchmarksPage(new Recorded(RUNS));

  test('has every section, and shows every plot', () => {
    expect(markdown.match(/^## .*/gm)).toEqual([
      '## Goals',
      '## Five questions of a rollup',
      '## Questions of the demo',
      '## A process that asks once',
      '## Many clients of one process',
      '## Bytes of a row',
      '## Builds',
      '## How cost grows',
      '## Sketches',
      '## What is not met, and why',
      '## Where DuckDB wins',
      '## Runs',
    ]);
    const shown = [...markdown.matchAll(/\]\(benchmarks\/(.*?)\)/g)].map(([, file]) => file);
    expect(shown.sort()).toEqual([...plots.keys()].sort());
    expect(markdown).not.toMatch(/undefined|NaN|null|Infinity/);
    for (const plot of plots.values()) {
      expect(plot).toMatch(/^<svg [^]*<\/svg>\n$/);
      expect(plot).not.toMatch(/undefined|NaN|null|Infinity/);
    }
  });

  test('is as prettier leaves it', async () => {
    const file = join(root, 'docs', 'benchmarks.md');
    const options = { ...(await prettier.resolveConfig(file)), filepath: file };
    expect(await prettier.format(markdown, options)).toBe(markdown);
  });

  test('shows the newest run of a size, and not the older one', () => {
    expect(markdown).toMatch(/^\| Q1 +\| +0\.500 \(0\.700\) \|/m);
    expect(markdown).not.toContain('99.0');
  });

  test('tells which goals are missed, G2 before G11', () => {
    expect(markdown).toContain('2 of 3 are met.');
    const goals = [...markdown.matchAll(/^\| (G\d+) .*\| (yes|\*\*no\*\*) +\|$/gm)];
    expect(goals.map(([, id, met]) => [id, met])).toEqual([
      ['G1', 'yes'],
      ['G2', '**no**'],
      ['G11', 'yes'],
    ]);
  });

  test('says why a goal is missed, and nothing of those that are met', () => {
    const [, why] = /## What is not met, and why\n([^]*?)\n## /.exec(markdown) ?? [];
    expect([...(why ?? '').matchAll(/\*\*(G\d+)\*\*/g)].map(([, id]) => id)).toEqual(['G2']);
  });

  test('lists the races that DuckDB won, the clearest first, and no other', () => {
    const wins = markdown.slice(markdown.indexOf('## Where DuckDB wins'), markdown.indexOf('## Runs'));
    expect(wins).toContain('Of the 19 races above it won 5:');
    expect(
      [...wins.matchAll(/^\| (.*?) +\| (DuckDB|on the) .*\| +([\d.]+) \|$/gm)].map((m) => [m[1], m[3]]),
    ).toEqual([
      ['growth, 8 clients', '4.0'],
      ['Q3, 32 clients, M', '2.5'],
      ['build of sketches by day and country, M', '2.2'],
      ['Q2 on M', '2.0'],
      ['cold Q2 on M', '1.5'],
    ]);
  });

  test('is empty of races and goals where nothing was recorded', () => {
    const empty = benchmarksPage(new Recorded([]));
    expect(empty.plots.size).toBe(0);
    expect(empty.markdown).not.toContain('## ');
  });
});

test('a bar grows by as much for every ten times: the scale is logarithmic', () => {
  const names = ['a', 'b', 'c'];
  const plot = barPlot({ title: 't', unit: 'ms', names, groups: [{ title: 'g', values: [1, 10, 100] }] });
  const bars = [...plot.matchAll(/<rect x="290" y="[\d.]+" width="([\d.]+)"/g)].map(([, width]) =>
    Number(width),
  );
  expect(bars).toHaveLength(3);
  expect(bars[1] - bars[0]).toBeCloseTo(bars[2] - bars[1], 0);
});

test('an axis holds all its values between round ends', () => {
  const scale = logScale([3, 700], 100, 500);
  expect(scale.ticks).toEqual([2, 5, 10, 20, 50, 100, 200, 500, 1000]);
  expect([2, 1000].map(scale.at)).toEqual([100, 500]);
  const wide = logScale([0.004, 1e6], 500, 0);
  expect(wide.ticks).toEqual([0.01, 0.1, 1, 10, 100, 1000, 1e4, 1e5, 1e6]);
  expect(wide.at(0.002)).toBe(500);
  expect(logScale([1], 0, 10).at(1)).toBe(0);
  expect([0.02, 5, 1000, 10_000, 2e6].map(tickText)).toEqual(['0.02', '5', '1000', '10 k', '2 M']);
});

test('a table is as wide as its widest cells', () => {
  expect(markdownTable(['a', 'ms'], [['b|c', '1.5']])).toBe(
    '| a    |  ms |\n| ---- | --: |\n| b\\|c | 1.5 |',
  );
});
