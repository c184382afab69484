/** Every promise about models and matching is in the title of a test, or in the table of README.md with its reason. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const RANGES = [
  ['A', 1, 7],
  ['A', 17, 27],
  ['B', 1, 47],
  ['C', 1, 22],
  ['D', 1, 32],
  ['D', 45, 45],
  ['D', 51, 54],
  ['D', 61, 61],
  ['D', 64, 66],
  ['D', 70, 71],
  ['D', 73, 82],
  ['E', 43, 43],
  ['H', 1, 11],
  ['H', 13, 13],
  ['X', 1, 24],
  ['FX-', 2, 6],
  ['FX-', 9, 10],
] as const;

const ids = RANGES.flatMap(([letter, first, last]) =>
  Array.from({ length: last - first + 1 }, (_, at) => `${letter}${first + at}`),
);

/** The ids in titles; what a comment says proves nothing. */
function titledIds(): Set<string> {
  const tests = join(import.meta.dirname, '..');
  const files = readdirSync(tests, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  const lines = files.flatMap((name) => readFileSync(join(tests, name), 'utf8').split('\n'));
  const code = lines.filter((line) => !/^\s*(\/\*|\*|\/\/)/.test(line)).join('\n');
  return new Set([...code.matchAll(/\[((?:[A-HX]|FX-)\d+)\]/g)].map(([, id]) => id));
}

function excusedIds(): string[] {
  const table = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8');
  return [...table.matchAll(/^\| ([A-Z][A-Z-]*\d+) +\|.+\|.{20,}\|$/gm)].map(([, id]) => id);
}

test('every id is in a title or has a reason, and none is both', () => {
  const [titled, excused] = [titledIds(), excusedIds()];
  expect(new Set(excused).size).toBe(excused.length);
  expect(excused.filter((id) => !ids.includes(id))).toEqual([]);
  expect(ids.filter((id) => !titled.has(id) && !excused.includes(id))).toEqual([]);
  expect(excused.filter((id) => titled.has(id))).toEqual([]);
});
