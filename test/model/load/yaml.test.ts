import { describe, expect, test } from 'vitest';

import { LIMITS } from '../../../dist/model/limits.js';
import { loadYamlModel } from '../../../dist/model/load/load-yaml-model.js';
import { errorsOf, failureOf, load, orders, rollup } from './failures.js';

describe('text of a model file', () => {
  test('an error says file, line, column and path, and the error carries the first position', () => {
    const failure = failureOf(() => load(orders('    dimension: []\n    titles: x\n')));
    expect(failure.message).toBe(
      'm.yml:15:5: cubes[0].dimension: unknown key. Did you mean `dimensions`?\n' +
        'm.yml:16:5: cubes[0].titles: unknown key. Did you mean `title`?',
    );
    expect(failure.position).toEqual({ file: 'm.yml', line: 15, column: 5 });
  });

  test('lines are counted alike with CRLF and with a byte order mark', () => {
    const text = `\uFEFF${orders('    titles: x\n').replaceAll('\n', '\r\n')}`;
    expect(errorsOf(text)).toEqual(['15:5: cubes[0].titles: unknown key. Did you mean `title`?']);
    expect(errorsOf('\uFEFFcube: 1')[0]).toMatch(/^1:1: cube: unknown key/);
  });

  test('several files are one model, and each error names its own', () => {
    const [a, b] = ['a.yml', 'b.yml'].map((file, i) => ({
      file,
      text: `cubes:\n  - name: c${i}\n    sql_table: t\n`,
    }));
    expect([...loadYamlModel([b, a]).cubes.keys()]).toEqual(['c1', 'c0']);
    const broken = { file: 'b.yml', text: `${b.text}    x: 1\n` };
    expect(failureOf(() => loadYamlModel([a, broken])).message).toMatch(/^b\.yml:4:5: cubes\[0\]\.x/);
    const twice = failureOf(() => loadYamlModel([a, { file: 'b.yml', text: a.text }]));
    expect(twice.message).toBe('b.yml:2:11: cubes[0].name: a second cube `c0`; the first is at a.yml:2:11');
  });

  test('a model without cubes is refused', () => {
    for (const text of ['', '# nothing\n', 'cubes: []', 'cubes:\n', '---\n']) {
      expect(failureOf(() => load(text)).message).toContain('the model has no cubes');
    }
    expect(failureOf(() => loadYamlModel([])).message).toContain('the model has no cubes');
  });

  test.each([
    ['an unclosed list', 'cubes: [\n', /^2:1: not valid YAML/],
    ['an unclosed quote', 'cubes:\n  - name: "a\n', /not valid YAML/],
    ['a tab as indentation', 'cubes:\n\t- name: a\n', /^2:1: not valid YAML/],
    ['an unknown tag', 'cubes: !secret x\n', /^1:8: not valid YAML/],
    ['a key written twice', 'cubes: []\ncubes: []\n', /^2:1: cubes: the key `cubes` is written twice/],
    ['a key that is a list', '? [a]\n: 1\n', /^1:3: a key must be text/],
    ['a key that is empty', ': 1\n', /^1:1: null: a key must be text/],
    ['two documents', 'cubes: []\n---\ncubes: []\n', /^2:1: a second document/],
    ['NUL', 'cubes:\n  - \0\n', /^2:5: a control character/],
    ['binary', 'PAR1\x15\x04\x15', /^1:5: a control character/],
    ['a template in a file', '{% for x in y %}\n', /^1:1: templates \(Jinja\) are not supported yet/],
    ['an alias of nothing', 'cubes: *a\n', /^1:8: cubes: no anchor &a before this alias/],
    ['text instead of a map', 'cubes\n', /^1:1: expected a map, got text/],
    ['a list instead of a map', '- a\n', /^1:1: expected a map, got a list/],
    ['a date of YAML 1.1', '%YAML 1.1\n---\ncubes: 2001-01-01\n', /^3:8: cubes: this kind of value/],
  ])('%s', (_, text, message) => {
    expect(errorsOf(text)[0]).toMatch(message);
  });

  test('aliases and merge keys are expanded, keys of the map itself win', () => {
    const model = load(`cubes:
  - name: a
    sql_table: t
    dimensions:
      - &text {name: x, type: string, sql: x}
      - {<<: *text, name: y}
      - <<: [{sql: z}, *text]
        name: z
`);
    const cube = model.cubes.get('a');
    expect([...cube!.dimensions.values()].map(({ name, sql }) => [name, sql.parts])).toEqual([
      ['x', [{ kind: 'text', text: 'x' }]],
      ['y', [{ kind: 'text', text: 'x' }]],
      ['z', [{ kind: 'text', text: 'z' }]],
    ]);
    expect(errorsOf('cubes: []\n<<: 1\n')).toEqual(['2:5: `<<` merges a map or a list of maps']);
  });

  test('an error in merged keys has the path of the map that merges them', () => {
    const text = 'cubes:\n  - &a {name: a, sql_table: t, bad: 1}\n  - {<<: *a, name: b}\n';
    expect(errorsOf(text)).toEqual(['2:32: cubes[0].bad: unknown key', '2:32: cubes[1].bad: unknown key']);
  });
});

