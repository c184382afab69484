import { describe, expect, test } from 'vitest';
import { compareAnswers, compareEstimates } from '../../dist/cli/compare-answers.js';

const none = new Set<string>();

describe('compareAnswers', () => {
  test('finds a difference in any cell, NULL and order included', () => {
    const rows = [
      { a: 'x', n: '1' },
      { a: 'y', n: null },
    ];
    expect(compareAnswers(rows, rows, none)).toEqual({ kind: 'equal' });
    expect(compareAnswers(rows, [...rows].reverse(), none).kind).toBe('different');
    expect(compareAnswers(rows, rows.slice(1), none).kind).toBe('different');
    expect(compareAnswers(rows, [rows[0], { a: 'y', n: '0' }], none)).toEqual({
      kind: 'different',
      detail: 'row 2, n: null against "0"',
    });
  });

  test('only doubles may differ, and only by rounding', () => {
    const [left, right] = [[{ n: '0.30000000000000004' }], [{ n: '0.3' }]];
    expect(compareAnswers(left, right, none).kind).toBe('different');
    expect(compareAnswers(left, right, new Set(['n'])).kind).toBe('equal');
    expect(compareAnswers([{ n: '0.3001' }], right, new Set(['n'])).kind).toBe('different');
    expect(compareAnswers([{ n: null }], right, new Set(['n'])).kind).toBe('different');
  });
});

describe('compareEstimates', () => {
  const members = { keys: ['k'], sketches: ['n'] };

  test('tells the largest error, and refuses what no bad luck explains', () => {
    const exact = [
      { k: 'a', n: '1000' },
      { k: 'b', n: '10' },
    ];
    const near = compareEstimates(
      exact,
      [
        { k: 'b', n: '10' },
        { k: 'a', n: '1010.5' },
      ],
      members,
      0.05,
    );
    expect(near).toEqual({ kind: 'within', errorMax: 0.01, bound: 0.05 });
    expect(compareEstimates(exact, [{ k: 'a', n: '1200' }], members, 0.05).kind).toBe('different');
  });
});
