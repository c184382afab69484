/** The options of the calls of a store, checked at the door: none is silently ignored. */
import { StoreError } from './model/errors.js';
import { suggest } from './model/suggest.js';
import type { BuildOptions } from './store-build.js';
import { POLICIES } from './planner/rollup-wish.js';
import type { WishOptions } from './planner/rollup-wish.js';
import type { ExportOptions } from './store-export.js';
import type { RollbackOptions } from './store-history.js';
import type { ExplainOptions } from './store-explain.js';
import type { QueryOptions } from './store-query.js';
import type { IngestOptions } from './store-ingest.js';
import type { StatusOptions } from './store-status.js';
import type { VerifyOptions } from './store-verify.js';

/** What an option must be: a test, and the same in words. */
type Check = readonly [isRight: (value: unknown) => boolean, wanted: string];
type Checks<Options> = Readonly<Record<keyof Options, Check>>;

const anything: Check = [() => true, 'anything'];
const flag: Check = [(value) => typeof value === 'boolean', 'true or false'];
/** By its shape: a signal may come from another realm. */
const signal: Check = [
  (value) => typeof value === 'object' && value !== null && 'aborted' in value,
  'the signal of an AbortController',
];

/** A timer of a longer time would fire at once. */
const TIMER_MS_MAX = 2 ** 31 - 1;

const build: Checks<BuildOptions> = {
  preAggregations: [isListOfText, "a list such as ['orders.daily']"],
  range: [isListOfText, "a pair of ISO times in UTC, as in ['2024-01-01', '2024-02-01']"],
  force: flag,
  concurrency: [(value) => Number.isSafeInteger(value) && Number(value) > 0, 'a whole number above 0'],
  signal,
  onProgress: [(value) => typeof value === 'function', 'a function'],
};

const wish: Checks<WishOptions> = {
  policy: [
    (value) => (POLICIES as readonly unknown[]).includes(value),
    "'auto', 'rollupOnly' or 'sourceOnly'",
  ],
  use: [isListOfText, "a list such as ['orders.daily']"],
  avoid: [isListOfText, "a list such as ['orders.daily']"],
};

const query: Checks<QueryOptions> = {
  securityContext: anything,
  signal,
  timeoutMs: [
    (value) => typeof value === 'number' && value > 0 && value <= TIMER_MS_MAX,
    `milliseconds, above 0 and at most ${TIMER_MS_MAX}`,
  ],
  client: [(value) => typeof value === 'string', 'a text'],
  // Whether it is a time is looked at where it is read.
  now: anything,
  numbers: [(value) => value === 'string' || value === 'native', "'string' or 'native'"],
  // As `now`.
  asOf: anything,
  ...wish,
};

const explain: Checks<ExplainOptions> = { now: anything, asOf: anything, ...wish };
const rollback: Checks<RollbackOptions> = {
  preAggregations: [isListOfText, "a list such as ['orders.daily']"],
};
const status: Checks<StatusOptions> = { files: flag, source: flag };
const ingest: Checks<IngestOptions> = { range: build.range, signal };
const verify: Checks<VerifyOptions> = {
  source: flag,
  budgetMs: [(value) => typeof value === 'number' && value >= 0, 'milliseconds from 0 on'],
  after: [(value) => typeof value === 'string' || value === null, 'the `next` of an earlier report'],
  signal,
};
const exported: Checks<ExportOptions> = {
  to: [(value) => typeof value === 'string' && value !== '', 'the path of a folder'],
  format: [(value) => value === 'flat' || value === 'hive', "'flat' or 'hive'"],
  compression: [(value) => value === 'zstd' || value === 'none', "'zstd' or 'none'"],
  preAggregations: [isListOfText, "a list such as ['orders.daily']"],
  index: [(value) => typeof value === 'string', 'the name of an index'],
  signal,
};
const CALLS = { build, query, explain, status, rollback, ingest, verify, export: exported };

/**
 * The options as they are given, none where there are none.
 * @throws StoreError `query_invalid` for an option that the call does not know, or of a wrong type
 */
export function checkOptions<Options extends object>(
  call: keyof typeof CALLS,
  options: Options | undefined,
): Options {
  if (options === undefined) return {} as Options;
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw refused(`the options of ${call}() are no object`, 'Leave them out, or give an object.');
  }
  const checks: Readonly<Record<string, Check>> = CALLS[call];
  for (const [name, value] of Object.entries(options)) {
    const check = Object.hasOwn(checks, name) ? checks[name] : null;
    if (check === null) throw unknownOption(call, name, Object.keys(checks));
    if (value === undefined || check[0](value)) continue;
    throw refused(`the option ${name} of ${call}() is not valid`, `It must be ${check[1]}.`);
  }
  return options;
}

function unknownOption(call: string, name: string, known: readonly string[]): StoreError {
  const near = suggest(name, known);
  const next = near === null ? `There are: ${known.join(', ')}.` : `Did you mean '${near}'?`;
  return refused(`${call}() has no option '${name.slice(0, 100)}'`, next);
}

function refused(what: string, next: string): StoreError {
  return new StoreError('query_invalid', `${what}.`, { next });
}

function isListOfText(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
