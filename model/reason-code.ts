/** Why a rollup does not answer, as codes; `planner/rules.ts` has the table of them. */
export type ReasonCode =
  | 'type_not_executable'
  | 'not_built'
  | 'definition_changed'
  | 'partitions_missing'
  | 'data_source_differs'
  | 'join_root_differs'
  | 'join_path_differs'
  | 'measure_missing'
  | 'measure_not_additive'
  | 'measure_multiplied'
  | 'measure_expression'
  | 'dimension_missing'
  | 'filter_dimension_missing'
  | 'segment_missing'
  | 'measure_filter'
  | 'time_dimension_missing'
  | 'granularity_too_fine'
  | 'granularity_not_nested'
  | 'range_not_aligned'
  | 'window_not_aligned'
  | 'timezone_not_aligned'
  | 'filter_params_differ'
  | 'local_times_differ';

/** What a rollup is asked, in this order. */
export type RuleName =
  | 'type'
  | 'joins'
  | 'measures'
  | 'dimensions'
  | 'filters'
  | 'segments'
  | 'times'
  | 'windows'
  | 'timezone'
  | 'built';
