/** What is open while a store is open, and the SQL of what it asks. */
import { createHash } from 'node:crypto';
import { GlobalDictionaries } from './engine/global-dictionaries.js';
import type { StateKeeping } from './engine/prepare-scan.js';
import { OpenSketch } from './engine/sketches/open-sketch.js';
import { entryOfBytes } from './engine/sketches/sketch-entry.js';
import type { SketchKernels } from './engine/sketches/sketch-kernels.js';
import { plainSketches, wasmSketches } from './engine/sketches/sketch-kernels.js';
import { sketchOfEntries } from './engine/sketches/sketch-of-entries.js';
import { createWorkerPool } from './engine/workers/pool.js';
import type { WorkerPool } from './engine/workers/pool.js';
import { ThreadTurns } from './engine/workers/thread-turns.js';
import type { RollupMeta } from './model/catalog.js';
import { errorOf, StoreError } from './model/errors.js';
import type { Config } from './model/load/parse-config.js';
import type { SourceRequest, Statement } from './model/plan.js';
import { memberColumn } from './model/schema.js';
import type { DataModel, MemberId, RollupId } from './model/schema.js';
import type { LogicalType } from './model/value.js';
import { memberPosition } from './planner/find-member.js';
import { prepareModel } from './planner/plan-query.js';
import type { PreparedModel } from './planner/plan-query.js';
import { duckdbDialect } from './planner/sql/compile-duckdb.js';
import { rowMembers } from './planner/row-members.js';
import { sourceStatement, requestMembers, typeStatement } from './planner/sql/source-statement.js';
import { subQueriesOf } from './planner/sub-query.js';
import { duckdbSource } from './sources/duckdb.js';
import type { SketchFunctions, Source } from './sources/source.js';
import type { Storage } from './storage/storage.js';
import { Admission } from './store-admission.js';
import { AnswerCache } from './store-answers.js';
import { PlanCache } from './store-plan.js';
import { QueryTexts } from './store-query-texts.js';
import { RunningCalls } from './store-running-calls.js';

export interface House {
  readonly config: Config;
  readonly prepared: PreparedModel;
  readonly storage: Storage;
  /** Of one published state of a rollup; forgotten with it. */
  dictionariesOf(rollup: RollupMeta): GlobalDictionaries;
  readonly pool: WorkerPool;
  readonly turns: ThreadTurns;
  readonly queries: Admission;
  readonly texts: QueryTexts;
  readonly plans: PlanCache;
  readonly answers: AnswerCache;
  /** Of the rollups whose last build or ingest in this process failed. */
  readonly failures: Map<RollupId, RollupFailure>;
  readonly testing: TestingSwitches;
  source(name: string): Source;
  /** MD5 of how a data source is configured, in hexadecimal. */
  fingerprint(name: string): string;
  /**
   * SQL of a request; asks the source for types that are not known yet.
   * @throws StoreError `source_failed` with the member, and its place in the model, that the source does not take
   */
  statement(request: SourceRequest): Promise<Statement>;
  /** Told when a rollup turned out to be damaged, and was set aside. */
  mend(rollup: RollupId): void;
  /** @throws StoreError `closed` once `close` was called */
  run<T>(call: () => Promise<T>): Promise<T>;
  /** Waits for the calls that run: a source that is closed under a statement would end the process. */
  close(): Promise<void>;
}

