/** Models that are wrong, endless or huge end in a typed error with its place, or are answered; in bounded time. */
import { describe, expect, test } from 'vitest';
import { StoreError } from '../../dist/model/errors.js';
import { loadModelFiles } from '../../dist/model/load/load-model-files.js';
import { loadObjectModel } from '../../dist/model/load/load-object-model.js';
import { loadYamlModel } from '../../dist/model/load/load-yaml-model.js';
import { LANGUAGES, loadIn, type CubeInTwo } from '../support/both-languages.js';
import { buildTables, openTables, tableOf } from '../support/open-tables.js';

const init = [tableOf('t', ['id', 'x', 'day'], ["1, 10, DATE '2024-01-01'", "2, 20, DATE '2024-01-02'"])];
const yamlOf = (cubes: readonly object[]) => JSON.stringify({ cubes });

async function expectRefused(cubes: readonly CubeInTwo[], ...messages: (string | RegExp)[]): Promise<void> {
  for (const language of LANGUAGES) {
    const failure = loadIn(language, cubes);
    await expect(failure).rejects.toMatchObject({ name: 'StoreError', code: 'model_invalid' });
    for (const message of messages) await expect(failure).rejects.toThrow(message);
  }
}

/** A cube whose member number `i` is made from number `i - 1`; number 0 is `first`. */
function chain(
  list: 'measures' | 'dimensions',
  first: object,
  levels: number,
  sql: (before: string) => string,
) {
  const members = Array.from({ length: levels }, (_, i) => ({
    name: `m${i + 1}`,
    type: 'number',
    sql: sql(`{m${i}}`),
  }));
  return { name: 'a', sql_table: 't', [list]: [{ name: 'm0', ...first }, ...members] };
}

const rows = { type: 'count' };
const column = { type: 'number', sql: '{CUBE}.x' };
const double = (before: string) => `${before} + ${before}`;
const next = (before: string) => `${before} + 1`;

describe('members that refer to members', () => {
  test.each([
    ['measures', rows],
    ['dimensions', column],
  ] as const)('%s that double 18 times, and 1,000 times', async (list, first) => {
    const grown = 'with its references filled in, its SQL holds more than 10000 of them: refer to fewer';
    // The first of them only: those above grow by it. In JavaScript the keys are other ones, and the same path.
    await expectRefused([chain(list, first, 18, double)], grown, `cubes[0].${list}[13].sql`);
    await expectRefused([chain(list, first, 1_000, double)], grown);
  });

  test.each([
    ['measures', rows],
    ['dimensions', column],
  ] as const)('%s in a chain of 12,000', (list, first) =>
    expectRefused([chain(list, first, 12_000, next)], 'its references go more than 100 members deep'),
  );

  test('a text that grows', () =>
    expectRefused(
      [chain('measures', rows, 12, (before) => `${before} + ${before} + ${'1 + '.repeat(500)}1`)],
      'its SQL is longer than 1000000 characters',
    ));

  test('a measure with 10,001 filters of references', () =>
    expectRefused(
      [
        {
          name: 'a',
          sql_table: 't',
          dimensions: [{ name: 'd', ...column }],
          measures: [
            { name: 'm', ...rows, filters: Array.from({ length: 10_001 }, () => ({ sql: '{d} > 1' })) },
          ],
        },
      ],
      'more than 10000 of them',
    ));

  test('within the bounds are answered', async () => {
    const deep = chain('measures', rows, 98, next);
    const wide = { ...chain('measures', rows, 11, double), name: 'b' };
    const dimensions = { ...chain('dimensions', column, 98, next), name: 'c' };
    const store = await openTables({ yaml: yamlOf([deep, wide, dimensions]), init });
    const valueOf = async (query: object) => Object.values((await store.query(query)).data[0] ?? {});
    expect(await valueOf({ measures: ['a.m98'] })).toEqual(['100']);
    expect(await valueOf({ measures: ['b.m11'] })).toEqual(['4096']);
    expect(await valueOf({ dimensions: ['c.m98'] })).toEqual(['108']);
  });

  test('circles through two cubes', () =>
    expectRefused(
      [
        { name: 'a', sql_table: 't', measures: [{ name: 'x', type: 'number', sql: '{b.y} + 1' }] },
        { name: 'b', sql_table: 't', measures: [{ name: 'y', type: 'number', sql: '{a.x} + 1' }] },
      ],
      'members refer to each other in a circle: a.x → b.y → a.x',
    ));
});

