import { describe, expect, test } from 'vitest';
import { goalText, judge, shortNumber } from '../../dist/bench/goals.js';

describe('a goal', () => {
  test.each([
    ['at least', 60, 60, true],
    ['at least', 60, 59.99, false],
    ['at most', 1, 1, true],
    ['at most', 1, 1.01, false],
    ['at least', 60, NaN, false],
    ['at most', 1, NaN, false],
  ] as const)('%s %d, figure %d: %s', (bound, goal, figure, met) => {
    expect(judge({ id: 'G1', what: 'x', bound, goal, figure })).toEqual({
      id: 'G1',
      what: 'x',
      bound,
      goal,
      figure,
      unit: '×',
      met,
    });
  });

  test('is told with its figure first', () => {
    const goal = judge({ id: 'G1', what: 'Q1 on M', bound: 'at least', goal: 60, figure: 93.21 });
    expect(goalText(goal)).toBe('G1  Q1 on M: 93.2× (goal: at least 60×)  met');
    const lag = judge({ id: 'G11', what: 'lag p95', bound: 'at most', goal: 1, figure: 2.5, unit: 'ms' });
    expect(goalText(lag)).toBe('G11  lag p95: 2.5 ms (goal: at most 1 ms)  NOT MET');
  });

  test('numbers are short', () => {
    expect([0.00123, 0.5, 1.5, 12.34, 123.4, 12345.6].map(shortNumber)).toEqual([
      '0.001',
      '0.5',
      '1.5',
      '12.3',
      '123',
      '12346',
    ]);
  });
});
