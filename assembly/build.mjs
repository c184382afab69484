/** Compiles the kernels and writes them, as text, where engine/kernels/wasm-kernels.ts finds them in dist. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const root = fileURLToPath(new URL('..', import.meta.url));
const target = fileURLToPath(new URL('../dist/engine/kernels/wasm-code.js', import.meta.url));

/** Pages of 64 KiB: the most that the memory, which is imported, may have. */
const PAGES_MAX = 65_536;

const built = new Map();
const { error } = await asc.main(
  [
    'assembly/kernels.ts',
    ...['--outFile', 'kernels.wasm', '--runtime', 'stub', '-O3', '--noAssert'],
    ...['--importMemory', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', String(PAGES_MAX)],
    ...['--enable', 'simd', '--enable', 'threads', '--enable', 'bulk-memory'],
    ...['--baseDir', root],
  ],
  { writeFile: (name, contents) => void built.set(name, contents) },
);
if (error !== null) {
  process.stderr.write(`${error.message}\n`);
  throw error;
}
const code = Buffer.from(built.get('kernels.wasm')).toString('base64');
mkdirSync(fileURLToPath(new URL('.', new URL(`file://${target}`))), { recursive: true });
writeFileSync(
  target,
  `/** Made by assembly/build.mjs: WebAssembly in base64. */\nexport const code = '${code}';\n`,
);