describe('joins', () => {
  const cube = (name: string, ...to: string[]) => ({
    name,
    sql_table: 't',
    joins: to.map((other) => ({ name: other, relationship: 'one_to_one', sql: `{CUBE.id} = {${other}.id}` })),
    dimensions: [{ name: 'id', sql: '{CUBE}.id', type: 'number', primary_key: true }],
    measures: [{ name: 'count', type: 'count' }],
  });

  test('in a circle are legal, and answered', async () => {
    const cubes = [cube('a', 'b'), cube('b', 'c'), cube('c', 'a')];
    const store = await openTables({ yaml: yamlOf(cubes), init });
    const query = { measures: ['a.count'], dimensions: ['b.id', 'c.id'] };
    expect((await store.query(query)).data).toEqual([
      { 'b.id': '1', 'c.id': '1', 'a.count': '1' },
      { 'b.id': '2', 'c.id': '2', 'a.count': '1' },
    ]);
  });

  test('to an unknown cube, twice, and to itself', async () => {
    await expectRefused(
      [cube('orders', 'user'), cube('users')],
      /joins\[0\]\.name: there is no cube `user`. Did you mean `users`\?/,
    );
    await expectRefused(
      [cube('a', 'b', 'b'), cube('b')],
      'joins[1].name: the name `b` is written twice in `joins`',
    );
    await expectRefused([cube('a', 'a')], 'a cube cannot join itself');
  });

  test('5,000 of them to unknown cubes', () => {
    const names = Array.from({ length: 5_000 }, (_, i) => `b${i}`);
    return expectRefused([cube('a', ...names)], 'and 4980 more errors');
  });
});

describe('names that are taken', () => {
  const a = { name: 'a', sql_table: 't' };
  const count = { name: 'n', type: 'count' };

  test.each([
    ['a member of the same kind', { measures: [count, count] }, 'taken by a measure of this cube'],
    [
      'a member of another kind',
      { measures: [count], dimensions: [{ name: 'n', ...column }] },
      'taken by a measure of this cube',
    ],
    [
      'a segment',
      { dimensions: [{ name: 'n', ...column }], segments: [{ name: 'n', sql: 'true' }] },
      'taken by a dimension of this cube',
    ],
    [
      'a pre-aggregation',
      {
        measures: [count],
        pre_aggregations: [
          { name: 'p', measures: ['n'] },
          { name: 'p', measures: ['n'] },
        ],
      },
      /\[1\]\.name: the name `p` is written twice/,
    ],
    [
      'an index',
      {
        dimensions: [{ name: 'n', ...column }],
        pre_aggregations: [
          {
            name: 'p',
            dimensions: ['n'],
            indexes: [
              { name: 'i', columns: ['n'] },
              { name: 'i', columns: ['n'] },
            ],
          },
        ],
      },
      'indexes[1].name: the name `i` is written twice in `indexes`',
    ],
  ])('by %s', (_name, keys, message) => expectRefused([{ ...a, ...keys }], message));

  test('by a cube of the same file, of another and of another language', () => {
    const yaml = (file: string) => ({ file, text: 'cubes: [{name: a, sql_table: t}]' });
    const script = {
      file: 'c.js',
      cubes: [{ definition: a, position: { file: 'c.js', line: 7, column: 1 } }],
      views: [],
    };
    const load =
      (...files: Parameters<typeof loadModelFiles>[0]) =>
      () =>
        loadModelFiles(files);
    expect(load(yaml('a.yml'), yaml('b.yml'))).toThrow(
      'b.yml:1:16: cubes[0].name: a second cube `a`; the first is at a.yml:1:16',
    );
    expect(load(yaml('a.yml'), script)).toThrow(
      'c.js:7:1: cubes[0].name: a second cube `a`; the first is at a.yml',
    );
    expect(load(script, yaml('a.yml'))).toThrow(
      'a.yml:1:16: cubes[0].name: a second cube `a`; the first is at c.js:7',
    );
  });

  test('2,000 times', () =>
    expectRefused(
      Array.from({ length: 2_000 }, () => a),
      'a second cube `a`',
      'and 1979 more errors',
    ));
});

