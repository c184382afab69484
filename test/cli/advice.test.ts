import { expect, test } from 'vitest';
import { adviceLines } from '../../dist/cli/advice.js';
import type { Candidate, Explanation, Fix } from '../../dist/index.js';

const build: Fix = { text: 'Build a.', patch: [], estimate: null };
const change = (text: string): Fix => ({
  text,
  patch: [{ op: 'add', path: '/dimensions/-', value: text }],
  estimate: null,
});
const refused = (id: string, fix: Fix | null): Candidate => ({
  id,
  type: 'rollup',
  matched: false,
  checks: [],
  reasons: [],
  rows: null,
  fix,
  help: null,
});
const explained = (fix: Fix | null, candidates: readonly Candidate[]): Explanation => ({
  query: {},
  selected: null,
  mode: 'source',
  selection: 'first',
  index: null,
  indexes: [],
  candidates,
  pieces: [],
  fix,
  obstacles: [],
  warnings: [],
});

test('the smallest change comes first, and each is told once', () => {
  const [x, y] = [change('Add x.'), change('Add y and z.')];
  expect(adviceLines(explained(x, [refused('a', null), refused('b', y), refused('c', x)]))).toEqual([
    'Add x.',
    'Add y and z.',
  ]);
});

test('where a build is all that lacks it is advised first', () => {
  const x = change('Add x.');
  expect(adviceLines(explained(build, [refused('a', x), refused('b', build)]))).toEqual([
    'Run granary build.',
    'Add x.',
  ]);
});

test('where nothing helps the first obstacle is told', () => {
  const obstacle = { code: 'measure_multiplied' as const, message: 'orders.count is multiplied.' };
  expect(adviceLines({ ...explained(null, [refused('a', null)]), obstacles: [obstacle] })).toEqual([
    'No rollup could answer this query: orders.count is multiplied.',
  ]);
});
