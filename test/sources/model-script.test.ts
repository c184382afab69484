/** What a JavaScript model becomes, in both modes, and what it cannot do in the sandbox. */
import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ScriptModel } from '../../dist/model/document.js';
import { StoreError } from '../../dist/model/errors.js';
import { LIMITS } from '../../dist/model/limits.js';
import { runModelScripts } from '../../dist/sources/model-script.js';

const MODES = ['trusted', 'sandbox'] as const;
type Mode = (typeof MODES)[number];

async function run(text: string, mode: Mode, compileContext = {}): Promise<ScriptModel> {
  const [model] = await runModelScripts([{ file: 'a.js', text }], { mode, compileContext });
  return model;
}

/** The first cube of the text. */
async function cubeOf(text: string, mode: Mode, compileContext = {}): Promise<unknown> {
  return (await run(text, mode, compileContext)).cubes[0].definition;
}

async function failureOf(text: string, mode: Mode): Promise<StoreError> {
  const outcome = await run(text, mode).catch((error: unknown) => error);
  expect(outcome).toBeInstanceOf(StoreError);
  const failure = outcome as StoreError;
  expect(failure.code).toBe('model_invalid');
  expect(failure.position?.file).toBe('a.js');
  return failure;
}

const RICH = `const { securityContext: { env } } = COMPILE_CONTEXT;
var rate = 3;
loose = 'x';
function total(sql) { return { sql, type: \`sum\` }; }
const lists = { measures: [count, Orders.revenue, CUBE.x], dimensions: [scope, arguments, Users.name] };
cube(\`Orders\`, {
  sql: \`select '{brace}' as a, "\\{" as b from \${env}.orders\`,
  joins: { Users: { sql: \`\${CUBE}.u = \${Users}.id and \${CUBE.a} = \${Users.id}\`, relationship: \`belongsTo\` } },
  measures: { count: { type: \`count\`, drillMembers: [id, createdAt] }, revenue: total(\`\${CUBE}.amount * \${rate}\`) },
  segments: { mine: { sql: CUBE.flag } },
  preAggregations: {
    main: { ...lists, timeDimension: createdAt, granularity: \`day\`, refreshKey: { every: undefined } },
    [CUBE.named]: { title: \`of \${CUBE} {a}\`, meta: { sql: '{b}', list: [null, true, 1.5] } },
  },
  title: loose + typeof rate,
});
for (const name of ['b', 'c']) cube(name, { sql_table: name });
view('v', { cubes: [{ join_path: Orders.Users }] });
`;