describe('nesting of 1,000 and more', () => {
  const lists = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

  test.each([
    ['lists', `cubes: ${lists(1_000)}`],
    ['lists that do not end', `cubes: ${'['.repeat(1_000_000)}`],
    ['maps', `${'{a: '.repeat(1_000)}1${'}'.repeat(1_000)}`],
    ['blocks', Array.from({ length: 1_000 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
    ['meta', `cubes: [{name: a, sql_table: t, meta: ${lists(1_000)}}]`],
  ])('YAML: %s', (_name, text) => {
    expect(() => loadYamlModel([{ file: 'm.yml', text }])).toThrow(
      /m\.yml:\d+:\d+: .*nested more than 64 levels/,
    );
  });

  test('an object, and one that holds itself', () => {
    let deep: object = {};
    for (let i = 0; i < 1_000; i++) deep = { deep };
    const cyclic: Record<string, unknown> = {};
    cyclic['cubes'] = [cyclic];
    for (const model of [{ cubes: [{ name: 'a', meta: deep }] }, cyclic]) {
      expect(() => loadObjectModel(model)).toThrow(/nested more than 64 levels/);
    }
  });

  test.each([
    ['lists', `cube('a', { meta: ${lists(1_000)} })`],
    ['lists that end the parser', `cube('a', { meta: ${lists(1_000_000)} })`],
    ['brackets that do not end', '('.repeat(100_000)],
    ['what a loop makes', 'let m = {}; for (let i = 0; i < 1000; i++) m = { m }; cube("a", { meta: m })'],
    ['what holds itself', 'const m = {}; m.m = m; cube("a", { meta: m })'],
    ['a loop that does not end', 'for (;;) {}'],
    ['recursion that does not end', 'const f = () => f(); f()'],
    ['what throws', 'throw new Error("no")'],
  ])('JavaScript: %s', async (_name, js) => {
    const open = openTables({ yaml: '', js: `\n${js}`, init });
    await expect(open).rejects.toMatchObject({
      name: 'StoreError',
      code: 'model_invalid',
      position: { file: expect.stringContaining('model.js'), line: expect.any(Number) },
    });
  });

  test('brackets in SQL are SQL', async () => {
    const deep = `${'('.repeat(100_000)}{n}${')'.repeat(100_000)}`;
    const measures = [
      { name: 'n', type: 'count' },
      { name: 'm', type: 'number', sql: deep },
    ];
    const store = await openTables({ yaml: yamlOf([{ name: 'a', sql_table: 't', measures }]), init });
    // It is for the source to say what it can read.
    await expect(store.query({ measures: ['a.m'] })).rejects.toMatchObject({ code: 'source_failed' });
    expect((await store.query({ measures: ['a.n'] })).data).toEqual([{ 'a.n': '2' }]);
  });

  test.each(['{', "{'", '${', '{{', '{%', '\\{', '{CUBE', '}', '{a.'])('100,000 times %s in SQL', (text) => {
    const sql = text.repeat(100_000);
    const load = () =>
      loadObjectModel({
        cubes: [{ name: 'a', sql_table: 't', dimensions: [{ name: 'd', type: 'number', sql }] }],
      });
    if (text === '\\{' || text === '}') expect(load().cubes.size).toBe(1);
    else expect(load).toThrow(StoreError);
    const quoted = JSON.stringify(sql);
    const yaml = `cubes: [{name: a, sql_table: t, dimensions: [{name: d, type: number, sql: ${quoted}}]}]`;
    const loadText = () => loadYamlModel([{ file: 'm.yml', text: yaml }]);
    if (text === '\\{' || text === '}') expect(loadText().cubes.size).toBe(1);
    else expect(loadText).toThrow(/m\.yml:1:/);
  });
});

describe('large models', () => {
  test('of 30,000 members in 30 cubes, with a rollup of 1,000', async () => {
    const measures = Array.from({ length: 1_000 }, (_, i) => ({ name: `m${i}`, type: 'sum', sql: 'x' }));
    const names = measures.map(({ name }) => name);
    const cubes = Array.from({ length: 30 }, (_, i) => ({
      name: `c${i}`,
      sql_table: 't',
      measures,
      ...(i === 7 ? { pre_aggregations: [{ name: 'p', measures: names }] } : {}),
    }));
    const store = await buildTables({ yaml: yamlOf(cubes), init });
    const { data, meta } = await store.query({ measures: ['c7.m999'] });
    expect([data, meta.preAggregation]).toEqual([[{ 'c7.m999': '30' }], 'c7.p']);
    await expect(store.query({ measures: ['c7.m1000'] })).rejects.toThrow("Did you mean 'c7.m100'?");
  });

  test('of names with 10,000 characters', async () => {
    const long = (letter: string) => letter.repeat(10_000);
    const cube = {
      name: long('c'),
      sql_table: 't',
      measures: [{ name: long('m'), type: 'sum', sql: 'x' }],
      dimensions: [{ name: long('d'), type: 'time', sql: 'day' }],
      pre_aggregations: [
        {
          name: long('p'),
          measures: [long('m')],
          time_dimension: long('d'),
          granularity: 'day',
          partition_granularity: 'day',
        },
      ],
    };
    const store = await buildTables({ yaml: yamlOf([cube]), init });
    const { data, meta } = await store.query({ measures: [`${long('c')}.${long('m')}`] });
    expect(Object.values(data[0] ?? {})).toEqual(['30']);
    expect(meta.preAggregation).toBe(`${long('c')}.${long('p')}`);
    expect((await store.verify()).ok).toBe(true);
  });

  test('of more values than are read', () => {
    const many = { cubes: [{ name: 'a', sql_table: 't', meta: Array.from({ length: 1_000_001 }, () => 1) }] };
    expect(() => loadObjectModel(many)).toThrow('the model holds more than 1000000 values');
  });
});

test('3,000 warnings: they are given in order, the first 1,000 of them', async () => {
  const rollups = Array.from({ length: 3_000 }, (_, i) => ({ name: `p${i}`, measures: ['b.n'] }));
  const cubes = [
    { name: 'a', sql_table: 't', pre_aggregations: rollups },
    { name: 'b', sql_table: 't', measures: [{ name: 'n', type: 'count' }] },
  ];
  for (const language of LANGUAGES) {
    const { warnings } = await loadIn(language, cubes);
    expect(warnings).toHaveLength(1_000);
    expect(warnings[999]).toMatchObject({ code: 'member_of_other_cube_only' });
  }
});
