import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { TryResult } from '../../dist/cli/try-result.js';
import { writeSampleOrders } from '../../dist/sources/write-sample-orders.js';

const MAIN = join(process.cwd(), 'dist', 'bundle', 'main.js');
const BIRDSTRIKES = join(process.cwd(), 'node_modules', 'vega-datasets', 'data', 'birdstrikes.csv');

function tryOut(folder: string, ...args: string[]): { code: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, 'try', ...args], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { code: status, stdout, stderr };
}

const newFolder = (): string => mkdtempSync(join(tmpdir(), 'granary-try-'));

describe('granary try', () => {
  const birds = newFolder();
  let stdout: string;

  beforeAll(() => {
    const ran = tryOut(birds, BIRDSTRIKES);
    if (ran.code !== 0) throw new Error(`granary try failed: ${ran.stderr}`);
    ({ stdout } = ran);
  });

  test('on a CSV file with no model: model, rollups, equal answers, a miss with its fix, a report', () => {
    expect(stdout).toMatch(/^Cost Total \$ +BIGINT .* measure /m);
    expect(stdout).toContain('sql: \'{CUBE}."Cost Total $"\'');
    expect(stdout).toContain('11 of 12 queries from rollups, every answer equals the source');
    expect(stdout).toMatch(/Nearest: birdstrikes\..*\n {2}dimension_missing: .*\n {2}Fix: Add dimension /);
    for (const file of ['model.yml', 'granary.config.json', 'report.html', '.granary']) {
      expect(existsSync(join(birds, 'granary-try', file))).toBe(true);
    }
    expect(readFileSync(join(birds, 'granary-try', 'report.html'), 'utf8')).toMatch(
      /^<!doctype html>[^]*<\/html>\n$/,
    );
  });

  test('the commands that it prints work as they are', () => {
    const commands = stdout
      .slice(stdout.indexOf('\nNext\n') + 6)
      .trim()
      .split('\n');
    expect(commands).toHaveLength(3);
    const outputs = commands.map((command) =>
      execFileSync('sh', ['-c', command], { cwd: birds, encoding: 'utf8' }),
    );
    expect(outputs[0]).toMatch(/1 row · from birdstrikes\./);
    expect(outputs[1]).toContain('no rollup: the source answers');
    expect(outputs[2]).toMatch(/ built /);
  });

  test('on a folder of Parquet files: --json tells everything and nothing else', async () => {
    const folder = newFolder();
    mkdirSync(join(folder, 'sales'));
    for (const part of [1, 2]) await writeSampleOrders(join(folder, 'sales', `${part}.parquet`), 3_000, part);
    const { code, stdout } = tryOut(folder, 'sales', '--json', '--out', 'out');
    expect(code).toBe(0);
    const result = JSON.parse(stdout) as TryResult;
    expect(result).toMatchObject({ title: 'sales', rows: 6_000 });
    expect(result.runs.length).toBeGreaterThan(8);
    for (const { title, verdict } of result.runs) {
      expect([title, verdict.kind]).toEqual([title, title.includes('Distinct') ? 'within' : 'equal']);
    }
    expect(existsSync(join(folder, 'out', 'report.html'))).toBe(true);
  });

  test('on a file without a time, and one without a number', () => {
    const folder = newFolder();
    const colors = ['red', 'green', 'it\'s "blue"', ''];
    const lines = Array.from(
      { length: 400 },
      (_, row) => `"${colors[row % 4].replaceAll('"', '""')}",${row % 37}`,
    );
    writeFileSync(join(folder, 'timeless.csv'), `color,price\n${lines.join('\n')}\n`);
    writeFileSync(
      join(folder, 'words.csv'),
      `color,size\n${lines.map((line) => line.replace(/\d+$/, 'big')).join('\n')}\n`,
    );
    for (const file of ['timeless.csv', 'words.csv']) {
      const { code, stdout } = tryOut(folder, file, '--json', '--out', file.slice(0, -4));
      expect(code).toBe(0);
      const { runs } = JSON.parse(stdout) as TryResult;
      expect(runs.length).toBeGreaterThan(1);
      expect(new Set(runs.map(({ verdict }) => verdict.kind))).toEqual(new Set(['equal']));
      expect(runs[0].meta.mode).not.toBe('source');
    }
  });

  test('on a file whose name is a word of SQL', () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'order.csv'), 'group,select\na,1\nb,2\n');
    const { code, stdout } = tryOut(folder, 'order.csv');
    expect(code).toBe(0);
    expect(stdout).toContain(`sql_table: '"order"'`);
  });

  test('overwrites what it wrote, and nothing else unless forced', () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'a.csv'), 'x,y\na,1\nb,2\n');
    const model = join(folder, 'model.yml');
    writeFileSync(model, 'mine\n');
    const refused = tryOut(folder, 'a.csv', '--out', '.');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/^granary: .* holds model\.yml .* --out, or overwrite with --force\.\n$/);
    expect(readFileSync(model, 'utf8')).toBe('mine\n');
    expect(readdirSync(folder).toSorted()).toEqual(['a.csv', 'model.yml']);

    expect(tryOut(folder, 'a.csv', '--out', '.', '--force').code).toBe(0);
    expect(tryOut(folder, 'a.csv', '--out', '.').code).toBe(0);
    appendFileSync(model, '# mine\n');
    expect(tryOut(folder, 'a.csv', '--out', '.').code).toBe(1);
    expect(readFileSync(model, 'utf8')).toMatch(/# mine\n$/);
  });

  test.each([
    ['without a byte', ''],
    ['with a header alone', 'a,b\n'],
  ])('on a file %s stops before it makes anything', (_, text) => {
    const folder = newFolder();
    writeFileSync(join(folder, 'empty.csv'), text);
    const { code, stderr } = tryOut(folder, 'empty.csv');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^granary: empty\.csv holds no rows\. .*\n$/);
    expect(readdirSync(folder)).toEqual(['empty.csv']);
  });

  test('warns where a delimiter was not found', () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'a.csv'), 'x;y\na\nb\n');
    expect(tryOut(folder, 'a.csv').stderr).toMatch(/^granary: a was read as one column, "x;y": /);
  });

  test('a file that is not there is one line and exit code 1', () => {
    const folder = newFolder();
    const { code, stderr } = tryOut(folder, 'nothing.csv');
    expect(code).toBe(1);
    expect(readdirSync(folder)).toEqual([]);
    expect(stderr).toMatch(
      /^granary: there is no Parquet, CSV or JSON file at .*nothing\.csv\. Give the path .*\n$/,
    );
  });
});
