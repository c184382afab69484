/** The configuration: options of `openStore`, or the same keys in a JSON file. */
import { z } from 'zod';
import { StoreError } from '../errors.js';
import { LIMITS } from '../limits.js';
import { suggest } from '../suggest.js';

// A configuration and a model are read once: to compile a parser for them takes longer than they do.
z.config({ jitless: true });

const sourceSchema = z.strictObject({
  type: z.literal('duckdb'),
  database: z.string().optional(),
  init: z.array(z.string()).optional(),
  memoryLimitMb: z.number().positive().optional(),
}) satisfies z.ZodType<SourceConfig>;

const configSchema = z.strictObject({
  model: z.union([z.string(), z.array(z.string()), z.record(z.string(), z.unknown())]),
  modelScripts: z.enum(['sandbox', 'trusted']).optional(),
  compileContext: z.record(z.string(), z.unknown()).optional(),
  securityContext: z.record(z.string(), z.unknown()).optional(),
  store: z.string().optional(),
  directory: z.string().optional(),
  sources: z.record(z.string(), sourceSchema),
  schema: z
    .string()
    .regex(/^[_a-zA-Z][_a-zA-Z0-9]*$/)
    .optional(),
  numbers: z.enum(['string', 'native']).optional(),
  compatibility: z.enum(['granary', 'cube']).optional(),
  allowNonStrictDateRangeMatch: z.boolean().optional(),
  selection: z.enum(['first', 'priority', 'cost']).optional(),
  cacheMb: z.number().positive().optional(),
  servingFiles: z.boolean().optional(),
  resultCacheMb: z.number().min(0).optional(),
  queryMemoryMb: z.number().positive().optional(),
  threads: z.number().int().positive().optional(),
  queriesMax: z.number().int().positive().optional(),
  keep: z.number().int().min(LIMITS.publishesKept).max(LIMITS.publishesKeptMax).optional(),
  damage: z.enum(['source', 'rebuild', 'refuse']).optional(),
});

const modelOptionsSchema = configSchema.pick({
  modelScripts: true,
  compileContext: true,
  securityContext: true,
});

/** A source of a configuration. */
export interface SourceConfig {
  readonly type: 'duckdb';
  /** A `.duckdb` file, read only. */
  readonly database?: string | undefined;
  /** Statements that are run when the source is first used: views on files, as a rule. */
  readonly init?: string[] | undefined;
  /** MiB that DuckDB may hold in memory for it; what is more goes to disk, where that is possible. */
  readonly memoryLimitMb?: number | undefined;
}

export interface Config {
  readonly model: string | readonly string[] | Readonly<Record<string, unknown>>;
  /** Where JavaScript models run. */
  readonly modelScripts: 'sandbox' | 'trusted';
  /** COMPILE_CONTEXT of the models: what JSON can say. */
  readonly compileContext: Readonly<Record<string, unknown>>;
  /** SECURITY_CONTEXT of the models: what JSON can say. */
  readonly securityContext: Readonly<Record<string, unknown>>;
  /** The folder of the store. */
  readonly directory: string;
  readonly sources: Readonly<Record<string, SourceConfig>>;
  /** Before the dot in the names of tables. */
  readonly schema: string;
  readonly numbers: 'string' | 'native';
  /** Which of several rollups that match answers. */
  /** Who decides which rollup answers. */
  readonly compatibility: 'granary' | 'cube';
  /** Where Cube decides: whether it looks past date ranges, of rollups that do not say it themselves. */
  readonly allowNonStrictDateRangeMatch: boolean;
  readonly selection: 'first' | 'priority' | 'cost';
  readonly cacheBytesMax: number;
  /** Whether serving files are written beside the Parquet, and read. */
  readonly servingFiles: boolean;
  /** Budget of answers in memory; 0: none is kept. */
  readonly resultCacheBytesMax: number;
  readonly queryBytesMax: number;
  /** Threads for large scans; null: as many as the machine has, at most 4. */
  readonly threads: number | null;
  /** Queries that may be under way at once. */
  readonly queriesMax: number;
  /** Publishes that stay readable; null: as the store has it. */
  readonly keep: number | null;
  /** What a query does that comes upon a damaged file. */
  readonly damage: 'source' | 'rebuild' | 'refuse';
}

/**
 * @param where the file's path, or `options`: for messages
 * @throws StoreError `config_invalid` with the path of the offending key
 */
