/**
 * The shape of a model after `normalise`: which keys there are, and the type of their values. Keys of Cube that do not
 * change an answer are accepted; keys that would, and that are not executed yet, are refused by name, so that no model
 * silently means something else.
 */
import { z } from 'zod';

import { PRECISION_MAX, PRECISION_MIN } from '../aggregates.js';
import { MEASURE_TYPES } from '../measure-types.js';

// Before any schema is made, see parse-config.ts.
z.config({ jitless: true });

const text = z.string();
const sql = z.string().regex(/\S/, { error: 'is empty' });
const flag = z.boolean();
const anything = z.unknown().optional();
const name = z.string().regex(/^[_a-zA-Z][_a-zA-Z0-9]*$/, {
  error: 'a name consists of letters, digits and _, and does not begin with a digit',
});
const sqlHolder = z.strictObject({ sql });
const format = z.union([text, z.record(text, z.unknown())], { error: 'expected the name of a format' });

/** Absent or false; anything else is refused. */
function notYet(what: string) {
  const error = `not supported yet: ${what}`;
  return z.literal(false, { error }).meta({ description: error }).optional();
}

/** Keys of 2019 beside keys of today: by themselves `normalise` gives them their present names. */
function renamed(old: string, now: string) {
  const error = `${old} deprecated, please use \`${now}\` instead`;
  return z.never({ error }).meta({ description: error, deprecated: true }).optional();
}

const refreshKey = z.strictObject({
  every: text.optional(),
  sql: sql.optional(),
  timezone: text.optional(),
  incremental: flag.optional(),
  update_window: text.optional(),
  immutable: flag.optional(),
});

const described = {
  name,
  title: text.optional(),
  description: text.optional(),
  public: flag.optional(),
  shown: flag.optional(),
  meta: anything,
};

const member = {
  ...described,
  aliases: z.array(text).optional(),
  multi_stage: notYet('multi-stage members'),
  mask: notYet('masked members'),
};

const label = z.union([text, sqlHolder], { error: 'expected text (put it in quotes), or a map with `sql`' });
const cases = z.strictObject({
  when: z.array(z.strictObject({ sql, label })).min(1),
  else: z.strictObject({ label }).optional(),
  switch: notYet('`case` with `switch`; write each `when` with a condition in `sql`'),
});

const granularity = z.strictObject({
  name,
  title: text.optional(),
  interval: text.optional(),
  offset: text.optional(),
  origin: text.optional(),
  sql: notYet(
    'granularities in SQL; give an `interval` with `offset` or `origin`, or define a time dimension with that SQL',
  ),
});

const dimension = z.strictObject({
  ...member,
  type: z.enum(['string', 'number', 'time', 'boolean']),
  sql: sql.optional(),
  case: cases.optional(),
  primary_key: flag.optional(),
  format: format.optional(),
  granularities: z.array(granularity).optional(),
  suggest_filter_values: flag.optional(),
  enable_suggestions: flag.optional(),
  values_as_segments: flag.optional(),
  field_type: text.optional(),
  order: anything,
  links: anything,
  sub_query: flag.optional(),
  propagate_filters_to_sub_query: notYet(
    'sub-queries that count other rows for each query; leave the key out, and the sub-query counts all rows',
  ),
  latitude: notYet('dimensions of type geo'),
  longitude: notYet('dimensions of type geo'),
  values: notYet('dimensions of type switch'),
  time_shift: notYet('`time_shift`'),
});

const rollingWindow = z.strictObject({
  type: z.enum(['fixed', 'to_date', 'year_to_date', 'quarter_to_date', 'month_to_date']).optional(),
  trailing: text.optional(),
  leading: text.optional(),
  offset: z.enum(['start', 'end']).optional(),
  granularity: text.optional(),
});

const measure = z.strictObject({
  ...member,
  case: notYet('`case`; write the CASE expression in `sql`'),
  // A running total is a sum with a window.
  type: z.enum([...MEASURE_TYPES, 'running_total']),
  sql: sql.optional(),
  sql2: sql.optional(),
  time_dimension: text.optional(),
  filters: z.array(sqlHolder).optional(),
  precision: z.int().min(PRECISION_MIN).max(PRECISION_MAX).optional(),
  format: format.optional(),
  visible: flag.optional(),
  drill_members: z.array(text).optional(),
  drill_member_references: renamed('`drillMemberReferences` are', 'drill_members'),
  drill_filters: z.array(sqlHolder).optional(),
  cumulative: notYet('`cumulative`; use `rolling_window` or the type running_total'),
  rolling_window: rollingWindow.optional(),
  time_shift: notYet('`time_shift`'),
  group_by: notYet('multi-stage members'),
  reduce_by: notYet('multi-stage members'),
  add_group_by: notYet('multi-stage members'),
  order_by: notYet('multi-stage members'),
});

const segment = z.strictObject({ ...described, sql });

const join = z.strictObject({
  name,
  relationship: z.enum(['one_to_one', 'one_to_many', 'many_to_one']),
  sql,
  meta: anything,
});

