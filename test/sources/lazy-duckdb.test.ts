import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/open-tables.js';

/** Opens a store over one row, tells whether DuckDB is loaded, builds, and tells again. */
const script = `
  const { openStore } = await import('./dist/bundle/index.js');
  const loaded = () => process.report.getReport().sharedObjects.some((path) => path.includes('duckdb'));
  const store = await openStore({
    model: { cubes: [{ name: 'one', sql_table: 'one', measures: [{ name: 'count', type: 'count' }],
      pre_aggregations: [{ name: 'main', measures: ['count'] }] }] },
    store: process.argv[1],
    sources: { default: { type: 'duckdb', init: ['CREATE VIEW one AS SELECT 1 AS x'] } },
  });
  const before = loaded();
  const { rollups } = await store.build();
  const built = loaded();
  const { data, meta } = await store.query({ measures: ['one.count'] });
  console.log(JSON.stringify({ before, outcome: rollups[0].outcome, built, data, mode: meta.mode }));
  await store.close();`;

function run(folder: string): unknown {
  const args = ['--input-type=module', '--eval', script, folder];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }));
}

// A value import in one module of the source loaded the library with `import 'granary'`.
test('a process loads DuckDB when it first needs a source, not before', () => {
  const folder = temporaryFolder();
  const answer = { data: [{ 'one.count': '1' }], mode: 'direct' };
  expect(run(folder)).toEqual({ before: false, outcome: 'built', built: true, ...answer });
  expect(run(folder)).toEqual({ before: false, outcome: 'current', built: false, ...answer });
});
