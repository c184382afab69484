/**
 * Makes dist/bundle of what tsc made: a module for each door, and what they share in a few more. A process that asks
 * once spends most of its time on finding, reading and linking modules, and there are hundreds. Packages stay outside,
 * but for those that no user of the package needs to have: their licences are laid beside.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = fileURLToPath(new URL('..', import.meta.url));
const target = `${root}dist/bundle/`;
const { dependencies } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));

/** Threads are started by the names of their modules, which are looked for beside the module that starts them. */
const doors = {
  index: 'dist/index.js',
  main: 'dist/cli/main.js',
  'scan-worker': 'dist/engine/workers/scan-worker.js',
  'script-thread': 'dist/sources/script-thread.js',
};

const bundle = await rolldown({
  cwd: root,
  input: doors,
  platform: 'node',
  external: Object.keys(dependencies),
  logLevel: 'warn',
});
const { output } = await bundle.write({
  dir: target,
  format: 'esm',
  // Names stay, for traces of the stack; comments and spaces are read by nobody.
  minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
});
await bundle.close();

const modules = output.flatMap((chunk) => Object.keys(chunk.modules ?? {}));
const packages = new Set(modules.flatMap((id) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(id)?.[1] ?? []));
const licences = [...packages].sort().map((name) => {
  const { version } = JSON.parse(readFileSync(`${root}node_modules/${name}/package.json`, 'utf8'));
  return `${name} ${version}\n\n${readFileSync(`${root}node_modules/${name}/LICENSE`, 'utf8').trim()}\n`;
});
writeFileSync(`${target}LICENSES.txt`, licences.join('\n\n'));