const index = z.strictObject({
  name,
  type: z.enum(['regular', 'aggregate']).optional(),
  columns: z.array(text).min(1),
  sql: notYet('indexes written in SQL; list `columns`'),
});

const hierarchy = z.strictObject({
  name,
  title: text.optional(),
  public: flag.optional(),
  levels: z.array(text).min(1),
});

const preAggregation = z.strictObject({
  name,
  type: z.enum(['rollup', 'original_sql', 'rollup_join', 'rollup_lambda', 'auto_rollup']).optional(),
  measures: z.array(text).optional(),
  dimensions: z.array(text).optional(),
  segments: z.array(text).optional(),
  time_dimension: text.optional(),
  granularity: text.optional(),
  time_dimensions: z.array(z.strictObject({ dimension: text, granularity: text })).optional(),
  partition_granularity: text.optional(),
  indexes: z.array(index).optional(),
  priority: z.int().min(1).max(100).optional(),
  rollups: z.array(text).optional(),
  union_with_source_data: flag.optional(),
  max_pre_aggregations: z.int().min(1).optional(),
  refresh_key: refreshKey.optional(),
  build_range_start: sqlHolder.optional(),
  build_range_end: sqlHolder.optional(),
  refresh_range_start: sqlHolder.optional(),
  refresh_range_end: sqlHolder.optional(),
  external: flag.optional(),
  scheduled_refresh: flag.optional(),
  use_original_sql_pre_aggregations: flag.optional(),
  allow_non_strict_date_range_match: flag.optional(),
  read_only: flag.optional(),
  sql_alias: text.optional(),
  stream_offset: z.enum(['earliest', 'latest']).optional(),
  output_column_types: z.array(z.strictObject({ member: text, type: text })).optional(),
  unique_key_columns: z.array(text).optional(),
  meta: anything,
  measure_references: renamed('`measureReferences` are', 'measures'),
  dimension_references: renamed('`dimensionReferences` are', 'dimensions'),
  segment_references: renamed('`segmentReferences` are', 'segments'),
  time_dimension_reference: renamed('`timeDimensionReference` is', 'time_dimension'),
  rollup_references: renamed('`rollupReferences` are', 'rollups'),
});

const cube = z.strictObject({
  ...described,
  sql_table: sql.optional(),
  sql: sql.optional(),
  sql_alias: text.optional(),
  data_source: text.optional(),
  refresh_key: refreshKey.optional(),
  joins: z.array(join).optional(),
  dimensions: z.array(dimension).optional(),
  measures: z.array(measure).optional(),
  segments: z.array(segment).optional(),
  pre_aggregations: z.array(preAggregation).optional(),
  hierarchies: z.array(hierarchy).optional(),
  folders: anything,
  extends: text.optional(),
  access_policy: notYet('`access_policy`'),
  calendar: notYet('calendar cubes'),
});

const includes = z.union(
  [
    z.literal('*'),
    z.array(
      z.union([
        text,
        z.strictObject({
          name: text,
          alias: name.optional(),
          title: text.optional(),
          description: text.optional(),
          format: format.optional(),
          meta: anything,
        }),
      ]),
    ),
  ],
  {
    error:
      "expected '*' or a list of members: names, or maps of name, alias, title, description, format, meta",
  },
);

const viewCube = z.strictObject({
  join_path: text,
  alias: name.optional(),
  prefix: flag.optional(),
  split: flag.optional(),
  includes,
  excludes: z.array(text).optional(),
});

const OLD_LIST = 'list the cubes of the view under `cubes`, each with `join_path` and `includes`';
const NO_OWN_PARTS = 'a view has no parts of its own: define them in a cube, and include them';

/** A key that a view does not have, with what to write instead. */
function notInView(error: string) {
  return z.never({ error }).meta({ description: error }).optional();
}

const view = z.strictObject({
  ...described,
  extends: text.optional(),
  cubes: z.array(viewCube).min(1),
  folders: z.array(z.looseObject({ name: text })).optional(),
  includes: notInView(OLD_LIST),
  excludes: notInView(OLD_LIST),
  measures: notInView(NO_OWN_PARTS),
  dimensions: notInView(NO_OWN_PARTS),
  segments: notInView(NO_OWN_PARTS),
  joins: notInView(NO_OWN_PARTS),
  pre_aggregations: notInView(NO_OWN_PARTS),
  access_policy: notYet('`access_policy`'),
});

export const modelFile = z.strictObject({
  cubes: z.array(cube).optional(),
  views: z.array(view).optional(),
  view_groups: anything,
});

export type CubeText = z.infer<typeof cube>;
export type DimensionText = z.infer<typeof dimension>;
export type GranularityText = z.infer<typeof granularity>;
export type MeasureText = z.infer<typeof measure>;
export type SegmentText = z.infer<typeof segment>;
export type JoinText = z.infer<typeof join>;
export type PreAggregationText = z.infer<typeof preAggregation>;
export type RefreshKeyText = z.infer<typeof refreshKey>;
export type IndexText = z.infer<typeof index>;
export type ViewText = z.infer<typeof view>;
export type ViewCubeText = z.infer<typeof viewCube>;
