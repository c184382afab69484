import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, posix } from 'node:path';
import { expect, test } from 'vitest';
import { loadGranary } from '../dist/bench/packaged.js';
import * as compiled from '../dist/index.js';
import { temporaryFolder } from './support/open-tables.js';

const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  dependencies: Record<string, string>;
};

interface Packed {
  readonly files: readonly { readonly path: string }[];
}

/** What `npm pack` would put into the package. */
function packedFiles(): string[] {
  const args = ['pack', '--dry-run', '--json', '--ignore-scripts', '--cache', temporaryFolder()];
  const [{ files }] = JSON.parse(execFileSync('npm', args, { encoding: 'utf8' })) as Packed[];
  return files.map(({ path }) => path);
}

/** The names of packages that a module names, of whatever kind of import. */
function packagesOf(path: string): string[] {
  const text = readFileSync(path, 'utf8').replace(/\/\*[^]*?\*\//g, '');
  return [...text.matchAll(/(?:\bfrom|\bimport\(?)\s*(["'`])([@.\w][@./:\w-]*)\1/g)]
    .map(([, , specifier]) => specifier)
    .filter((specifier) => !specifier.startsWith('.') && !isBuiltin(specifier))
    .map((specifier) => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/'));
}

test('the bundle exports what the modules export', async () => {
  const bundled = await loadGranary();
  expect(Object.keys(bundled).sort()).toEqual(Object.keys(compiled).sort());
});

test('what the package runs needs its dependencies and nothing else, and each of them', () => {
  const modules = readdirSync('dist/bundle').filter((name) => name.endsWith('.js'));
  const needed = new Set(modules.flatMap((name) => packagesOf(join('dist/bundle', name))));
  expect([...needed].sort()).toEqual(Object.keys(dependencies).sort());
});

test('types of the package name no package that its users lack', () => {
  const seen = new Set<string>();
  const visit = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    expect(packagesOf(path).filter((name) => !(name in dependencies))).toEqual([]);
    for (const [, specifier] of readFileSync(path, 'utf8').matchAll(
      /(?:from '|import\(")(\.[^'"]+)\.js['"]/g,
    ))
      visit(posix.join(posix.dirname(path), `${specifier}.d.ts`));
  };
  visit('dist/index.d.ts');
  expect(seen.size).toBeGreaterThan(50);
});

test('the package holds the bundle, the types, the licences of what is inside, and no module twice', () => {
  const files = packedFiles();
  expect(files).toEqual(
    expect.arrayContaining(['dist/bundle/index.js', 'dist/bundle/main.js', 'dist/index.d.ts']),
  );
  expect(files.filter((path) => path.endsWith('.js') && !path.startsWith('dist/bundle/'))).toEqual([]);
  expect(files.filter((path) => /^dist\/(?:test|bench)\//.test(path))).toEqual([]);
  const licences = readFileSync('dist/bundle/LICENSES.txt', 'utf8');
  for (const name of ['yaml', 'zod']) expect(licences).toMatch(new RegExp(`^${name} \\d`, 'm'));
});