describe.each(MODES)('%s', (mode) => {
  test('a file becomes a plain document in which references are text', async () => {
    const { file, cubes, views } = await run(RICH, mode, { securityContext: { env: 'prod' } });
    expect(file).toBe('a.js');
    expect(cubes.map(({ position }) => [position.file, position.line])).toEqual([
      ['a.js', 6],
      ['a.js', 17],
      ['a.js', 17],
    ]);
    expect(cubes.map(({ definition }) => definition)).toEqual([
      {
        name: 'Orders',
        sql: `select '\\{brace\\}' as a, "\\{" as b from prod.orders`,
        joins: {
          Users: { sql: '{CUBE}.u = {Users}.id and {CUBE.a} = {Users.id}', relationship: 'belongsTo' },
        },
        measures: {
          count: { type: 'count', drillMembers: ['id', 'createdAt'] },
          revenue: { sql: '{CUBE}.amount * 3', type: 'sum' },
        },
        segments: { mine: { sql: '{CUBE.flag}' } },
        preAggregations: {
          main: {
            measures: ['count', 'Orders.revenue', 'CUBE.x'],
            dimensions: ['scope', 'arguments', 'Users.name'],
            timeDimension: 'createdAt',
            granularity: 'day',
            refreshKey: {},
          },
          'CUBE.named': { title: 'of {CUBE} {a}', meta: { sql: '{b}', list: [null, true, 1.5] } },
        },
        title: 'xnumber',
      },
      { name: 'b', sql_table: 'b' },
      { name: 'c', sql_table: 'c' },
    ]);
    expect(views.map(({ definition, position }) => [definition, position.line])).toEqual([
      [{ name: 'v', cubes: [{ join_path: 'Orders.Users' }] }, 18],
    ]);
  });

  test('[A2] COMPILE_CONTEXT is data of the caller, quotes and all', async () => {
    const context = { securityContext: { __proto__x: `"'\`\${1}\u2028`, list: [1, { a: null }] } };
    const text = 'cube(`a`, { meta: COMPILE_CONTEXT.securityContext })';
    expect(await cubeOf(text, mode, context)).toEqual({ name: 'a', meta: context.securityContext });
  });

  test('what Cube fills in later stays in the SQL by its name', async () => {
    const text = "cube('a', { sql: `select ${FILTER_PARAMS.a.b.filter('x')} ${SECURITY_CONTEXT.id}` })";
    expect(await cubeOf(text, mode)).toEqual({
      name: 'a',
      sql: 'select {FILTER_PARAMS.a.b.filter("x")} {SECURITY_CONTEXT.id}',
    });
  });

  test('each file is by itself', async () => {
    const texts = [
      'const shared = 1; leaked = 2; cube(`a`, {})',
      'const shared = 2; cube(`b`, { title: leaked })',
    ];
    const models = await runModelScripts(
      texts.map((text, at) => ({ file: `${at}.js`, text })),
      { mode, compileContext: {} },
    );
    expect(models.map(({ file, cubes }) => [file, cubes[0].definition])).toEqual([
      ['0.js', { name: 'a' }],
      ['1.js', { name: 'b', title: 'leaked' }],
    ]);
  });

  test.each([
    ['const a = 1;\n  let b = ;', 2, 'nexpected token'],
    ['cube(`a`, {}); }}); (function () {{{', 1, 'nexpected token'],
    ['\n  import x from "y";', 2, 'A model file is a script: it cannot import, export or await.'],
    ['const a = {};\n\na.b.c.d = 1;', 3, 'undefined'],
    ['function f() { throw new Error("no\\nluck"); }\n\nf();', 1, 'no luck.'],
    ['throw 5', 1, 'threw 5.'],
    ['throw { toString() { throw 1; } }', 1, 'threw a value that cannot be shown.'],
    ['\nrequire("fs")', 2, '`require` is called, but is no function of this file.'],
    ['\nprocess.exit(1)', 2, 'there is no `process` in a model: give what it needs as compileContext'],
    ['\nconst live = process.env.NODE_ENV === `production`;', 2, 'there is no `process` in a model'],
    ['\ncube()', 2, "cube() needs a name, as in cube('orders'"],
    ['\ncube(`a`)', 2, "cube('a') needs an object of its parts."],
    ['\ncube(`a`, { name: `b` })', 2, "cube('a') has its name already."],
    [
      '\ncube(`a`, {\n measures: { x: { sql: () => 1 } } })',
      2,
      "cube('a').measures.x.sql: a model is plain data; this is a function.",
    ],
    ['\ncube(`a`, { b: [new Map()] })', 2, "cube('a').b[0]: a model is plain data; this is a Map."],
    ['\ncube(`a`, { b: 1 / 0 })', 2, "cube('a').b: Infinity is no value of a model."],
    ['const a = {};\na.a = [a];\ncube(`a`, a)', 3, "cube('a').a[0]: holds itself."],
    [
      'let o = 1;\nfor (let i = 0; i < 999; i++) o = { o };\ncube(`a`, o)',
      3,
      'nested more than 64 levels deep.',
    ],
    ['\ncube(`a`, { s: `x`.repeat(2e7) })', 2, `defines more than ${LIMITS.modelBytesMax} characters.`],
    ['const e = [];\ne.length = 4e9;\ncube(`a`, { e })', 3, /more than (1000000 values|1000 ms)\.$/],
    [
      'let b = [1];\nfor (let i = 0; i < 40; i++) b = [b, b];\ncube(`a`, { b })',
      3,
      /more than (1000000 values|1000 ms)\.$/,
    ],
    ['const f = () => f() + 1;\n\nf();', 1, 'tack'],
    [
      'cube(`a`, { sql: FILTER_PARAMS.a.b.filter((...all) => all) })',
      1,
      'names no value: write (from, to) =>',
    ],
    ['cube(`a`, { sql: FILTER_GROUP((x) => x) })', 1, '`FILTER_GROUP` takes no function'],
  ])('%j is an error in line %i', async (text, line, message) => {
    const failure = await failureOf(text, mode);
    expect(failure.message).toMatch(message);
    expect(failure.position?.line).toBe(line);
  });
});

