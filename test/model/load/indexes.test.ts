import { describe, expect, test } from 'vitest';

import { errorsOf, load, rollup } from './failures.js';

const KEYS = `
measures: [count, buyers]
dimensions: [status, category]
segments: [done]
time_dimension: created_at
granularity: day
indexes:`;

function indexes(text: string) {
  return load(rollup(`${KEYS} ${text}`)).cubes.get('orders')!.preAggregations[0].indexes;
}

describe('indexes', () => {
  test.each([
    ['[D74] category', 'orders__category'],
    ['[D74] CUBE.category', 'orders__category'],
    ['[D74] orders.category', 'orders__category'],
    ['[D74] "{CUBE.category}"', 'orders__category'],
    ['[D74] orders__category', 'orders__category'],
    ['done', 'orders__done'],
    ['[D75] CUBE.created_at.day', 'orders__created_at_day'],
    ['[D75] created_at.day', 'orders__created_at_day'],
    ['[D75] orders.created_at.day', 'orders__created_at_day'],
    ['[D76] orders__created_at_day', 'orders__created_at_day'],
    [`[D76] "{'orders__created_at_day'}"`, 'orders__created_at_day'],
    [`[D76] '{"orders__created_at_day"}'`, 'orders__created_at_day'],
  ])('the column %s', (title, column) => {
    const written = title.replace(/^\[D\d+\] /, '');
    expect(indexes(`[{name: i, columns: [${written}]}]`)).toEqual([
      { name: 'i', type: 'regular', columns: [column] },
    ]);
  });

  test('[D73][D78][D82] lists, maps, and both types on one rollup', () => {
    const expected = [
      { name: 'a', type: 'regular', columns: ['orders__category', 'orders__created_at_day'] },
      { name: 'b', type: 'aggregate', columns: ['orders__status'] },
    ];
    const list =
      '[{name: a, columns: [category, created_at.day]}, {name: b, type: aggregate, columns: [status]}]';
    const map =
      '{a: {columns: [category, created_at.day], type: regular}, b: {type: aggregate, columns: [status]}}';
    expect(indexes(list)).toEqual(expected);
    expect(indexes(map)).toEqual(expected);
  });

  test.each([
    [
      'columns: [id]',
      'columns[0]: the rollup has no column `id`; it has orders.status, orders.category, orders.done, orders.created_at.day',
    ],
    ['columns: [categry]', 'no column `categry`. Did you mean `category`?'],
    ['columns: [CUBE.stauts]', 'no column `CUBE.stauts`. Did you mean `status`?'],
    ['columns: [created_at.dya]', 'no column `created_at.dya`. Did you mean `created_at.day`?'],
    ['columns: [created_at.month]', 'the rollup has no column `created_at.month`'],
    ['columns: [created_at]', 'the rollup has no column `created_at`'],
    [`columns: ["{'orders__created_at_month'}"]`, 'the rollup has no column'],
    ['columns: [Products.name]', 'the rollup has no column `Products.name`'],
    ['columns: ["a b"]', 'the rollup has no column `a b`'],
    ['columns: [count]', 'an index sorts by dimensions, times and segments; `orders.count` is a measure'],
    ['columns: [buyers], type: aggregate', '`orders.buyers` is a measure'],
    ['columns: []', 'columns: is empty'],
    ['columns: [status], type: aggregated', 'type: unknown `aggregated`. Did you mean `aggregate`?'],
  ])('[X17] %s is refused', (keys, message) => {
    expect(errorsOf(rollup(`${KEYS} [{name: i, ${keys}}]`))).toEqual([expect.stringContaining(message)]);
  });

  test('names are unique within a rollup', () => {
    const lines = errorsOf(rollup(`${KEYS} [{name: i, columns: [status]}, {name: i, columns: [category]}]`));
    expect(lines[0]).toContain('indexes[1].name: the name `i` is written twice in `indexes`');
  });

  test('[D77] the columns of original SQL are those of the source, as they are written', () => {
    const model = load(rollup(`type: original_sql\nindexes: [{name: i, columns: [timestamp, "{'a b'}"]}]`));
    expect(model.cubes.get('orders')?.preAggregations[0]?.indexes[0]?.columns).toEqual(['timestamp', 'a b']);
  });

  test('the fault of a list is not told again for the index', () => {
    const keys = 'dimensions: [categry]\nindexes: [{name: i, columns: [category]}]';
    expect(errorsOf(rollup(keys))).toHaveLength(1);
  });
});
