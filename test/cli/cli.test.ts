import { spawnSync } from 'node:child_process';
import { appendFileSync, copyFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { build } from '../../dist/cli/build.js';
import { connectDuckDb } from '../storage/support/duckdb.js';

const MAIN = join(process.cwd(), 'dist', 'bundle', 'main.js');
const BY_COUNTRY = '{"measures":["orders.revenue"],"dimensions":["orders.country"]}';
const BY_DAY =
  '{"measures":["orders.count"],"timeDimensions":[{"dimension":"orders.ordered_at","granularity":"day"}]}';

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

let folder: string;

function run(args: readonly string[], input?: string): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1', GRANARY_DEBUG: '' },
    ...(input === undefined ? {} : { input }),
  });
  return { code: status, stdout, stderr };
}

const json = (ran: Ran): Record<string, unknown> => JSON.parse(ran.stdout) as Record<string, unknown>;

function copyOfExample(): string {
  const copy = mkdtempSync(join(tmpdir(), 'granary-cli-'));
  for (const file of ['granary.config.json', 'model.yml', 'orders.csv']) {
    copyFileSync(join('examples', 'embed', file), join(copy, file));
  }
  return copy;
}

beforeAll(() => {
  folder = copyOfExample();
});

describe('usage', () => {
  test('help and version are no failure', () => {
    expect(run(['--help'])).toMatchObject({ code: 0, stderr: '' });
    expect(run(['--help']).stdout).toContain('Exit codes: 0 ok, 1 failed, 2 usage, 3 verify');
    expect(run(['--version']).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test.each([
    ['no verb', []],
    ['an unknown verb', ['serve']],
    ['an unknown option', ['status', '--loud']],
    ['a missing argument', ['query']],
    ['a query that is no JSON', ['query', '{orders}']],
    ['half of a range', ['build', '--from', '2024-01-01']],
    ['nothing to try', ['try']],
    ['nothing to inspect', ['inspect']],
    ['no folder to export to', ['export']],
    ['another form of an export', ['export', '--to', 'x', '--format', 'delta']],
    ['two things to try', ['try', 'orders.csv', '--demo']],
  ])('%s is exit code 2', (_, args) => {
    const ran = run(args);
    expect(ran.code).toBe(2);
    expect(ran.stdout).toBe('');
    expect(ran.stderr).not.toBe('');
  });
});

describe('failures', () => {
  test('are one line on stderr with the next step, and exit code 1', () => {
    const unknown = run(['query', '{"measures":["orders.revenu"]}']);
    expect(unknown).toMatchObject({ code: 1, stdout: '' });
    expect(unknown.stderr).toMatch(/^granary: .*orders\.revenue.*\n$/);

    const missing = run(['status', '--config', 'nowhere.json']);
    expect(missing).toMatchObject({ code: 1, stdout: '' });
    expect(missing.stderr).toMatch(
      /^granary: There is no nowhere\.json here\. Write one .* granary try\.\n$/,
    );
  });

  test('are JSON on stdout as well with --json', () => {
    const unknown = run(['query', '{"measures":["orders.revenu"]}', '--json']);
    expect(unknown.code).toBe(1);
    expect(unknown.stderr).toMatch(/^granary: .*orders\.revenue.*\n$/);
    expect(json(unknown)).toEqual({
      error: {
        code: 'query_invalid',
        message: unknown.stderr.slice('granary: '.length, -1),
        next: expect.stringContaining('orders.revenue'),
      },
    });
    const usage = run(['status', '--loud', '--json']);
    expect(usage.code).toBe(2);
    expect(json(usage)).toMatchObject({ error: { code: 'usage', next: null } });
  });

  test('of a model are one line each, with the position of the first', () => {
    const wrong = copyOfExample();
    const model = join(wrong, 'model.yml');
    writeFileSync(model, readFileSync(model, 'utf8').replaceAll('type: string', 'type: strong'));
    appendFileSync(model, '    nonsense: 1\n');
    const ran = run(['status', '--json', '--config', join(wrong, 'granary.config.json')]);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toMatch(
      /^granary: model\.yml:\d+:\d+: .*strong.*\nmodel\.yml:\d+:\d+: .*nonsense.*\n$/,
    );
    expect(json(ran)).toMatchObject({
      error: { code: 'model_invalid', position: { file: 'model.yml', line: expect.any(Number) } },
    });
  });

  test('of the slower of two builds tell what to do', async () => {
    const config = join(copyOfExample(), 'granary.config.json');
    const ways = await Promise.allSettled([1, 2].map(() => build([], { config, json: false, force: false })));
    const failed = ways.filter((way) => way.status === 'rejected');
    expect(failed).toHaveLength(1);
    expect(failed[0].reason).toMatchObject({
      code: 'commit_conflict',
      message: 'Another build finished first. Run granary build again.',
    });
  });

  test('show their stack only on request', () => {
    const { stderr } = spawnSync(process.execPath, [MAIN, 'status', '--config', 'nowhere.json'], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, GRANARY_DEBUG: '1' },
    });
    expect(stderr).toMatch(/\n {4}at /);
  });
});

describe('the verbs', () => {
  test('build, then build nothing', () => {
    const before = run(['status', '--json']);
    expect(json(before)).toMatchObject({ rollups: [{ state: 'not_built', rows: 0 }] });
    expect(before.stderr).toBe('1 rollup is not built: granary build\n');
    expect(run(['query', BY_COUNTRY]).stderr).toBe('1 rollup is not built: granary build\n');
    expect(run(['explain', BY_COUNTRY]).stdout).toContain('What would help\n- Run granary build.\n');
    const built = run(['build', '--json']);
    expect(built.code).toBe(0);
    expect(json(built)).toMatchObject({
      rollups: [{ preAggregation: 'orders.monthly', outcome: 'built', rows: 8 }],
    });
    expect(built.stderr).toBe('orders.monthly: 1 partition, 8 rows\n');
    const again = run(['build']).stdout;
    expect(again).toMatch(/^orders\.monthly +kept /m);
    expect(again).toContain('\nKept partitions were not compared with the source; --force rebuilds them.\n');
    expect(json(run(['build', '--force', '--json']))).toMatchObject({ rollups: [{ outcome: 'built' }] });
  });

  test('query prints a table and where it comes from', () => {
    const { code, stdout, stderr } = run(['query', BY_COUNTRY]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = stdout.split('\n');
    expect(lines[0]).toMatch(/^orders\.country {2}orders\.revenue$/);
    expect(lines[2]).toMatch(/^Poland +55\.5$/);
    expect(lines[6]).toMatch(/^3 rows · from orders\.monthly · 1 of 1 partitions · 8 rows scanned · .* ms$/);
  });

  test('query --json prints the result of the library, from an argument or from stdin', () => {
    const result = json(run(['query', BY_COUNTRY, '--json']));
    expect(result).toMatchObject({ meta: { mode: 'rollup', preAggregation: 'orders.monthly', exact: true } });
    expect(result['data']).toHaveLength(3);
    expect(json(run(['--json', 'query', '-'], BY_COUNTRY))['data']).toEqual(result['data']);
  });

  test('a query that no rollup answers says so', () => {
    const { code, stdout } = run(['query', BY_DAY]);
    expect(code).toBe(0);
    expect(stdout).toContain('from the source: no rollup answers this');
  });

  test('explain tells the reason and the fix', () => {
    const { code, stdout } = run(['explain', BY_DAY]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^no rollup: the source answers \(source\)\n/);
    expect(stdout).toContain(
      'orders.monthly: refused\n  ✓ type  ✓ allowed  ✓ joins  ✓ measures  ✓ dimensions',
    );
    expect(stdout).toContain('  ✗ times  ✓ windows  ✓ timezone  ✓ built\n    ✗ granularity_too_fine: ');
    expect(stdout).toMatch(
      /^- Set the granularity of orders\.monthly to day: about [\d.]+ × its rows \(\d+\)\.$/m,
    );
    expect(json(run(['explain', BY_COUNTRY, '--json']))).toMatchObject({
      selected: 'orders.monthly',
      mode: 'rollup',
      candidates: [{ id: 'orders.monthly', matched: true, reasons: [] }],
      pieces: [{ from: 'orders.monthly' }],
    });
  });

  test('[X21] the pieces of a range that cuts stored buckets, as docs/queries.md shows them', () => {
    const range = ['2024-01-15T12:00:00.000', '2024-03-31'];
    const timeDimensions = [{ dimension: 'orders.ordered_at', dateRange: range }];
    const query = JSON.stringify({ measures: ['orders.revenue'], timeDimensions });
    const docs = readFileSync(join('docs', 'queries.md'), 'utf8');
    expect(docs).toContain(`granary explain '${query}'`);
    const { code, stdout } = run(['explain', query]);
    expect(code).toBe(0);
    const [shown, sql] = stdout.split('\n\nSELECT');
    expect(shown).toMatch(/^orders\.monthly \(hybrid\)\n/);
    expect(docs).toContain(shown);
    expect(sql).toContain('ordered_at AS TIMESTAMP) >= $1');
    expect(run(['query', query]).stdout).toContain(
      ' · from orders.monthly and the source · 1 of 1 partitions',
    );
    const refused = run(['query', query, '--policy', 'rollupOnly', '--json']);
    expect(refused.code).toBe(1);
    expect(json(refused)['error']).toMatchObject({
      code: 'not_covered',
      uncovered: [
        {
          times: { 'orders.ordered_at': { range: ['2024-01-15T12:00:00.000Z', '2024-02-01T00:00:00.000Z'] } },
        },
      ],
    });
    expect(run(['query', query, '--avoid', 'orders.monthly']).stdout).toContain('from the source');
    expect(run(['explain', query, '--use', 'orders.monthly']).stdout).toMatch(
      /^orders\.monthly \(hybrid\)\n/,
    );
    const flagsFirst = ['--use', 'orders.monthly', '--avoid', 'orders.monthly,orders.monthly', query];
    expect(run(['query', ...flagsFirst]).stdout).toContain('from the source');
    const twice = ['--use', 'orders.monthly', '--use', 'orders.weekly', query];
    expect(run(['explain', ...twice]).stderr).toContain("there is no pre-aggregation 'orders.weekly'");
    const told = run(['explain', '--policy', 'rollupOnly', query]).stdout;
    expect(told).toContain('which is stored whole.\n');
  });

  test('a reader that goes away is no failure', () => {
    const { status, stderr } = spawnSync(
      'bash',
      ['-c', `set -o pipefail; "${process.execPath}" "${MAIN}" query '${BY_DAY}' --json | true`],
      { cwd: folder, encoding: 'utf8' },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  test('inspect tells what a file of the store is, without a configuration', () => {
    const status = json(run(['status', '--files', '--json'])) as {
      rollups: { files: { default: string[] } }[];
    };
    const [file] = status.rollups[0].files.default;
    const { code, stdout } = run(['inspect', file, '--config', 'nowhere.json']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^rows +8$/m);
    expect(stdout).toMatch(/^sorted by +orders__country, orders__ordered_at_month$/m);
    expect(stdout).toMatch(/^rollup +orders\.monthly$/m);
    expect(stdout).toMatch(/^orders__country +string +BYTE_ARRAY UTF8 +0 +\w+ +\w+ /m);
    expect(json(run(['inspect', file, '--json']))).toMatchObject({
      path: file,
      rows: 8,
      granary: { rollup: 'orders.monthly', partition: 'all', index: null, sketches: {} },
    });
    const foreign = run(['inspect', 'orders.csv']);
    expect(foreign.code).toBe(1);
    expect(foreign.stderr).toMatch(/^granary: .*orders\.csv is no whole Parquet file: .*\n$/);
  });

  test('the commands and the statement of docs/open-files.md run, and give what a query gives', async () => {
    const page = readFileSync(join('docs', 'open-files.md'), 'utf8');
    const commands = [...page.matchAll(/^npx granary (.*)$/gm)].map(([, line]) => line.split(' '));
    expect(commands.map(([verb]) => verb)).toEqual(['export', 'inspect']);
    for (const command of commands) expect(run(command)).toMatchObject({ code: 0, stderr: '' });
    const [statement] = [...page.matchAll(/```sql\n(SELECT orders__country.*?)```/gs)].map(([, sql]) => sql);
    const connection = await connectDuckDb();
    const rows = await connection.runAndReadAll(statement.replace("'exported/", `'${folder}/exported/`));
    const { data } = json(run(['query', BY_COUNTRY, '--json'])) as { data: Record<string, string>[] };
    const answer = data.map((row) => [row['orders.country'], Number(row['orders.revenue'])]);
    expect(rows.getRowsJson().map(([country, revenue]) => [country, Number(revenue)])).toEqual(
      answer.toSorted(([a], [b]) => (a < b ? -1 : 1)),
    );
  });

  test('export tells what it wrote, and what it refuses', () => {
    const { code, stdout } = run(['export', 'orders.monthly', '--to', 'out', '--format', 'hive']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^orders\.monthly +default +1 +8 +\d+ B$/m);
    expect(stdout).toContain(join(folder, 'out'));
    const again = run(['export', '--to', 'out', '--json']);
    expect(again.code).toBe(1);
    expect(json(again)).toMatchObject({ error: { code: 'query_invalid' } });
    const plain = json(run(['export', '--to', 'plain', '--compression', 'none', '--json']));
    expect(plain).toMatchObject({ to: join(folder, 'plain'), rollups: [{ files: 1, rows: 8 }] });
  });

  test('status lists the files, verify checks them, and a changed byte is exit code 3', () => {
    expect(run(['verify'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('as they were published'),
    });
    const status = json(run(['status', '--files', '--json'])) as {
      rollups: { files: { default: string[] } }[];
    };
    const [file] = status.rollups[0].files.default;
    expect(run(['status', '--files']).stdout).toContain(`default  ${file}`);
    const bytes = readFileSync(file);
    bytes[bytes.length >> 1] ^= 1;
    writeFileSync(file, bytes);
    const found = run(['verify']);
    expect(found.code).toBe(3);
    expect(found.stdout).toMatch(
      /^orders\.monthly +\S+\.parquet +it is not the file that was published: .*\d\.$/m,
    );
    expect(found.stdout.match(/Build the rollup again/g)).toHaveLength(1);
    expect(found.stdout).not.toContain(folder);
    expect(json(run(['verify', '--json']))).toMatchObject({ ok: false });
    expect(run(['build', '--force']).code).toBe(0);
    expect(run(['verify']).code).toBe(0);
  });
});

test.each([
  [["'2024-02-01'", "'2024-03-05'"], '2024-02-01T00:00:00.000Z to 2024-03-05T00:00:00.000Z'],
  [["'2024-02-01'", 'NULL'], 'from 2024-02-01T00:00:00.000Z'],
  [['NULL', "'2024-03-05'"], 'up to 2024-03-05T00:00:00.000Z'],
  [['NULL', 'NULL'], 'without bounds'],
])('[D64] granary status shows the range %s that was built', ([start, end], shown) => {
  folder = copyOfExample();
  expect(run(['status']).stdout).not.toContain('build range');
  const range = `        partition_granularity: month
        build_range_start: { sql: "SELECT ${start}" }
        build_range_end: { sql: "SELECT ${end}" }
`;
  appendFileSync(join(folder, 'model.yml'), range);
  expect(run(['build']).code).toBe(0);
  const lines = run(['status']).stdout.trimEnd().split('\n');
  expect(lines[0]).toMatch(/ build range$/);
  expect(lines.at(-1)).toMatch(new RegExp(` ${shown}$`));
});
