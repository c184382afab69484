import { expect, test } from 'vitest';
import { isShadowed } from '../../dist/planner/is-shadowed.js';
import type { RollupShape } from '../../dist/planner/rollup-shape.js';
import { prepare } from '../support/fake-catalog.js';

const id = { name: 'id', type: 'number', sql: 'id', primary_key: true };
const joinTo = (name: string) => ({
  name,
  relationship: 'many_to_one',
  sql: `{CUBE}.${name}_id = {${name}.id}`,
});

function shapesOf(...dimensions: string[][]): RollupShape[] {
  const { rollups } = prepare({
    cubes: [
      {
        name: 'o',
        sql_table: 'o',
        joins: [joinTo('s'), joinTo('c')],
        dimensions: [id],
        measures: [{ name: 'count', type: 'count' }],
        pre_aggregations: dimensions.map((list, at) => ({
          name: `r${at}`,
          measures: ['count'],
          dimensions: list,
        })),
      },
      { name: 's', sql_table: 's', joins: [joinTo('c')], dimensions: [id] },
      { name: 'c', sql_table: 'c', dimensions: [id, { name: 'name', type: 'string', sql: 'name' }] },
    ],
  });
  return rollups.map(({ shape }) => shape as RollupShape);
}

test('[X12] a rollup that holds all of another shadows it', () => {
  const [more, less] = shapesOf(['id', 'c.name'], ['c.name']);
  expect(isShadowed(less, more)).toBe(true);
  expect(isShadowed(more, less)).toBe(false);
});

// It was said of this one that it is never chosen; a view over the other way chose it.
test('[X12] a rollup that reaches a cube over other joins is not shadowed', () => {
  const [direct, far] = shapesOf(['c.name'], ['s.c.name']);
  expect(isShadowed(far, direct)).toBe(false);
  expect(isShadowed(direct, far)).toBe(false);
});
