/** From the options of `openStore` to a checked configuration and a loaded model. */
import { dirname, resolve } from 'node:path';
import { StoreError } from './model/errors.js';
import { loadObjectModel } from './model/load/load-object-model.js';
import { parseConfig, parseModelOptions } from './model/load/parse-config.js';
import type { Config, SourceConfig } from './model/load/parse-config.js';
import type { ModelDocument } from './model/document.js';
import type { DataModel } from './model/schema.js';
import { runModelScripts } from './sources/model-script.js';
import { MEMORY } from './storage/memory-disk.js';
import { nodeDisk } from './storage/node-disk.js';
import { readModelFiles } from './storage/read-model-files.js';
import type { StoreOptions } from './store.js';

/** A configuration whose `directory` and databases are absolute, and whose init statements name no variable. */
export interface ResolvedConfig {
  readonly config: Config;
  /** The folder that the paths of the model start from. */
  readonly modelBase: string;
}

/**
 * Options win over the file, key by key. Paths start from the folder of the file, or from the working directory
 * where an option gives them.
 * @throws StoreError `config_invalid`, `file_missing`
 */
export async function resolveConfig(options: StoreOptions): Promise<ResolvedConfig> {
  if (!isObject(options)) {
    throw new StoreError('config_invalid', 'openStore() needs its options.', {
      next: "Give an object such as { config: 'granary.config.json' }; docs/config.md tells the others.",
    });
  }
  const { config: path, testing: _testing, ...keys } = options;
  if (path !== undefined && typeof path !== 'string') {
    throw new StoreError('config_invalid', 'options: config is not valid.', {
      next: 'It must be the path of a configuration file.',
    });
  }
  const given = Object.fromEntries(Object.entries(keys).filter(([, value]) => value !== undefined));
  const inFile = path === undefined ? {} : await readConfigFile(path);
  if ('store' in given || 'directory' in given) {
    delete inFile['store'];
    delete inFile['directory'];
  }
  const config = parseConfig({ ...inFile, ...given }, path ?? 'options');
  const baseOf = (...names: readonly (keyof StoreOptions)[]): string =>
    path === undefined || names.some((name) => name in given) ? process.cwd() : dirname(resolve(path));
  const sources = Object.entries(config.sources).map(
    ([name, source]) => [name, resolveSource(source, baseOf('sources'))] as const,
  );
  return {
    config: {
      ...config,
      directory:
        config.directory === MEMORY ? MEMORY : resolve(baseOf('store', 'directory'), config.directory),
      sources: Object.fromEntries(sources),
    },
    modelBase: baseOf('model'),
  };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

async function readConfigFile(path: string): Promise<Record<string, unknown>> {
  const text = new TextDecoder().decode(await nodeDisk.readFile(resolve(path)));
  try {
    return { ...(JSON.parse(text) as Record<string, unknown>) };
  } catch (error) {
    throw new StoreError('config_invalid', `${path} is not JSON: ${(error as Error).message}.`, {
      next: 'Correct it; docs/config.md shows one.',
      cause: error,
    });
  }
}

function resolveSource(source: SourceConfig, base: string): SourceConfig {
  const { database, init = [] } = source;
  const quoted = base.replaceAll("'", "''");
  return {
    ...source,
    ...(database === undefined ? {} : { database: resolve(base, database) }),
    init: init.map((sql) => sql.replaceAll('${configDir}', quoted)),
  };
}

export async function readModel({ config, modelBase }: ResolvedConfig): Promise<DataModel> {
  const { model } = config;
  if (typeof model === 'object' && !Array.isArray(model))
    return loadObjectModel(model, config.securityContext);
  const paths = typeof model === 'string' ? [model] : (model as readonly string[]);
  return loadPaths(paths, modelBase, config);
}

/** How the JavaScript files of a model are run. */
export type ModelOptions = Pick<StoreOptions, 'modelScripts' | 'compileContext' | 'securityContext'>;

/**
 * The model as its authors wrote it, all files together: checked, and with nothing resolved.
 * @param paths of model files or folders, relative to the working directory
 * @throws StoreError `model_invalid`, `file_missing`, `config_invalid`
 */
export async function readModelDocument(
  paths: string | readonly string[],
  options: ModelOptions = {},
): Promise<ModelDocument> {
  const list: readonly unknown[] = [paths].flat();
  if (!list.every((path) => typeof path === 'string')) {
    throw new StoreError('config_invalid', 'readModelDocument() needs the paths of model files.', {
      next: 'Give the path of a file or folder, or a list of them.',
    });
  }
  const model = await loadPaths(list, process.cwd(), parseModelOptions(options, 'readModelDocument()'));
  return model.document as ModelDocument;
}

/** A model as YAML for a person to read and edit; reading it gives the same model. Lists of names take one line. */
export async function formatModel(model: ModelDocument): Promise<string> {
  const yaml = await import('./model/load/format-model.js');
  return yaml.formatModel(model);
}

async function loadPaths(
  paths: readonly string[],
  base: string,
  config: Pick<Config, 'modelScripts' | 'compileContext' | 'securityContext'>,
): Promise<DataModel> {
  // What reads YAML is as large as the planner, and models that are given as objects do without.
  const { loadModelFiles } = await import('./model/load/load-model-files.js');
  const files = await readModelFiles(nodeDisk, base, paths);
  const scripts = files.filter(({ file }) => /\.js$/i.test(file));
  const models = await runModelScripts(scripts, { ...config, mode: config.modelScripts });
  const modelOf = new Map(scripts.map((script, at) => [script, models[at]]));
  return loadModelFiles(
    files.map((file) => modelOf.get(file) ?? file),
    config,
  );
}
