/** Every bound of the system by name. A bound that is reached gives a StoreError with the number in it. */
export const LIMITS = {
  /** Filters in one query, all levels together. */
  queryFiltersMax: 10_000,
  /** Nesting of and/or in one query. */
  queryDepthMax: 100,
  /** Members (measures, dimensions, segments, time dimensions) in one query. */
  queryMembersMax: 1_000,
  /** Bytes of one model file. */
  modelBytesMax: 16 * 1024 * 1024,
  /** Partitions of one rollup. */
  partitionsMax: 10_000,
  /** Rows in a Parquet row group: small, so that readers can skip. */
  rowGroupRows: 20_480,
  /** Group cells that an accumulator may hold as a dense array. */
  denseCellsMax: 1 << 20,
  /** Rows below which a scan stays on the calling thread. */
  workerRowsMin: 2_000_000,
} as const;