export function parseConfig(value: unknown, where: string): Config {
  const parsed = configSchema.safeParse(value);
  if (!parsed.success) {
    const { issues } = parsed.error;
    // A key that is written wrong is the likely reason why another is missing.
    throw configError(issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0], where, value);
  }
  const given = parsed.data;
  const { model, modelScripts, compileContext, store, directory, sources, schema, numbers } = given;
  const { cacheMb, threads, securityContext } = given;
  const folder = store ?? directory;
  if (folder === undefined) throw invalid(where, 'store', 'is missing', 'Name the folder of the store.');
  return {
    model,
    ...withDefaults({ modelScripts, compileContext, securityContext }, where),
    directory: folder,
    sources,
    schema: schema ?? 'dev_pre_aggregations',
    numbers: numbers ?? 'string',
    compatibility: given.compatibility ?? 'granary',
    allowNonStrictDateRangeMatch: given.allowNonStrictDateRangeMatch ?? true,
    selection: given.selection ?? 'first',
    cacheBytesMax: cacheMb === undefined ? LIMITS.cacheBytes : cacheMb * 1024 * 1024,
    servingFiles: given.servingFiles ?? true,
    resultCacheBytesMax: (given.resultCacheMb ?? 0) * 1024 * 1024,
    queryBytesMax: given.queryMemoryMb === undefined ? LIMITS.queryBytes : given.queryMemoryMb * 1024 * 1024,
    threads: threads ?? null,
    queriesMax: given.queriesMax ?? LIMITS.queriesMax,
    keep: given.keep ?? null,
    damage: given.damage ?? 'source',
  };
}

export type ModelOptions = Pick<Config, 'modelScripts' | 'compileContext' | 'securityContext'>;

/**
 * The options that models are read with, with their defaults.
 * @throws StoreError `config_invalid` with the offending key
 */
export function parseModelOptions(value: unknown, where: string): ModelOptions {
  const parsed = modelOptionsSchema.safeParse(value);
  if (!parsed.success) {
    const { issues } = parsed.error;
    throw configError(issues[0], where, value, modelOptionsSchema);
  }
  return withDefaults(parsed.data, where);
}

function withDefaults(
  { modelScripts = 'sandbox', compileContext, securityContext = {} }: z.infer<typeof modelOptionsSchema>,
  where: string,
): ModelOptions {
  for (const [key, context] of Object.entries({ compileContext, securityContext })) {
    if (!isJson(context)) throw invalid(where, key, 'is not plain data', 'Give what JSON can say.');
  }
  return { modelScripts, compileContext: compileContext ?? { securityContext }, securityContext };
}

function isJson(value: unknown): boolean {
  try {
    JSON.stringify(value);
    return true;
  } catch {
    return false;
  }
}

/** What each key must be, in words; `*` stands for the name of a source. */
const WANTED: Readonly<Record<string, string>> = {
  '': 'an object',
  model: 'the path of a model file or folder, a list of paths, or the model itself as { "cubes": [...] }',
  modelScripts: '"sandbox" or "trusted"',
  compileContext: 'an object',
  securityContext: 'an object',
  store: 'the path of a folder',
  directory: 'the path of a folder',
  sources: 'an object of data sources by name, such as { "default": { "type": "duckdb" } }',
  'sources.*': 'an object such as { "type": "duckdb", "init": [...] }',
  'sources.*.type': '"duckdb"',
  'sources.*.database': 'the path of a .duckdb file',
  'sources.*.init': 'a list of SQL statements',
  'sources.*.memoryLimitMb': 'a number above 0',
  schema: 'a name of letters, digits and _',
  numbers: '"string" or "native"',
  compatibility: '"granary" or "cube"',
  allowNonStrictDateRangeMatch: 'true or false',
  selection: '"first", "priority" or "cost"',
  cacheMb: 'a number above 0',
  servingFiles: 'true or false',
  resultCacheMb: 'a number from 0 on',
  queryMemoryMb: 'a number above 0',
  threads: 'a whole number above 0',
  queriesMax: 'a whole number above 0',
};

function configError(
  issue: z.core.$ZodIssue,
  where: string,
  value: unknown,
  schema: z.ZodObject = configSchema,
): StoreError {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    const other = path[0] === 'sources' ? otherType(value, path[1]) : null;
    if (other !== null) return invalid(where, `${path.join('.')}.type`, other, 'It must be "duckdb".');
    const [key] = issue.keys;
    const known = Object.keys(path[0] === 'sources' ? sourceSchema.shape : schema.shape);
    const near = suggest(key, known);
    const next = near === null ? `Known keys: ${known.join(', ')}.` : `Did you mean '${near}'?`;
    return invalid(where, [...path, key].join('.'), 'is not a known key', next);
  }
  const pattern = path.map((part, at) => (path[0] === 'sources' && at === 1 ? '*' : part)).slice(0, 3);
  const wanted = WANTED[pattern.join('.')] ?? WANTED[pattern[0]];
  const given = path.reduce<unknown>(
    (inner, part) => (inner as Record<string, unknown> | undefined)?.[part],
    value,
  );
  const name = path.length === 0 ? 'the configuration' : path.join('.');
  return invalid(where, name, given === undefined ? 'is missing' : 'is not valid', `It must be ${wanted}.`);
}

/** A source of a type that is not there yet: what is wrong with its other keys follows from that. */
function otherType(value: unknown, name: string | undefined): string | null {
  const sources = (value as { readonly sources?: Readonly<Record<string, { readonly type?: unknown }>> })
    .sources;
  const type = sources?.[name ?? '']?.type;
  return typeof type === 'string' && type !== 'duckdb' ? `'${type}' is not supported` : null;
}

function invalid(where: string, key: string, what: string, next: string): StoreError {
  return new StoreError('config_invalid', `${where}: ${key} ${what}.`, { next });
}
