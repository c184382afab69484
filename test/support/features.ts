/** What the random models may use: a feature that the product does not have yet is off. */
export const FEATURES = {
  /** Measures of type variance, stddev, covariance and correlation. */
  statistics: true,
  /** Measures of type first and last. */
  firstLast: true,
  /** Measures of type bool_and and bool_or. */
  booleans: true,
  /** `build_range_start` and `build_range_end` of rollups. */
  buildRange: true,
  /** `policy`, `use` and `avoid` of a query's options. */
  policy: true,
};
