import type { SourceRequest } from '../../model/plan.js';
import type { DataModel, Dimension, MemberId } from '../../model/schema.js';
import type { LogicalType } from '../../model/value.js';
import type { SqlJoin, SqlParameter } from './sql-tree.js';

/** Types of members in the source: of a dimension's expression, of a measure's input. */
export type SourceTypes = ReadonlyMap<MemberId, LogicalType>;

/** What SQL is made for: everything that the model's SQL can depend on. */
export interface SqlScope {
  readonly model: DataModel;
  readonly request: SourceRequest;
  readonly types: SourceTypes;
  /** Which FILTER_PARAMS the filters of the request reach; the others let every row pass. */
  readonly filterParams: 'all' | 'push-down' | 'none';
  /** That of the request, one parameter of the statement. */
  readonly timezone: SqlParameter;
  /** Joins the values of a sub-query, one for each row of its cube. */
  readonly subQueryJoin: (dimension: Dimension) => SqlJoin;
}
