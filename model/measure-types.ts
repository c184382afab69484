/** What a measure can be; what each is stored as and finished from stands in `aggregates.ts`. */
export const MEASURE_TYPES = [
  'count',
  'sum',
  'min',
  'max',
  'avg',
  'variance',
  'stddev',
  'covariance',
  'correlation',
  'first',
  'last',
  'bool_and',
  'bool_or',
  'count_distinct',
  'count_distinct_approx',
  'number',
] as const;

export type MeasureType = (typeof MEASURE_TYPES)[number];
