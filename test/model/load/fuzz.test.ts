/** Whatever comes in: a model, or one StoreError `model_invalid`. */
import { readFileSync } from 'node:fs';

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { StoreError } from '../../../dist/model/errors.js';
import { loadObjectModel } from '../../../dist/model/load/load-object-model.js';
import { loadYamlModel } from '../../../dist/model/load/load-yaml-model.js';
import { load, orders } from './failures.js';

const numRuns = process.env['GRANARY_LONG'] ? 5_000 : 500;

function loadsOrRefuses(action: () => unknown): boolean {
  try {
    action();
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(StoreError);
    expect((error as StoreError).code).toBe('model_invalid');
    return false;
  }
}

const SEED_TEXT = readFileSync(new URL('../../../data/flights/model/flights.yml', import.meta.url), 'utf8');
/** Beside `airports`, which the tests define. */
const VIEW_TEXT = `cubes:
  - name: flights
    sql_table: flights
    joins: [{name: airports, relationship: many_to_one, sql: "{CUBE}.origin = {airports.id}"}]
    measures: [{name: count, type: count}]
    pre_aggregations: [{name: main, measures: [count], dimensions: [flights.airports.status]}]
  - {name: delayed, extends: flights, sql: SELECT 1, pre_aggregations: [{name: own, measures: [CUBE.count]}]}
views:
  - name: all
    cubes:
      - {join_path: flights, includes: [count]}
      - {join_path: flights.airports, prefix: true, includes: '*', excludes: [id]}
    folders: [{name: some, includes: [count, {name: inner, includes: [airports_status]}]}]
  - {name: more, extends: all, cubes: [{join_path: delayed, includes: [{name: count, alias: late}]}]}
`;
const SHARDS = [
  '{',
  '}',
  '[',
  ']',
  ':',
  '- ',
  '\n',
  '  ',
  '"',
  "'",
  '&a ',
  '*a',
  '<<: ',
  '|',
  '>',
  '#',
  '!',
  '\t',
];
const WORDS = [
  '{CUBE}',
  '{count}',
  'null',
  'name: ',
  'sql: ',
  'type: ',
  'true',
  '1',
  '__proto__',
  '\\',
  '\0',
  'é',
  '{{',
];

describe('random text', () => {
  test('any string', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 200 }),
        (text) => void loadsOrRefuses(() => load(text)),
      ),
      { numRuns },
    );
  });

  test('shards of YAML', () => {
    const shards = fc.array(fc.constantFrom(...SHARDS, ...WORDS, 'cubes:', 'x'), { maxLength: 60 });
    fc.assert(
      fc.property(shards, (parts) => void loadsOrRefuses(() => load(parts.join('')))),
      { numRuns },
    );
  });

  test.each([
    ['flights', SEED_TEXT, false],
    ['views', VIEW_TEXT, true],
  ])('a model of %s with pieces cut out and put in', (_, seed, loads) => {
    const airports = { file: 'airports.yml', text: orders().replace('name: orders', 'name: airports') };
    const edit = fc.record({
      at: fc.nat(seed.length),
      cut: fc.nat(20),
      put: fc.oneof(fc.constantFrom('', ...SHARDS, ...WORDS), fc.string({ maxLength: 5 })),
    });
    const before = () => loadYamlModel([{ file: 'f.yml', text: seed }, airports]);
    expect(loadsOrRefuses(before)).toBe(loads);
    let loaded = 0;
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
        let text = seed;
        for (const { at, cut, put } of edits) text = text.slice(0, at) + put + text.slice(at + cut);
        if (loadsOrRefuses(() => loadYamlModel([{ file: 'f.yml', text }, airports]))) loaded++;
      }),
      { numRuns: numRuns / 4 },
    );
    expect(loaded).toBeLessThan(numRuns / 4);
  });

  test('every position of an error lies in the text', () => {
    const at = fc.nat(SEED_TEXT.length);
    fc.assert(
      fc.property(at, fc.constantFrom(...SHARDS, ...WORDS), (offset, put) => {
        const text = SEED_TEXT.slice(0, offset) + put + SEED_TEXT.slice(offset);
        const lines = text.split('\n');
        try {
          load(text);
        } catch (error) {
          const { line, column } = (error as StoreError).position!;
          expect(line).toBeLessThanOrEqual(lines.length);
          expect(column).toBeLessThanOrEqual(lines[line - 1].length + 1);
        }
      }),
      { numRuns: numRuns / 4 },
    );
  });
});

describe('random objects', () => {
  test('anything', () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withNullPrototype: true,
      withSparseArray: true,
    });
    fc.assert(
      fc.property(anything, (document) => void loadsOrRefuses(() => loadObjectModel(document))),
      { numRuns },
    );
  });

  test('the keys of a model with values that do not belong there', () => {
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 6 },
        fc.constantFrom(
          null,
          true,
          0,
          12,
          '',
          'count',
          'orders.count',
          '{CUBE}.x',
          '{a}',
          'time',
          'day',
          'a',
          'b',
        ),
        fc.array(tie('any'), { maxLength: 3 }),
        fc.dictionary(
          fc.constantFrom(
            ...'cubes name sql sql_table type measures dimensions segments joins pre_aggregations indexes columns'.split(
              ' ',
            ),
            ...'time_dimension granularity partition_granularity filters drill_members relationship a b __proto__'.split(
              ' ',
            ),
            ...'extends join_path includes excludes prefix alias split folders'.split(' '),
          ),
          tie('any'),
          { maxKeys: 5 },
        ),
      ),
    })).any;
    fc.assert(
      fc.property(
        value,
        value,
        (cubes, views) => void loadsOrRefuses(() => loadObjectModel({ cubes, views })),
      ),
      { numRuns },
    );
  });
});
