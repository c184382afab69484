export { openStore } from './store.js';
export type { Store, StoreOptions } from './store.js';
export type { TestingSwitches } from './store-house.js';
export type {
  ExplainOptions,
  QueryMeta,
  QueryOptions,
  QueryResult,
  UsedPreAggregation,
} from './store-query.js';
export type { BuildOptions, BuildProgress, BuildReport, RollupBuild } from './store-build.js';
export type { IngestOptions, IngestReport } from './store-ingest.js';
export type { GivenInput, GivenRow } from './sources/given-rows.js';
export type { ExportedRollup, ExportOptions, ExportReport } from './store-export.js';
export type { RollupStatus, StatusOptions, StoreStatus } from './store-status.js';
export type { RollbackOptions } from './store-history.js';
export type { PartitionDifference, PublishRecord, RollupDifference } from './storage/history.js';
export { StoreError } from './model/errors.js';
export type { ErrorCode, Position, UncoveredTimes } from './model/errors.js';
export type { ModelWarning, WarningCode as ModelWarningCode } from './model/schema.js';
export type { SourceConfig } from './model/load/parse-config.js';
export type { Candidate, Check, Fix, FixEstimate, Mode, PatchOperation, Reason } from './model/plan.js';
export type { ReasonCode, RuleName } from './model/reason-code.js';
export type { Annotation, MemberAnnotation } from './planner/annotate.js';
export type { CubeCondition, CubeStep } from './planner/cube/can-use.js';
export type { ExplainedChoice } from './planner/cube/explain-choice.js';
export type { IndexVerdict } from './planner/explain-indexes.js';
export type { Selection } from './planner/choose-rollup.js';
export type { ExplainedBox, ExplainedSpan } from './planner/explain-boxes.js';
export type { PartitionFate, PartitionRun } from './planner/explain-partitions.js';
export type { ExplainedPiece, Explanation } from './planner/explain-query.js';
export type { Policy } from './planner/rollup-wish.js';
export type { QueryWarning, QueryWarningCode } from './planner/warn-candidates.js';
export type { VerifyOptions, VerifyReport } from './store-verify.js';
export type { DifferenceCause, SourceDifference, StoreProblem, StoreReport } from './storage/verify-store.js';
export { inspectFile } from './store-inspect.js';
export type { ColumnDescription, FileDescription, SortedColumn } from './storage/describe-file.js';
export type { FileNote, SketchNote } from './storage/file-note.js';
export { readModelDocument } from './store-config.js';
export type { ModelOptions } from './store-config.js';
export { inferModel } from './planner/infer-model.js';
export type { InferredCube, InferredModel } from './planner/infer-model.js';
export type { ColumnChoice } from './planner/infer-members.js';
export { inferQueries } from './planner/infer-queries.js';
export type { CubeQueryDocument, DashboardQuery } from './planner/infer-queries.js';
export { profileFiles } from './sources/profile-files.js';
export { writeSampleOrders } from './sources/write-sample-orders.js';
export { formatModel } from './model/load/format-model.js';
export type { CubeDocument, MemberDocument, ModelDocument } from './model/document.js';
export type { TableProfile } from './model/profile.js';
