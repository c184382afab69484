/** From the options of `openStore` to a checked configuration and a loaded model. */
import { dirname, resolve } from 'node:path';
import { StoreError } from './model/errors.js';
import { loadObjectModel } from './model/load/load-object-model.js';
import { loadModelFiles } from './model/load/load-model-files.js';
import { NO_CONTEXT, parseConfig } from './model/load/parse-config.js';
import type { Config } from './model/load/parse-config.js';
import type { ModelDocument } from './model/document.js';
import type { DataModel } from './model/schema.js';
import { runModelScripts } from './sources/model-script.js';
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
  return loadPaths(paths, base, config);
}

/** How the JavaScript files of a model are run. */
export type ModelOptions = Pick<StoreOptions, 'modelScripts' | 'compileContext'>;

/**
 * The model as its authors wrote it, all files together: checked, and with nothing resolved.
 * @param paths of model files or folders, relative to the working directory
 * @throws StoreError `model_invalid`, `file_missing`
 */
export async function readModelDocument(
  paths: string | readonly string[],
  options: ModelOptions = {},
): Promise<ModelDocument> {
  const { modelScripts = 'sandbox', compileContext = NO_CONTEXT } = options;
  const model = await loadPaths([paths].flat(), process.cwd(), { modelScripts, compileContext });
  return model.document as ModelDocument;
}

async function loadPaths(
  paths: readonly string[],
  base: string,
  { modelScripts, compileContext }: Pick<Config, 'modelScripts' | 'compileContext'>,
): Promise<DataModel> {
  const files = await readModelFiles(nodeDisk, base, paths);
  const scripts = files.filter(({ file }) => /\.js$/i.test(file));
  const models = await runModelScripts(scripts, { mode: modelScripts, compileContext });
  const modelOf = new Map(scripts.map((script, at) => [script, models[at]]));
  return loadModelFiles(files.map((file) => modelOf.get(file) ?? file));
}
