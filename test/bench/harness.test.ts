import { expect, test } from 'vitest';
import { quantile, race } from '../../dist/bench/harness.js';

test('peers take turns in an order that the seed decides', async () => {
  const turns = async (seed: number): Promise<string> => {
    let order = '';
    const peer = (name: string) => ({ name, run: async () => (order += name) });
    const times = await race([peer('a'), peer('b'), peer('c')], { seed, roundsMax: 8, budgetMs: 1_000 });
    expect(times.map(({ name, runs }) => [name, runs])).toEqual([
      ['a', 8],
      ['b', 8],
      ['c', 8],
    ]);
    // What comes before is warming up.
    return order.slice(-24);
  };
  const first = await turns(1);
  expect(await turns(1)).toBe(first);
  expect(await turns(2)).not.toBe(first);
  for (const round of first.match(/.../g) ?? []) expect(round.split('').sort().join('')).toBe('abc');
});

test('quantiles lie between their neighbours', () => {
  expect(quantile([1, 2, 3, 4], 0.5)).toBe(2.5);
  expect(quantile([7], 0.95)).toBe(7);
  expect(quantile([0, 10], 0.95)).toBeCloseTo(9.5);
});
