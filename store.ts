/** The one place where the rooms meet: model, planner, sources, storage and engine become a store. */
import type { SourceConfig } from './model/load/parse-config.js';
import type { Explanation } from './planner/explain-query.js';
import type { Selection } from './planner/choose-rollup.js';
import type { GivenInput } from './sources/given-rows.js';
import { callQueue } from './storage/call-queue.js';
import type { PublishRecord, RollupDifference } from './storage/history.js';
import { MEMORY, MEMORY_FOLDER, memoryDisk } from './storage/memory-disk.js';
import { nodeDisk } from './storage/node-disk.js';
import { openStorage } from './storage/open-storage.js';
import { buildStore, newToken } from './store-build.js';
import type { BuildOptions } from './store-build.js';
import type { BuildReport } from './store-build-report.js';
import { readModel, resolveConfig } from './store-config.js';
import { exportStore } from './store-export.js';
import type { ExportOptions, ExportReport } from './store-export.js';
import { openHouse } from './store-house.js';
import type { TestingSwitches } from './store-house.js';
import { differenceBetween, rollBack } from './store-history.js';
import type { RollbackOptions } from './store-history.js';
import type { IngestOptions, IngestReport } from './store-ingest.js';
import { checkOptions } from './store-options.js';
import { explainAnswer } from './store-explain.js';
import type { ExplainOptions } from './store-explain.js';
import { answerQuery } from './store-query.js';
import type { QueryOptions, QueryResult } from './store-query.js';
import { storeStatus } from './store-status.js';
import type { StatusOptions, StoreStatus } from './store-status.js';
import { verifyAll } from './store-verify.js';
import type { VerifyOptions, VerifyReport } from './store-verify.js';

export interface StoreOptions {
  /** Path of a configuration file; the other keys then override it. */
  readonly config?: string;
  /** Path or paths of files in YAML or JavaScript, or of folders, or the model itself as `{ cubes: [...] }`. */
  readonly model?: string | readonly string[] | Readonly<Record<string, unknown>>;
  /**
   * Where JavaScript models run. `sandbox` (default): without the machine, with a limit of time and memory. `trusted`:
   * as code of this process, which can do whatever the process can, and may never end.
   */
  readonly modelScripts?: 'sandbox' | 'trusted';
  /** COMPILE_CONTEXT of the models: what JSON can say. Default: an object of the `securityContext`. */
  readonly compileContext?: Readonly<Record<string, unknown>>;
  /** SECURITY_CONTEXT of the models: what JSON can say. It holds for all queries of the store. Default `{}`. */
  readonly securityContext?: Readonly<Record<string, unknown>>;
  /** Folder of the store; it is made by the first build. `:memory:`: it lives in this process, and ends with it. */
  readonly store?: string;
  /** Another name for `store`. */
  readonly directory?: string;
  readonly sources?: Readonly<Record<string, SourceConfig>>;
  /** Before the dot in the names of tables. Default `dev_pre_aggregations`. */
  readonly schema?: string;
  /** How numbers are given: text as Cube does (default), or numbers where no digit is lost. */
  readonly numbers?: 'string' | 'native';
  /**
   * Which of several rollups that match answers: the first in order of definition (default, as in Cube), the one of
   * the highest `priority`, or the one with the fewest rows to scan (`cost`). The answer is the same.
   */
  readonly selection?: Selection;
  /**
   * Who decides which rollup answers. `granary` (default): our rules. `cube`: those of Cube, literally; an answer is
   * the source's all the same, see docs/compatibility.md.
   */
  readonly compatibility?: 'granary' | 'cube';
  /**
   * Where Cube decides: whether it chooses a rollup for a date range that cuts through its buckets, unless the rollup
   * says it itself. Default true, as CUBEJS_PRE_AGGREGATIONS_ALLOW_NON_STRICT_DATE_RANGE_MATCH in Cube.
   */
  readonly allowNonStrictDateRangeMatch?: boolean;
  /** Budget of decoded columns in memory, in MiB. Default 1024. */
  readonly cacheMb?: number;
  /**
   * Whether the columns of each data file are also kept as they stand in memory, in an Arrow file beside it, and read
   * from there. Default true.
   */
  readonly servingFiles?: boolean;
  /**
   * Budget of answers in memory, in MiB, which are given again to the same query while nothing is published. Default 0:
   * none is kept.
   */
  readonly resultCacheMb?: number;
  /**
   * Memory for the groups of a query and their states, in MiB, on each thread that scans for it: `out_of_memory` beyond.
   * Default 1024.
   */
  readonly queryMemoryMb?: number;
  /** Queries that may be under way at once, those that wait included; `overloaded` beyond. Default 10,000. */
  readonly queriesMax?: number;
  /** Threads for large scans. Default: as the machine has, at most 4. */
  readonly threads?: number;
  /**
   * Publishes that stay readable after newer ones, for `asOf`, `history` and `rollback`: from the next build on.
   * Default: as the store has it, which is 2.
   */
  readonly keep?: number;
  /**
   * What a query does that comes upon a damaged file. `source` (default): the source answers for its partition, until
   * it is built again. `rebuild`: the same, and the partition is built again at once. `refuse`: it throws `corrupt`.
   */
  readonly damage?: 'source' | 'rebuild' | 'refuse';
  /** Switches that make the engine do without an optimisation, for tests that compare. */
  readonly testing?: TestingSwitches;
}