describe('the sandbox', () => {
  test.each([
    ['try { for (;;) {} } finally { for (;;) {} }', 'runs for more than 1000 ms'],
    ['/(a+)+$/.test("a".repeat(40) + "b")', 'runs for more than 1000 ms'],
    ['Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)', 'runs for more than 2000 ms'],
    ['const a = []; for (;;) a.push(new Array(1e4).fill(0))', 'needs more than 67108864 bytes of memory'],
  ])('%j ends in bounded time', async (text, message) => {
    const start = performance.now();
    const failure = await failureOf(text, 'sandbox');
    expect(failure.message).toContain(message);
    expect(performance.now() - start).toBeLessThan(20_000);
  });

  test('nothing of the machine is there, by no way to the global object', async () => {
    const ways = [
      'process',
      'require',
      'module',
      'global',
      'Worker',
      'fetch',
      'setTimeout',
      'std',
      'os',
      'Bun',
      'Deno',
    ];
    const text = `
      const world = (() => {}).constructor.constructor('return this')();
      const found = ${JSON.stringify(ways)}.filter((name) => name in world);
      const attempt = (attack) => { try { return String(attack()); } catch (error) { return 'no'; } };
      cube('a', { meta: {
        names: Object.getOwnPropertyNames(world).filter((name) => /process|require|host|granary/i.test(name)),
        found,
        attempts: [
          attempt(() => cube.constructor('return process')().version),
          attempt(() => COMPILE_CONTEXT.constructor.constructor('return process.env')().PATH),
          attempt(() => new Worker('x')),
          attempt(() => eval('1')),
          attempt(() => new Function('return 1')),
          attempt(() => globalThis.process.mainModule.require('fs')),
        ],
      } });
      import('node:fs').then((fs) => fs.writeFileSync('tampered', ''));`;
    expect(await cubeOf(text, 'sandbox')).toEqual({
      name: 'a',
      meta: { names: [], found: [], attempts: ['no', 'no', 'no', 'no', 'no', 'no'] },
    });
    expect(existsSync('tampered')).toBe(false);
  });

  test.each([
    'Object.prototype.polluted = 1; Array.prototype.polluted = 1;',
    'COMPILE_CONTEXT.__proto__.polluted = 1;',
    '(() => {}).constructor.constructor("return this")().JSON.stringify = () => "{}";',
    'Object.prototype.toJSON = () => 7;',
    'Array.prototype.push = () => { throw 1 };',
    'Object.defineProperty(Error.prototype, "stack", { get() { return { length: -1 }; } });',
    'String.prototype.replaceAll = () => ({});',
    'RegExp.prototype[Symbol.replace] = () => "{".repeat(100);',
    'JSON.stringify = () => `{"kind":"model","cubes":[{"definition":{"__proto__":{"polluted":1}},"stack":""}],"views":[]}`;',
    'JSON.stringify = () => `{"kind":"fault","message":1,"stacks":{}}`;',
  ])('%s changes nothing outside', async (attack) => {
    const before = JSON.stringify({ a: [1] });
    await run(`${attack}\ncube('a', { __proto__: null, x: [1] });`, 'sandbox').catch((error: unknown) => {
      expect(error).toBeInstanceOf(StoreError);
    });
    expect('polluted' in {}).toBe(false);
    expect('polluted' in []).toBe(false);
    expect(JSON.stringify({ a: [1] })).toBe(before);
    expect(await cubeOf('cube(`a`, { x: [1] })', 'sandbox')).toEqual({ name: 'a', x: [1] });
  });

  test('of two files one that tampers does not touch the other', async () => {
    const texts = [
      'Object.prototype.x = 1; Array.prototype.push = null; cube(`a`, {})',
      'cube(`b`, { l: [1] })',
    ];
    const files = texts.map((text, at) => ({ file: `${at}.js`, text }));
    const options = { mode: 'sandbox', compileContext: {} } as const;
    const [{ cubes }] = await runModelScripts([files[1]], options);
    const both = await runModelScripts(files.toReversed(), options).catch((error: unknown) => error);
    expect(cubes[0].definition).toEqual({ name: 'b', l: [1] });
    expect(both).toMatchObject({ code: 'model_invalid', position: { file: '0.js' } });
  });
});
