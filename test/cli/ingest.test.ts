import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { connectDuckDb, copyToParquet } from '../storage/support/duckdb.js';
import { temporaryFolder } from '../support/open-tables.js';

const MAIN = join(process.cwd(), 'dist', 'bundle', 'main.js');
const duckdb = await connectDuckDb();

/** A copy of examples/external, and granary in it. */
function external(): {
  readonly folder: string;
  readonly run: (...args: string[]) => [number | null, string];
} {
  const folder = temporaryFolder();
  for (const file of ['granary.config.json', 'model.yml']) {
    copyFileSync(join('examples', 'external', file), join(folder, file));
  }
  const run = (...args: string[]): [number | null, string] => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
      cwd: folder,
      encoding: 'utf8',
    });
    return [status, stdout + stderr];
  };
  return { folder, run };
}

const rows = (day: string, count: number): string =>
  `SELECT 'home' AS "page_views.page", DATE '${day}' AS "page_views.at", ${count} AS "page_views.count", 5 AS
   "page_views.seconds", 5 AS "page_views.mean_seconds$sum", ${count} AS "page_views.mean_seconds$count"`;

test('granary ingest publishes a file, a range of it, and says what does not fit', async () => {
  const { folder, run } = external();
  await copyToParquet(duckdb, rows('2024-01-05', 3), join(folder, 'january.parquet'));
  await copyToParquet(
    duckdb,
    `${rows('2024-02-05', 4)} UNION ALL ${rows('2024-02-06', 1)}`,
    join(folder, 'february.parquet'),
  );
  const [code, printed] = run('ingest', 'page_views.daily', 'january.parquet');
  expect(printed).toMatch(/^1 rows are now 1 partitions of page_views\.daily, 0 were kept \(/);
  expect(code).toBe(0);
  const range = ['--range', '2024-02-01', '2024-03-01'];
  const [, json] = run('--json', 'ingest', 'page_views.daily', 'february.parquet', ...range);
  expect(JSON.parse(json)).toMatchObject({ rows: 2, partitionsReplaced: ['20240201'], partitionsKept: 1 });
  expect(run('query', '{"measures":["page_views.count"]}')[1]).toContain('8');
  expect(run('ingest', 'page_views.daily', 'january.parquet', ...range)).toEqual([
    1,
    'granary: row 1, page_views__at_day: it is 2024-01-05T00:00:00.000Z, which is not within the range. Widen the range, or leave the row out.\n',
  ]);
  expect(run('ingest', 'page_views.daily', 'january.parquet', '--range', '2024-02-01')[0]).toBe(2);
});

test('granary gc removes what no publish names, and nothing foreign', async () => {
  const { folder, run } = external();
  await copyToParquet(duckdb, rows('2024-01-05', 3), join(folder, 'january.parquet'));
  run('ingest', 'page_views.daily', 'january.parquet');
  const data = join(folder, '.granary', 'data', 'page_views.daily');
  const [left, foreign] = [join(data, '20240101-0-unpublished.parquet'), join(data, 'notes.txt')];
  mkdirSync(data, { recursive: true });
  for (const path of [left, foreign]) writeFileSync(path, 'x');
  const [code, printed] = run('gc');
  expect(code).toBe(0);
  expect(printed).toMatch(/files and folders were removed\.\n$/);
  expect([left, foreign].map((path) => existsSync(path))).toEqual([false, true]);
  expect(run('query', '{"measures":["page_views.count"]}')[1]).toContain('3');
});

test('granary status tells the age and what is not built; verify --source tells the likely cause', async () => {
  const folder = temporaryFolder();
  for (const file of ['granary.config.json', 'model.yml', 'orders.csv']) {
    copyFileSync(join('examples', 'embed', file), join(folder, file));
  }
  const run = (...args: string[]): [number | null, string] => {
    const { status, stdout } = spawnSync(process.execPath, [MAIN, ...args], {
      cwd: folder,
      encoding: 'utf8',
    });
    return [status, stdout];
  };
  expect(run('build')[0]).toBe(0);
  expect(run('status')[1]).toMatch(/last refresh +age.*\n.*\n.* \d+ s/);
  expect(run('verify', '--source')).toEqual([0, expect.stringContaining('rows are those of the source.')]);
  expect(run('verify', '--budget', 'soon')[0]).toBe(2);
  const [header, ...lines] = readFileSync(join(folder, 'orders.csv'), 'utf8').trim().split('\n');
  writeFileSync(join(folder, 'orders.csv'), [header, ...lines.slice(1)].join('\n'));
  const [code, printed] = run('verify', '--source');
  expect(code).toBe(3);
  expect(printed).toMatch(/orders\.monthly .*orders__count \d+, the source \d+.*rows were deleted/);
});