export interface Store {
  /**
   * Builds what is missing or whose definition changed; publishes each rollup as a whole. Builds of one store run
   * one after the other; `commit_conflict` when another process published the same rollup meanwhile.
   */
  build(options?: BuildOptions): Promise<BuildReport>;
  /** Answers a Cube REST query from rollups, from the source, or from both. `not_covered` where the policy forbids it. */
  query(query: unknown, options?: QueryOptions): Promise<QueryResult>;
  /** Why the query is answered as it is: the verdict on every rollup. */
  explain(query: unknown, options?: ExplainOptions): Promise<Explanation>;
  /** Looks at the disk: what other processes have published is told, and served from then on. */
  status(options?: StatusOptions): Promise<StoreStatus>;
  /** The publishes that are kept, newest first. */
  history(): Promise<readonly PublishRecord[]>;
  /** What changed from one publish to another, rollup by rollup and partition by partition. */
  difference(from: number, to: number): Promise<readonly RollupDifference[]>;
  /** Publishes anew what an earlier publish held, and gives the number of the new one. */
  rollback(to: number, options?: RollbackOptions): Promise<number>;
  /** Reads and checks every published byte and, with `source`, compares each partition with its source. */
  verify(options?: VerifyOptions): Promise<VerifyReport>;
  /**
   * Publishes rows of one's own pipeline as partitions of a declared rollup: objects, an Arrow IPC stream or file, or
   * the path of a Parquet file, one row a group. `rows_invalid`, with the row and the column, where they do not fit it.
   */
  ingest(rollup: string, rows: GivenInput, options?: IngestOptions): Promise<IngestReport>;
  /**
   * Removes files that no state which is kept names, and gives their paths, relative to the store. Each opening and
   * each build does it.
   */
  collectGarbage(): Promise<readonly string[]>;
  /** Writes one index of each rollup, as it is published, as a folder of Parquet files that a pattern may read. */
  export(options: ExportOptions): Promise<ExportReport>;
  /** Refuses new calls, waits for those that have begun (end them with their signals), and frees everything. */
  close(): Promise<void>;
}

/**
 * Opens a store: reads the model and what is published, and removes what ended builds left behind. Sources and
 * threads start with the first call that needs them.
 * @throws StoreError `config_invalid`, `model_invalid`, `file_missing`, `corrupt`, `format_newer`
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const resolved = await resolveConfig(options);
  const { config } = resolved;
  const model = await readModel(resolved);
  const storage = await openStorage({
    ...(config.directory === MEMORY
      ? { disk: memoryDisk(), directory: MEMORY_FOLDER }
      : { disk: nodeDisk, directory: config.directory }),
    cacheBytesMax: config.cacheBytesMax,
    servingFiles: config.servingFiles,
    refusesDamage: config.damage === 'refuse',
  });
  const inTurn = callQueue();
  const mend = (rollup: string): void => {
    if (config.damage !== 'rebuild') return;
    // Whoever asks next hears of it again when this fails.
    void house
      .run(() => inTurn(() => buildStore(house, { preAggregations: [rollup] })))
      .catch(() => undefined);
  };
  const house = openHouse(config, model, storage, options.testing ?? {}, mend);
  return {
    build: (wish) => house.run(() => inTurn(async () => buildStore(house, checkOptions('build', wish)))),
    query: (query, wish) => house.run(() => answerQuery(house, query, wish)),
    explain: (query, wish) =>
      house.run(async () => explainAnswer(house, query, checkOptions('explain', wish))),
    status: (wish) => house.run(async () => storeStatus(house, checkOptions('status', wish))),
    history: () => house.run(() => storage.history()),
    difference: (from, to) => house.run(() => differenceBetween(storage, from, to)),
    rollback: (to, wish) =>
      house.run(() => inTurn(() => rollBack(storage, newToken(), to, checkOptions('rollback', wish)))),
    verify: (wish) => house.run(async () => verifyAll(house, checkOptions('verify', wish))),
    ingest: (rollup, rows, wish) =>
      house.run(() =>
        inTurn(async () => {
          // It brings DuckDB with it, which most processes never need.
          const { ingestRows } = await import('./store-ingest.js');
          return ingestRows(house, rollup, rows, checkOptions('ingest', wish));
        }),
      ),
    collectGarbage: () => house.run(() => inTurn(() => storage.collectGarbage())),
    export: (wish) => house.run(async () => exportStore(house, checkOptions('export', wish))),
    close: () => house.close(),
  };
}