describe('bounds', () => {
  test('a bomb of aliases ends at the number of values', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let i = 1; i < 20; i++)
      lines.push(
        `a${i}: &a${i} [${Array(10)
          .fill(`*a${i - 1}`)
          .join(', ')}]`,
      );
    expect(errorsOf(lines.join('\n')).at(-1)).toContain(`more than ${LIMITS.modelValuesMax} values`);
  });

  test('an alias inside of its own anchor ends at the depth', () => {
    expect(errorsOf('cubes: &a [*a, *a]\n').at(-1)).toContain(`more than ${LIMITS.modelDepthMax} levels`);
  });

  test.each([['['], ['{a: '], ['- '], ['? ']])('deep nesting of %j', (open) => {
    expect(errorsOf(open.repeat(100_000)).at(-1)).toContain(`more than ${LIMITS.modelDepthMax} levels`);
  });

  test('a file that is too large is refused before it is read', () => {
    const started = performance.now();
    expect(errorsOf('a'.repeat(LIMITS.modelBytesMax + 1))[0]).toMatch(/^1:1: the file is larger than/);
    expect(errorsOf('ä'.repeat(LIMITS.modelBytesMax / 2 + 1))[0]).toMatch(/^1:1: the file is larger/);
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  test('a file of syntax errors is not read to its end', () => {
    const lines = errorsOf('"\n'.repeat(200_000));
    expect(lines.length).toBeLessThanOrEqual(LIMITS.modelProblemsShown + 1);
  });

  test('twenty errors are shown and the others counted', () => {
    const dimensions = Array.from({ length: 50 }, (_, i) => `      - {name: d${i}, type: x, sql: x}\n`);
    const lines = errorsOf(`cubes:\n  - name: a\n    sql_table: t\n    dimensions:\n${dimensions.join('')}`);
    expect(lines).toHaveLength(LIMITS.modelProblemsShown + 1);
    expect(lines[0]).toMatch(/^5:/);
    expect(lines[19]).toMatch(/^24:/);
    expect(lines[20]).toBe('and 30 more errors');
  });

  test('an error is one line, whatever it quotes', () => {
    expect(errorsOf(rollup('dimensions: ["a\\nb"]'))).toEqual([
      '17:22: cubes[0].pre_aggregations[0].dimensions[0]: `a b` is not the name of a member',
    ]);
  });

  test('a very long name does not make a very long message', () => {
    const lines = errorsOf(`cubes:\n  - name: ${'a'.repeat(100_000)}\n    x: 1\n    sql_table: "{b}"\n`);
    for (const line of lines) expect(line.length).toBeLessThan(LIMITS.modelProblemChars + 100);
  });
});
