/** From the options of `openStore` to a checked configuration and a loaded model. */
import { dirname, resolve } from 'node:path';
import { StoreError } from './model/errors.js';
import { loadObjectModel } from './model/load/load-object-model.js';
import { loadYamlModel } from './model/load/load-yaml-model.js';
import { parseConfig } from './model/load/parse-config.js';
import type { Config } from './model/load/parse-config.js';
import type { ModelDocument } from './model/document.js';
import type { DataModel } from './model/schema.js';
import { nodeDisk } from './storage/node-disk.js';
import { readModelFiles } from './storage/read-model-files.js';
import type { StoreOptions } from './store.js';

/** `base` is the folder that relative paths start from: that of the file, or the working directory. */
export async function resolveConfig(options: StoreOptions): Promise<{ config: Config; base: string }> {
  const { config: path, testing: _testing, ...keys } = options;
  if (path === undefined) return { config: parseConfig(keys, 'options'), base: process.cwd() };
  const file = resolve(path);
  const text = new TextDecoder().decode(await nodeDisk.readFile(file));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new StoreError('config_invalid', `${path} is not JSON: ${(error as Error).message}.`, {
      cause: error,
    });
  }
  const merged = typeof value === 'object' && value !== null ? { ...value, ...keys } : value;
  return { config: parseConfig(merged, path), base: dirname(file) };
}

export async function readModel(config: Config, base: string): Promise<DataModel> {
  const { model } = config;
  if (typeof model === 'object' && !Array.isArray(model)) return loadObjectModel(model);
  const paths = typeof model === 'string' ? [model] : (model as readonly string[]);
  return loadYamlModel(await readModelFiles(nodeDisk, base, paths));
}

/**
 * The model as its authors wrote it, all files together: checked, and with nothing resolved.
 * @param paths of YAML files or folders, relative to the working directory
 * @throws StoreError `model_invalid`, `file_missing`
 */
export async function readModelDocument(paths: string | readonly string[]): Promise<ModelDocument> {
  const files = await readModelFiles(nodeDisk, process.cwd(), [paths].flat());
  return loadYamlModel(files).document as ModelDocument;
}
