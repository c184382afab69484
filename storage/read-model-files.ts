/** The texts of a data model: files, or folders with everything below them. */
import { join, relative, resolve } from 'node:path';
import { StoreError } from '../model/errors.js';
import { LIMITS } from '../model/limits.js';
import type { Disk } from './disk.js';

export interface ModelFile {
  /** As the user would write it: relative to `base` where it lies below. */
  readonly file: string;
  readonly text: string;
}

/**
 * Every `.yml`, `.yaml` and `.js` of the paths, in order of their names.
 * @throws StoreError `file_missing`, `model_invalid`
 */
export async function readModelFiles(
  disk: Disk,
  base: string,
  paths: readonly string[],
): Promise<ModelFile[]> {
  const found: string[] = [];
  for (const path of paths) found.push(...(await filesBelow(disk, resolve(base, path), 0)));
  if (found.length === 0) {
    throw new StoreError('model_invalid', `no model: ${paths.join(', ')} holds no .yml, .yaml or .js file.`, {
      next: 'Point `model` at a model file or a folder of them.',
    });
  }
  const decoder = new TextDecoder();
  const files: ModelFile[] = [];
  for (const path of found) {
    const bytes = await disk.readFile(path);
    const below = relative(base, path);
    files.push({ file: below.startsWith('..') ? path : below, text: decoder.decode(bytes) });
  }
  return files;
}

async function filesBelow(disk: Disk, path: string, depth: number): Promise<string[]> {
  const status = await disk.stat(path);
  if (status === null) {
    throw new StoreError('file_missing', `the model ${path} does not exist.`, {
      next: 'Check `model` in the configuration; its paths are relative to the configuration file.',
    });
  }
  if (!status.isDirectory) return [path];
  if (depth > LIMITS.modelFolderDepthMax) {
    throw new StoreError(
      'model_invalid',
      `${path} lies more than ${LIMITS.modelFolderDepthMax} folders below the model's.`,
      { next: 'Move its files up, or remove the link that leads back to a folder above.' },
    );
  }
  const files: string[] = [];
  for (const name of [...(await disk.list(path))].toSorted()) {
    const inner = join(path, name);
    const isFolder = (await disk.stat(inner))?.isDirectory === true;
    if (isFolder || /\.(?:ya?ml|js)$/i.test(name)) files.push(...(await filesBelow(disk, inner, depth + 1)));
  }
  return files;
}
