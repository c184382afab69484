import { describe, expect, test } from 'vitest';
import { LANGUAGES, loadIn } from '../../support/both-languages.js';
import { errorsOf, load } from './failures.js';

/** A cube with these time dimensions, and one measure in the line behind them. */
function withMeasure(measure: string, ...times: readonly string[]): string {
  const dimensions = times.map((time) => `      - {name: ${time}, type: time, sql: ${time}}\n`);
  return `cubes:
  - name: orders
    sql_table: orders
    dimensions:
      - {name: id, type: number, sql: id, primary_key: true}
      - {name: status, type: string, sql: status}
${dimensions.join('')}    measures:
      - {name: m, ${measure}}
      - {name: total, type: sum, sql: amount}
`;
}

const errorOf = (measure: string, ...times: readonly string[]): string => {
  const [error, ...others] = errorsOf(withMeasure(measure, ...times));
  expect(others).toEqual([]);
  return error;
};
const lineOf = (...times: readonly string[]): number => 8 + times.length;

describe('measures of several values', () => {
  test.each(LANGUAGES)('[D6] what a measure is of, and its time, in %s', async (language) => {
    const dimensions = [{ name: 'created_at', type: 'time', sql: 'created_at' }];
    const measures = [
      { name: 'spread', type: 'stddev', sql: '{CUBE}.x' },
      { name: 'line', type: 'correlation', sql: '{CUBE}.x', sql2: '{CUBE}.y' },
      { name: 'newest', type: 'last', sql: 'x' },
      { name: 'oldest', type: 'first', sql: 'x', time_dimension: 'created_at' },
      { name: 'all_paid', type: 'bool_and', sql: 'paid' },
    ];
    const model = await loadIn(language, [{ name: 'orders', sql_table: 't', dimensions, measures }]);
    const own = model.cubes.get('orders')!.measures;
    expect([...own.values()].map(({ type }) => type)).toEqual([
      'stddev',
      'correlation',
      'last',
      'first',
      'bool_and',
    ]);
    const second = (name: string): unknown => own.get(name)?.second?.parts;
    expect(second('spread')).toBeUndefined();
    expect(second('line')).toEqual([
      { kind: 'cube', cube: 'orders' },
      { kind: 'text', text: '.y' },
    ]);
    expect(second('newest')).toEqual([{ kind: 'member', member: 'orders.created_at' }]);
    expect(second('oldest')).toEqual([{ kind: 'member', member: 'orders.created_at' }]);
  });

  test('types have the spelling of 2019 too', () => {
    for (const type of ['boolAnd', 'bool_and']) {
      const model = load(withMeasure(`type: ${type}, sql: paid`));
      expect(model.cubes.get('orders')?.measures.get('m')?.type).toBe('bool_and');
    }
  });

  test.each<[string, string[], string]>([
    ['type: covariance, sql: x', [], '`sql2` is missing: a measure of type covariance is of two values'],
    ['type: correlation, sql2: x', [], '`sql` is missing: a measure of type correlation needs one'],
    ['type: sum, sql: x, sql2: y', [], '`sql2` belongs to measures of type covariance and correlation'],
    ['type: variance', [], '`sql` is missing: a measure of type variance needs one'],
    ['type: varianse, sql: x', [], 'unknown `varianse`. Did you mean `variance`?'],
    ['type: covariance, sql: x, sql_2: y', [], 'unknown key. Did you mean `sql2`?'],
    ['type: covariance, sql: x, sql2: "{total}"', [], 'an aggregate cannot hold the measure `orders.total`'],
    ['type: covariance, sql: x, sql2: "{nowhere}"', [], 'nowhere'],
    [
      'type: max, sql: x, time_dimension: created_at',
      ['created_at'],
      '`time_dimension` belongs to measures of type first and last',
    ],
    [
      'type: first, sql: x',
      [],
      'a measure of type first goes by the time dimension of its cube, and `orders` has none',
    ],
    [
      'type: last, sql: x',
      ['created_at', 'paid_at'],
      '`orders` has several time dimensions: say by which one the last value is found, with `time_dimension`: `created_at`, `paid_at`',
    ],
    [
      'type: last, sql: x, time_dimension: status',
      ['created_at'],
      '`status` is no time dimension of `orders`: `created_at`',
    ],
    [
      'type: last, sql: x, time_dimension: status',
      [],
      '`status` is no time dimension of `orders`, and there is none',
    ],
    ['type: last, sql: x, time_dimension: creatd_at', ['created_at'], 'Did you mean `created_at`?'],
  ])('[X23] %s with the times %j is refused', (measure, times, message) => {
    const error = errorOf(measure, ...times);
    expect(error).toContain(message);
    expect(error.startsWith(`${lineOf(...times)}:`)).toBe(true);
  });
});
