/** What the random models may use: a feature that the product does not have yet is off. */
export const FEATURES = {
  /** Measures of type variance, stddev, covariance and correlation. */
  statistics: false,
  /** Measures of type first and last. */
  firstLast: false,
  /** Measures of type bool_and and bool_or. */
  booleans: false,
  /** `build_range_start` and `build_range_end` of rollups. */
  buildRange: false,
  /** `policy`, `use` and `avoid` of a query's options. */
  policy: false,
};
