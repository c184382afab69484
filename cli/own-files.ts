/** `granary try` overwrites only what it wrote itself: a marker beside its files holds their hashes. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StoreError } from '../index.js';

const MARKER = '.granary-try';

/** @throws StoreError where the folder has a file of these names that `try` did not write, or that was changed since */
export function refuseForeignFiles(folder: string, names: readonly string[]): void {
  const marker = join(folder, MARKER);
  const own = existsSync(marker) ? readFileSync(marker, 'utf8').split('\n') : [];
  const foreign = names.filter(
    (name) => existsSync(join(folder, name)) && !own.includes(lineOf(folder, name)),
  );
  if (foreign.length === 0) return;
  throw new StoreError(
    'config_invalid',
    `${folder} holds ${foreign.join(', ')} that granary try did not write or that was changed since.`,
    {
      next: 'Give another folder with --out, or overwrite with --force.',
    },
  );
}

/** Remembers the files of these names as they are now. */
export function recordOwnFiles(folder: string, names: readonly string[]): void {
  const lines = names.filter((name) => existsSync(join(folder, name))).map((name) => lineOf(folder, name));
  writeFileSync(join(folder, MARKER), `${lines.join('\n')}\n`);
}

/** As `sha256sum` prints it. */
function lineOf(folder: string, name: string): string {
  const hash = createHash('sha256')
    .update(readFileSync(join(folder, name)))
    .digest('hex');
  return `${hash}  ${name}`;
}
