import { expect, test } from 'vitest';
import { formatTable } from '../../dist/cli/table.js';

test('columns are aligned under their titles', () => {
  const text = formatTable(
    [{ title: 'name' }, { title: 'n', align: 'right' }],
    [
      ['a', '1'],
      ['longer', '1,234'],
    ],
  );
  expect(text.split('\n')).toEqual(['name        n', '──────  ─────', 'a           1', 'longer  1,234']);
});

test('wide characters take two columns and marks none', () => {
  const [, , wide, marked] = formatTable(
    [{ title: 'a' }, { title: 'b' }],
    [
      ['東京', 'x'],
      ['e\u0301', 'x'],
    ],
  ).split('\n');
  expect(wide).toBe('東京  x');
  expect(marked).toBe('e\u0301     x');
});

test('a value cannot steer the terminal', () => {
  const text = formatTable([{ title: 'a' }], [['\u001b[2Jgone\nnext']]);
  expect(text).toContain('\\x1b[2Jgone\\nnext');
  expect(text).not.toContain('\u001b');
});
