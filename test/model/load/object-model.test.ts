import { expect, test } from 'vitest';

import { LIMITS } from '../../../dist/model/limits.js';
import { loadObjectModel } from '../../../dist/model/load/load-object-model.js';
import { failureOf, load, orders } from './failures.js';

test('a plain object is a model, with the same content as its YAML', () => {
  const fromText = load(orders('    pre_aggregations: [{name: main, measures: [count]}]\n'));
  const fromObject = loadObjectModel(structuredClone(fromText.document));
  const strip = (value: unknown): unknown =>
    JSON.parse(
      JSON.stringify(value, (key, at: unknown) =>
        key === 'position' ? null : at instanceof Map ? [...at] : at,
      ),
    );
  expect(strip(fromObject)).toEqual(strip(fromText));
  expect(fromObject.cubes.get('orders')?.position).toEqual({ file: 'model', line: 1, column: 1 });
});

test('errors are told apart by their path', () => {
  const document = {
    cubes: { a: { sqlTable: 't', measures: { n: { type: 'coun', meta: undefined } }, x: 1 } },
  };
  expect(failureOf(() => loadObjectModel(document)).message).toBe(
    'model:1:1: cubes.a.measures.n.type: unknown `coun`. Did you mean `count`?\nmodel:1:1: cubes.a.x: unknown key',
  );
});

test.each([
  ['a class', { cubes: [new Date(0)] }, 'cubes[0]: a model is plain data; this is a Date'],
  [
    'a function',
    { cubes: [{ name: 'a', sql: () => 'x' }] },
    'cubes[0].sql: a model is plain data; this is a function',
  ],
  ['a bigint', { cubes: 1n }, 'cubes: a model is plain data; this is a bigint'],
  ['a symbol', Symbol('x'), 'a model is plain data; this is a symbol'],
  ['a map', new Map(), 'a model is plain data; this is a Map'],
  ['text', 'cubes: []', 'expected a map, got text'],
  ['nothing', undefined, 'expected a map, got nothing'],
  ['holes', { cubes: Object.assign([], { length: 1 }) }, 'cubes[0]: expected a map, got nothing'],
])('%s is refused', (_, document, message) => {
  expect(failureOf(() => loadObjectModel(document)).message).toContain(message);
});

test('an object that holds itself ends at the depth', () => {
  const document: Record<string, unknown> = {};
  document['meta'] = [document];
  const message = `nested more than ${LIMITS.modelDepthMax} levels deep`;
  expect(failureOf(() => loadObjectModel(document)).message).toContain(message);
});

test('the object is not kept: changing it later changes nothing', () => {
  const document = { cubes: [{ name: 'a', sql_table: 't' }] };
  const model = loadObjectModel(document);
  document.cubes[0].name = 'b';
  expect(model.document).toEqual({ cubes: [{ name: 'a', sql_table: 't' }] });
});
