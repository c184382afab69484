import { expect, test } from 'vitest';
import { firstDifference } from '../../dist/bench/duckdb-peer.js';
import { measureEngine } from '../../dist/bench/engine.js';
import type { EngineLine } from '../../dist/bench/engine.js';
import { engineGoals } from '../../dist/bench/engine-goals.js';

test('every peer of the engine gives the answers of the facts', async () => {
  const line = await measureEngine(3_000, 1, { seed: 5, budgetMs: 1, roundsMax: 1 });
  expect(line.rows).toBe(3_000);
  expect(line.queries.map(({ id, fault }) => [id, fault])).toEqual(
    ['Q1', 'Q2', 'Q3', 'Q4', 'Q5'].map((id) => [id, null]),
  );
  expect(line.queries.map(({ groups }) => groups > 0)).toEqual([true, true, true, true, true]);
  expect(line.queries.map(({ times }) => Object.keys(times).length)).toEqual([5, 7, 5, 5, 5]);
});

test('an answer that differs in a cent is seen', () => {
  const facts = [
    ['paid', '10.25', '3'],
    ['sent', 'null', '1'],
  ];
  expect(firstDifference(facts, structuredClone(facts))).toBe(null);
  expect(firstDifference(facts, [facts[0], ['sent', '0', '1']])).toBe('row 2, column 2: null against 0');
  expect(firstDifference(facts, [['paid', '10.26', '3'], facts[1]])).toBe(
    'row 1, column 2: 10.25 against 10.26',
  );
  expect(firstDifference(facts, facts.slice(1))).toBe('2 rows against 1');
});

test('goals are judged on the sizes that they name', () => {
  const times = (ms: number) => ({ name: '', runs: 1, medianMs: ms, p95Ms: ms });
  const query = (id: string, strings: number): EngineLine['queries'][number] => ({
    id,
    title: id,
    groups: 1,
    rowsScanned: 1,
    times: { granary: times(1), granaryIndex: times(0.5), strings: times(strings), codes: times(12) },
    fault: null,
  });
  const queries = [query('Q1', 60), query('Q2', 149), query('Q3', 80), query('Q4', 14), query('Q5', 20)];
  const indexed = { partitionsMs: 208, indexMs: 8 };
  const line = { rows: 1, buildMs: 100, indexed, queries };
  const verdicts = (size: 'S' | 'M' | 'L') =>
    engineGoals(size, line).map(({ id, goal, figure, met }) => [id, goal, Math.round(figure), met]);
  expect(verdicts('S')).toEqual([]);
  expect(verdicts('M')).toEqual([
    ['G1', 60, 60, true],
    ['G1', 12, 12, true],
    ['G2', 10, 149, true],
    ['G2', 4, 12, true],
    ['G3', 80, 80, true],
    ['G4', 15, 14, false],
    ['G4', 6, 12, true],
    ['G5', 15, 20, true],
  ]);
  expect(verdicts('L').slice(4)).toEqual([
    ['G3', 500, 80, false],
    ['G4', 15, 14, false],
    ['G4', 6, 12, true],
    ['G5', 20, 20, true],
    ['G6', 300, 298, false],
    ['G6', 5, 4, true],
  ]);
  expect(engineGoals('M', { ...line, queries: [] }).map(({ met }) => met)).not.toContain(true);
});
