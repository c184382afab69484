import { expect, test } from 'vitest';
import { adviceLines, fixesOf } from '../../dist/cli/advice.js';
import type { Candidate, Reason } from '../../dist/model/plan.js';

const refused = (id: string, ...reasons: Reason[]): Candidate => ({
  id,
  type: 'rollup',
  matched: false,
  reasons,
});
const notBuilt: Reason = { code: 'not_built', message: 'not built' };
const hopeless: Reason = { code: 'measure_multiplied', message: 'multiplied' };
const lacks = (member: string): Reason => ({
  code: 'dimension_missing',
  message: 'missing',
  fix: { text: `Add ${member}.`, patch: [{ op: 'add', path: '/dimensions/-', value: member }] },
});
const grain = (granularity: string): Reason => ({
  code: 'granularity_too_fine',
  message: 'too fine',
  fix: {
    text: `Set ${granularity}.`,
    patch: [{ op: 'replace', path: '/granularity', value: granularity }],
  },
});

test('only a rollup whose every reason can be fixed is advised, all of its fixes together', () => {
  const candidates = [refused('a', lacks('x'), hopeless), refused('b', lacks('x'), lacks('y'), lacks('x'))];
  expect(adviceLines(candidates)).toEqual(['Add x. Add y.']);
  expect(fixesOf(candidates[0])).toBeNull();
});

test('of several granularities of one rollup the finest is left', () => {
  expect(adviceLines([refused('a', grain('month'), lacks('x'), grain('day'), grain('day'))])).toEqual([
    'Add x. Set day.',
  ]);
});

test('where a build is all that lacks it is advised first', () => {
  expect(adviceLines([refused('a', lacks('x'), notBuilt), refused('b', notBuilt)])).toEqual([
    'Run granary build.',
    'Add x.',
  ]);
  expect(adviceLines([refused('a', hopeless, notBuilt)])).toEqual([]);
});
