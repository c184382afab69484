/** The models that docs/sql-in-models.md shows load as they stand there. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadModelFiles } from '../../../dist/model/load/load-model-files.js';
import { runModelScripts } from '../../../dist/sources/model-script.js';

const page = readFileSync('docs/sql-in-models.md', 'utf8');
const blocks = (language: string): string[] =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 'gs'))].map(([, text]) => text);

const securityContext = { tenant: 'acme' };
const contexts = { compileContext: { securityContext }, securityContext };

test('in YAML', () => {
  const models = blocks('yaml').map((text, at) => loadModelFiles([{ file: `${at}.yml`, text }], contexts));
  expect(models.map(({ cubes }) => [...cubes.keys()])).toEqual([['orders'], ['users', 'purchases']]);
});

test('in JavaScript', async () => {
  const files = blocks('js').map((text, at) => ({ file: `${at}.js`, text }));
  const scripts = await runModelScripts(files, { mode: 'sandbox', ...contexts });
  const parts = loadModelFiles(scripts, contexts).cubes.get('events')?.table;
  expect(parts).toMatchObject({
    kind: 'query',
    sql: {
      parts: [
        {},
        { kind: 'filter', params: [{ member: 'events.at', values: 2 }] },
        { text: ' AND ' },
        { text: 'tenant' },
        { text: ' = ' },
        { kind: 'value', value: 'acme' },
      ],
    },
  });
});
