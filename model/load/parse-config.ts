/** The configuration: options of `openStore`, or the same keys in a JSON file. */
import { z } from 'zod';
import { StoreError } from '../errors.js';
import { suggest } from '../suggest.js';

const sourceSchema = z.strictObject({
  type: z.literal('duckdb'),
  /** A `.duckdb` file, read only. */
  database: z.string().optional(),
  /** Statements that are run when the source is first used: views on files, as a rule. */
  init: z.array(z.string()).optional(),
});

const configSchema = z.strictObject({
  model: z.union([z.string(), z.array(z.string()), z.record(z.string(), z.unknown())]),
  modelScripts: z.enum(['sandbox', 'trusted']).optional(),
  compileContext: z.record(z.string(), z.unknown()).optional(),
  store: z.string().optional(),
  directory: z.string().optional(),
  sources: z.record(z.string(), sourceSchema),
  schema: z
    .string()
    .regex(/^[_a-zA-Z][_a-zA-Z0-9]*$/)
    .optional(),
  numbers: z.enum(['string', 'native']).optional(),
  cacheMb: z.number().positive().optional(),
  threads: z.number().int().positive().optional(),
});

export type SourceConfig = z.infer<typeof sourceSchema>;

export interface Config {
  readonly model: string | readonly string[] | Readonly<Record<string, unknown>>;
  /** Where JavaScript models run. */
  readonly modelScripts: 'sandbox' | 'trusted';
  /** COMPILE_CONTEXT of JavaScript models: what JSON can say. */
  readonly compileContext: Readonly<Record<string, unknown>>;
  /** The folder of the store. */
  readonly directory: string;
  readonly sources: Readonly<Record<string, SourceConfig>>;
  /** Before the dot in the names of tables. */
  readonly schema: string;
  readonly numbers: 'string' | 'native';
  readonly cacheBytesMax: number;
  /** Threads for large scans; null: as many as the machine has, at most 4. */
  readonly threads: number | null;
}

/** COMPILE_CONTEXT where none is given. */
export const NO_CONTEXT: Config['compileContext'] = { securityContext: {} };

/**
 * @param where the file's path, or `options`: for messages
 * @throws StoreError `config_invalid` with the path of the offending key
 */
export function parseConfig(value: unknown, where: string): Config {
  const parsed = configSchema.safeParse(value);
  if (!parsed.success) throw configError(parsed.error.issues[0], where);
  const {
    model,
    modelScripts,
    compileContext,
    store,
    directory,
    sources,
    schema,
    numbers,
    cacheMb,
    threads,
  } = parsed.data;
  const folder = store ?? directory;
  if (folder === undefined) throw invalid(where, 'store', 'is missing', 'Name the folder of the store.');
  if (!isJson(compileContext)) {
    throw invalid(where, 'compileContext', 'is not plain data', 'Give what JSON can say.');
  }
  return {
    model,
    modelScripts: modelScripts ?? 'sandbox',
    compileContext: compileContext ?? NO_CONTEXT,
    directory: folder,
    sources,
    schema: schema ?? 'dev_pre_aggregations',
    numbers: numbers ?? 'string',
    cacheBytesMax: (cacheMb ?? 1024) * 1024 * 1024,
    threads: threads ?? null,
  };
}

function isJson(value: unknown): boolean {
  try {
    JSON.stringify(value);
    return true;
  } catch {
    return false;
  }
}

function configError(issue: z.core.$ZodIssue, where: string): StoreError {
  const path = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    const [key] = issue.keys;
    const known = issue.path[0] === 'sources' ? sourceSchema.shape : configSchema.shape;
    const near = suggest(key, Object.keys(known));
    const next = near === null ? `Known keys: ${Object.keys(known).join(', ')}.` : `Did you mean '${near}'?`;
    return invalid(where, [...issue.path, key].join('.'), 'is not a known key', next);
  }
  return invalid(
    where,
    path === '' ? 'the configuration' : path,
    `is not valid: ${issue.message}`,
    'See docs/config.md.',
  );
}

function invalid(where: string, key: string, what: string, next: string): StoreError {
  return new StoreError('config_invalid', `${where}: ${key} ${what}.`, { next });
}
