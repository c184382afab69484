/** A query in the form of Cube's REST API, as far as the tests write it. */
export interface CubeQuery {
  readonly measures?: readonly string[];
  readonly dimensions?: readonly string[];
  readonly segments?: readonly string[];
  readonly timeDimensions?: readonly (string | CubeTimeDimension)[];
  readonly filters?: readonly CubeFilter[];
  readonly order?: Readonly<Record<string, Direction>> | readonly (readonly [string, Direction])[];
  readonly limit?: number;
  readonly offset?: number;
  readonly timezone?: string;
  readonly total?: boolean;
  readonly ungrouped?: boolean;
}

export type Direction = 'asc' | 'desc';

export interface CubeTimeDimension {
  readonly dimension: string;
  /** Predefined, or of the time dimension's own. */
  readonly granularity?: string;
  readonly dateRange?: string | readonly string[];
}

export type CubeGranularity = 'second' | 'minute' | 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year';

export type CubeFilter =
  | { readonly and: readonly CubeFilter[] }
  | { readonly or: readonly CubeFilter[] }
  | { readonly member: string; readonly operator: CubeOperator; readonly values?: readonly CubeValue[] };

export type CubeValue = string | number | boolean | null;

export type CubeOperator =
  | 'equals'
  | 'notEquals'
  | 'in'
  | 'notIn'
  | 'contains'
  | 'notContains'
  | 'startsWith'
  | 'notStartsWith'
  | 'endsWith'
  | 'notEndsWith'
  | 'gt'
  | 'gte'
  | 'lt'
  | 'lte'
  | 'set'
  | 'notSet'
  | 'inDateRange'
  | 'notInDateRange'
  | 'onTheDate'
  | 'beforeDate'
  | 'beforeOrOnDate'
  | 'afterDate'
  | 'afterOrOnDate'
  | 'measureFilter';
