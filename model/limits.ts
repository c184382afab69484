/**
 * Every bound of the system by name. A bound on input that is reached gives a StoreError with the number in it; one
 * on a cache or on an effort only makes the work slower.
 */
export const LIMITS = {
  /** Filters in one query, all levels together. */
  queryFiltersMax: 10_000,
  /** Nesting of and/or in one query. */
  queryDepthMax: 100,
  /** Members (measures, dimensions, segments, time dimensions) in one query. */
  queryMembersMax: 1_000,
  /** Bytes of one model file. */
  modelBytesMax: 16 * 1024 * 1024,
  /** Folders below a model's folder. */
  modelFolderDepthMax: 16,
  /** Values (scalars, lists, maps) in all model files together; an alias counts as often as it is used. */
  modelValuesMax: 1_000_000,
  /** Lexical tokens in one model file. */
  modelLexemesMax: 4_000_000,
  /** Nesting of lists and maps in a model. */
  modelDepthMax: 64,
  /** A member with its references filled in: members on the way down, references, and characters of its SQL. */
  memberDepthMax: 100,
  memberReferencesMax: 10_000,
  memberSqlCharsMax: 1_000_000,
  /** Syntax errors after which the rest of a file is not read: what follows them is seldom true. */
  modelSyntaxErrorsMax: 100,
  /** Errors that are remembered while a model is loaded, and errors that one message shows. */
  modelProblemsKept: 1_000,
  modelProblemsShown: 20,
  /** Warnings of a model that are remembered. */
  modelWarningsKept: 1_000,
  /** Characters of one error of a model. */
  modelProblemChars: 1_000,
  /** Faults of a model that get a suggestion, and names that are looked through for each. */
  modelSuggestionsMax: 100,
  modelCandidatesMax: 1_000,
  /** Cubes, or views, of which each extends the next. */
  modelExtendsMax: 32,
  /** Milliseconds that one JavaScript model may run in the sandbox, and those after which its thread is killed. */
  modelScriptMsMax: 1_000,
  modelScriptKillMs: 2_000,
  /** Bytes of memory, the interpreter's own included, and of the call stack in the sandbox of JavaScript models. */
  modelScriptBytesMax: 64 * 1024 * 1024,
  modelScriptStackBytesMax: 256 * 1024,
  /** Characters of one call such as FILTER_GROUP(…) in the SQL of a model, and how deep calls stand in calls. */
  templateCallChars: 20_000,
  templateCallDepth: 8,
  /** Characters of a cube's SQL that is looked through for FILTER_PARAMS which only filter early. */
  pushDownChars: 10_000,
  /** Parts that a range is cut into; a rollup that would need more of them is left out. */
  coverPartsMax: 64,
  /** The same where the source must not answer: a rollup that is left out would be one that is told to hold nothing. */
  coverPartsMaxOfRollups: 2_000,
  /** Places where one rollup may hand over to another in the search for the cheapest cover; with more, no search. */
  coverCutsMax: 64,
  /** Ranges, and reasons, that the refusal of a query names. */
  refusalReasonsShown: 5,
  /** Buckets of one query with cumulative measures: each is a window of its own. */
  windowBucketsMax: 10_000,
  /** Rows that the windows of a rollup may make, all buckets and groups together. */
  windowRowsMax: 5_000_000,
  /** Rows that `ingest` takes as JavaScript objects or Arrow; a Parquet file may hold more. */
  ingestRowsMax: 5_000_000,
  /** Partitions of one rollup. */
  partitionsMax: 10_000,
  /** Rows in a Parquet row group: small, so that readers can skip. */
  rowGroupRows: 20_480,
  /** Group cells that an accumulator may hold as a dense array. */
  denseCellsMax: 1 << 20,
  /**
   * Cells (rows by columns that are looked at) of a scan that stays on the calling thread, about two thirds of a nanosecond
   * each: 0.2 ms, which is what the way to a worker and back costs; and of one while no other query is under way, 5 ms. A
   * group that would have to be posted back counts as so many cells. A scan that finds the workers not started yet stays
   * up to the last, for they take as long to start.
   */
  ownThreadCells: 300_000,
  aloneCells: 8_000_000,
  postedGroupCells: 20,
  coldCells: 100_000_000,
  /** Rows from which a scan is split among idle workers: below it, to merge their groups takes what they save. */
  splitRowsMin: 4_000_000,
  /**
   * States of whole partitions are kept for scans and partitions of so many rows, so many ways to ask for each first
   * column, while so many rows come on a state, those of all ways together; a scan makes those of so many rows, besides
   * the partition that goes beyond.
   */
  statesScanRows: 50_000,
  statesPartitionRows: 1_000,
  statesPerColumn: 4,
  rowsPerState: 4,
  statesRowsPerScan: 262_144,
  /** Milliseconds of work on the calling thread after which the event loop has its turn, and pieces of work in a turn. */
  turnMs: 1,
  turnWorkMax: 64,
  /** Queries that may be under way in one store, those that wait included, unless told otherwise. */
  queriesMax: 10_000,
  /** Mebibytes of JavaScript objects of one worker; columns and states of numbers are not among them. */
  workerHeapMb: 1_024,
  /** Bytes of one file of a partition: what one read gives. */
  fileBytesMax: 2 ** 31 - 1,
  /** Bytes of decoded columns that a store keeps in memory unless told otherwise. */
  cacheBytes: 1024 * 1024 * 1024,
  /** Connections that a source keeps open for its next statements. */
  idleConnectionsMax: 8,
  /** Bytes of the footer of a Parquet file that is described. */
  footerBytesMax: 256 * 1024 * 1024,
  /** Bytes at the end of a serving file that are read at once: its footer, unless it is larger. */
  servingTailBytes: 32 * 1024,
  /** Bytes of a serving file that are compared at a time. */
  verifyBytes: 16 * 1024 * 1024,
  /** Values of a first sort column of which a serving file tells the first row of each. */
  servingRunsMax: 65_536,
  /** Structs and lists in one another in the footer of a Parquet file. */
  thriftDepthMax: 32,
  /** Partitions that are built at the same time unless told otherwise, where the machine has as many processors. */
  buildConcurrencyMax: 4,
  /** Rows of several partitions that one statement of a build brings, as far as they can be foreseen. */
  stagedRowsMax: 1024 * 1024,
  /** How many times as many partitions as are through a statement of a build brings. */
  stagedGrowth: 8,
  /** Partitions that one brings while only empty ones are through. */
  stagedBlindly: 4,
  /** The same where it lists values of the source: their number is not that of the rows which it brings. */
  stagedListed: 4,
  /** Partition files that are read at the same time. */
  fileReadsMax: 4,
  /** UTF-16 units of a string that may stand as minimum or maximum in a manifest. */
  statisticsTextMax: 1024,
  /** Bytes of rollups' pages, as they stand on disk, that a store keeps in memory. */
  pageBytes: 64 * 1024 * 1024,
  /** Publishes that stay readable unless the store keeps more, and the most that it can keep. */
  publishesKept: 2,
  publishesKeptMax: 10_000,
  /** Publishes that a manifest remembers by their token. */
  publishesRemembered: 64,
  /** Attempts to publish a rollup while other processes publish theirs. */
  publishAttemptsMax: 100,
  /** Attempts to read a manifest while other processes publish and remove. */
  manifestReadsMax: 100,
  /** Milliseconds after which a staging folder that nobody can answer for is removed. */
  stagingIdleMsMax: 7 * 24 * 60 * 60 * 1000,
  /** Characters of a relative date range in a query, and units that it may count: `last 100000 seconds`. */
  relativeRangeChars: 200,
  relativeUnitsMax: 100_000,
  /** Digits of a number in a query, its exponent written out: more than any double needs. */
  numberDigitsMax: 400,
  /** Years of a custom granularity's interval, and characters of its interval and offset. */
  granularityYearsMax: 100,
  intervalChars: 200,
  /** Terms and brackets of a calculated measure's arithmetic; beyond it only the source computes the measure. */
  expressionTermsMax: 1_000,
  /** Statements by which one `explain` asks the source how many rows its fixes would make. */
  explainCountsMax: 4,
  /** Time zones whose changes are kept in memory. */
  timezonesMax: 1_000,
  /** Characters of a value of the source that an error shows. */
  errorValueChars: 100,
  /** Characters of an unknown name that a known one is suggested for. */
  suggestLengthMax: 100,
  /** Rows that the kernels take at a time: the scratch of a chunk stays in the nearest caches. */
  chunkRows: 4_096,
  /** The same where nothing is written for each row; a scan can be stopped between two. */
  keyedRows: 65_536,
  /** Rows of a block, of which a filter tells whether it can pass any: as many as a chunk holds. */
  blockRows: 4_096,
  /**
   * Bytes of the memory in which kernels see columns, of all stores of a process: a multiple of 64 KiB, at most 4 GiB.
   * It is address space; what a store keeps in it is `cacheBytes`.
   */
  columnMemoryBytes: 4 * 1024 * 1024 * 1024,
  /** Bytes that the groups of a query and their states may take on each thread that scans for it. */
  queryBytes: 1024 * 1024 * 1024,
  /** Bytes of it in which a thread keeps groups and their states while it scans. */
  scratchBytes: 256 * 1024 * 1024,
  /** The same for each task of a worker. */
  workerScratchBytes: 128 * 1024 * 1024,
  /** Plans that a store keeps, their bytes, and the characters of a query whose plan is kept. */
  plansKept: 1_000,
  planBytes: 32 * 1024 * 1024,
  planTextChars: 64 * 1024,
  /** Rows of a scan that is asked again, up to which they are laid side by side. */
  gatheredRowsMax: 1_024,
  /** Rows of a partition from which, and up to which, a key of nearly as many values is laid out for the scans by it. */
  laidOutRowsMin: 1_024,
  laidOutRowsMax: 1_048_576,
  /** The same rows that one scan lays out, some milliseconds; but for the first partition, whatever it has. */
  laidOutRowsPerScan: 524_288,
  /** Threads of the worker pool, where the machine has as many processors. */
  workerThreadsMax: 4,
  /** Pairs of a time column and a bucket whose labels are kept, for each rollup. */
  bucketDictionariesMax: 256,
} as const;