export interface RollupFailure {
  readonly error: unknown;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Switches that make the engine do without an optimisation, for tests that compare. */
export interface TestingSwitches {
  readonly workerRowsMin?: number;
  readonly pruning?: boolean;
  readonly narrowing?: boolean;
  /** Rows of a block, of which a filter tells whether it can pass any; Infinity: no block is skipped. */
  readonly blockRows?: number;
  readonly denseGroups?: boolean;
  /** False: the kernels in TypeScript alone. */
  readonly wasm?: boolean;
  /** True: what waits for a second time, or for many rows or groups, does not wait. */
  readonly eager?: boolean;
  /** What whole partitions add up to under a grouping: `eager`, kept from the first time on; `off`, never. */
  readonly states?: StateKeeping;
  /** False: every partition is read, also one whose totals would do. */
  readonly totals?: boolean;
  /** False: each query is planned, also one that was planned before. */
  readonly planCache?: boolean;
}

/** Opens nothing yet: sources and threads start with the first call that needs them. */
export function openHouse(
  config: Config,
  model: DataModel,
  storage: Storage,
  testing: TestingSwitches,
  mend: (rollup: RollupId) => void,
): House {
  const hash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);
  const prepared = prepareModel(model, hash, config.selection);
  const sources = new Map<string, Source>();
  const types = new Map<MemberId, LogicalType>();
  const dictionaries = new WeakMap<RollupMeta, GlobalDictionaries>();
  const pool = createWorkerPool(config.threads === null ? {} : { maxThreads: config.threads });
  const answers = new AnswerCache(config.resultCacheBytesMax);
  const calls = new RunningCalls();
  let closing: Promise<void> | null = null;
  const end = async (): Promise<void> => {
    await calls.ended();
    await pool.close();
    for (const source of sources.values()) await source.close();
    await storage.close();
  };
  const house: House = {
    config,
    prepared,
    storage,
    dictionariesOf(rollup) {
      const known = dictionaries.get(rollup) ?? new GlobalDictionaries();
      dictionaries.set(rollup, known);
      return known;
    },
    pool,
    turns: new ThreadTurns(),
    queries: new Admission(config.queriesMax),
    texts: new QueryTexts(),
    plans: new PlanCache(() => answers.clear()),
    answers,
    failures: new Map(),
    testing,
    mend,
    source(name) {
      const open = sources.get(name) ?? openSource(config, name, storage);
      sources.set(name, open);
      return open;
    },
    fingerprint(name) {
      // How much memory it may take says nothing of what it holds.
      const { memoryLimitMb: _, ...source } = config.sources[name] ?? {};
      const text = config.sources[name] === undefined ? 'null' : JSON.stringify(source);
      return createHash('md5').update(text).digest('hex');
    },
    async statement(request) {
      const members = requestMembers(model, request);
      const inner = subQueriesOf(model, rowMembers(model, request));
      for (const { request: asked, measures } of [{ request, measures: members }, ...inner]) {
        const unknown = measures.filter((member) => !types.has(member));
        for (const [member, type] of await memberTypes(house, asked, unknown)) types.set(member, type);
      }
      return sourceStatement(model, request, types, duckdbDialect);
    },
    run(call) {
      if (closing !== null) {
        const next = 'Open it again with openStore().';
        return Promise.reject(new StoreError('closed', 'the store is closed.', { next }));
      }
      return calls.watched(call());
    },
    close: () => (closing ??= end()),
  };
  return house;
}

async function memberTypes(
  house: House,
  request: SourceRequest,
  members: readonly MemberId[],
): Promise<[MemberId, LogicalType][]> {
  if (members.length === 0) return [];
  const ask = (some: readonly MemberId[]): Promise<ReadonlyMap<string, LogicalType>> =>
    house
      .source(request.dataSource)
      .typesOf(typeStatement(house.prepared.model, request, some, duckdbDialect));
  try {
    const found = await ask(members);
    return members.map((member) => [member, found.get(memberColumn(member)) as LogicalType]);
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'source_failed') throw error;
    // One at a time, to tell which of them it is.
    for (const member of members) {
      await ask([member]).catch((cause: unknown) => {
        const position = memberPosition(house.prepared.model, member);
        throw cause instanceof StoreError ? errorOf(member, cause, position) : cause;
      });
    }
    throw error;
  }
}

let kernels: SketchKernels | null = null;

/** WebAssembly where the process has it, compiled with the first sketch. */
function sketchKernels(): SketchKernels {
  return (kernels ??= typeof WebAssembly === 'undefined' ? plainSketches : wasmSketches());
}

/** What DuckDB needs of sketches, in sources and for given rows. */
export const SKETCHES: SketchFunctions = {
  sketchOfIntegers: (words, precision) => sketchKernels().sketchOfIntegers(words, precision),
  sketchOfDoubles: (words, precision) => sketchKernels().sketchOfDoubles(words, precision),
  entryOfBytes,
  sketchOfEntries,
  create: (precision) => new OpenSketch(precision),
};

function openSource(config: Config, name: string, storage: Storage): Source {
  const source = config.sources[name];
  if (source === undefined) {
    throw new StoreError(
      'config_invalid',
      `the model names the data source '${name}', which is not configured.`,
      {
        next: `Add sources.${name}; there are: ${Object.keys(config.sources).join(', ') || 'none'}.`,
      },
    );
  }
  return duckdbSource({
    name,
    database: source.database ?? null,
    init: source.init ?? [],
    sketches: SKETCHES,
    memory: { limitMb: source.memoryLimitMb ?? null, spillFolder: () => storage.spillFolder() },
  });
}
