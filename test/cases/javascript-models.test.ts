/** JavaScript models beside those in YAML: one model, one order, one kind of error. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readModelDocument } from '../../dist/index.js';
import { loadModelFiles } from '../../dist/model/load/load-model-files.js';
import { runModelScripts } from '../../dist/sources/model-script.js';
import { openTables, temporaryFolder } from '../support/open-tables.js';
import type { Tables } from '../support/open-tables.js';
import { loadScript } from '../support/script-twins.js';

describe('a model of both kinds of files', () => {
  const yaml = 'cubes: [{name: b, sql_table: t, measures: [{name: count, type: count}]}]';

  test('is one model, in the order of the files', async () => {
    const js =
      'cube("a", { sql_table: "t", measures: { twice: { sql: `2 * ${b.count}`, type: `number` } } })';
    await expect(loadScript(js)).rejects.toThrow('there is no cube `b`');
    const [script] = await runModelScripts([{ file: 'm.js', text: js }], {
      mode: 'trusted',
      compileContext: {},
    });
    const model = loadModelFiles([script, { file: 'm.yml', text: yaml }]);
    expect([...model.cubes.keys()]).toEqual(['a', 'b']);
    expect(model.document).toMatchObject({ cubes: [{ name: 'a' }, { name: 'b' }] });
  });

  test('cannot define a cube twice', async () => {
    const store = openTables({ yaml, js: '\n cube("b", { sql_table: "t" })', init: [] });
    await expect(store).rejects.toThrow(
      /model\.yml:1:\d+: cubes\[0\]\.name: a second cube `b`; the first is at .*model\.js:2:/,
    );
  });

  test.each([
    ['view("v", {})', 'views[0]: `cubes` is missing'],
    ['cube("c", { sql_table: "t", extends: nobody })', 'there is no cube `nobody`'],
    ['cube("c", { sql: `select 1 where ${FILTER_PARAMS.c.d.filter("d")}` })', '`c` has no member `d`'],
    [
      'cube("c", { sql: `select ${SECURITY_CONTEXT.id}` })',
      '`{SECURITY_CONTEXT.id}` has no meaning by itself',
    ],
    ['cube("c", { sql_table: `t`, mesures: {} })', 'Did you mean `measures`?'],
  ])('refuses %s by its place', async (js, message) => {
    const store = openTables({ yaml, js: `\n\n${js}`, init: [] });
    await expect(store).rejects.toMatchObject({ code: 'model_invalid', position: { line: 3 } });
    await expect(store).rejects.toThrow(message);
  });

  test('braces of SQL in JavaScript are braces', async () => {
    const js =
      "cube('j', { sql: `select '{\"a\": {}}' as j`, dimensions: { j: { sql: `j || '{CUBE}'`, type: `string` } } })";
    const store = await openTables({ yaml: '', js, init: [] });
    expect((await store.query({ dimensions: ['j.j'] })).data).toEqual([{ 'j.j': '{"a": {}}{CUBE}' }]);
  });

  test('runs where the options say', async () => {
    const folder = temporaryFolder();
    const js = `cube('a', { sql_table: 't', title: (() => {}).constructor('return typeof process')() })`;
    writeFileSync(join(folder, 'a.js'), js);
    const titleIn = async (options: object) => (await readModelDocument(folder, options)).cubes[0]['title'];
    expect(await titleIn({ modelScripts: 'trusted' })).toBe('object');
    expect(await titleIn({ modelScripts: 'sandbox' })).toBe('undefined');
    expect(await titleIn({})).toBe('undefined');
  });

  test('needs options that make sense', async () => {
    const open = (options: Tables['options'] & {}) => openTables({ yaml, init: [], options });
    await expect(open({ modelScripts: 'vm' })).rejects.toMatchObject({ code: 'config_invalid' });
    const holdsItself: Record<string, unknown> = {};
    holdsItself['self'] = holdsItself;
    await expect(open({ compileContext: holdsItself })).rejects.toMatchObject({ code: 'config_invalid' });
  });
});
