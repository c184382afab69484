import { cubeOf, type PreAggregation, type PreAggregationType } from '../schema.js';
import { checkRefreshKey } from './check-refresh-key.js';
import { mapAt, type Context } from './declare.js';
import type { LocatedMap, Place } from './located.js';
import type { Problems } from './problems.js';
import type { PreAggregationText } from './structure.js';

type Key = keyof PreAggregationText;

/** Tells which keys of a pre-aggregation have no place in its type, exclude each other or have no effect. */
export function checkPreAggregation(
  preAggregation: Omit<PreAggregation, 'indexes'>,
  text: PreAggregationText,
  node: LocatedMap,
  context: Context,
): void {
  const { problems } = context;
  const { id, type } = preAggregation;
  checkType(type, text, node, problems);
  const isPartitioned = text.partition_granularity !== undefined;
  if (text.refresh_key !== undefined && !isCombination(type)) {
    const owner = { kind: 'pre_aggregation' as const, id, isPartitioned };
    checkRefreshKey(text.refresh_key, mapAt(node, ['refresh_key']), owner, context);
  }
  checkRanges(text, node, problems);
  if (type === 'original_sql' && text.external === true) {
    const message = 'original SQL is stored in the data source: remove `external`';
    problems.warn(placeOf(node, 'external'), 'original_sql_external', message);
  }
  const members = [
    ...preAggregation.measures,
    ...preAggregation.dimensions,
    ...preAggregation.segments,
    ...preAggregation.timeDimensions.map(({ dimension }) => dimension),
  ];
  const { cube } = preAggregation;
  if (type === 'rollup' && members.length > 0 && members.every((member) => cubeOf(member) !== cube)) {
    const other = cubeOf(members[0] ?? '');
    const message = `it has no member of \`${cube}\`, and Cube would ignore it: define it in \`${other}\``;
    problems.warn(placeOf(node, 'name'), 'member_of_other_cube_only', message);
  }
}

/** A type that stores nothing itself: it reads other rollups. */
export function isCombination(type: PreAggregationType): boolean {
  return type === 'rollup_join' || type === 'rollup_lambda';
}

const OF_MEMBERS: readonly PreAggregationType[] = ['rollup', 'rollup_join', 'rollup_lambda'];
const STORED: readonly PreAggregationType[] = ['rollup', 'original_sql', 'auto_rollup'];

/** The types to which a key belongs; a key that is not here belongs to all. */
const TYPES_OF_KEY: Partial<Record<Key, readonly PreAggregationType[]>> = {
  measures: OF_MEMBERS,
  dimensions: OF_MEMBERS,
  segments: OF_MEMBERS,
  granularity: [...OF_MEMBERS, 'original_sql'],
  time_dimension: [...OF_MEMBERS, 'original_sql'],
  time_dimensions: OF_MEMBERS,
  rollups: ['rollup_join', 'rollup_lambda'],
  union_with_source_data: ['rollup_lambda'],
  max_pre_aggregations: ['auto_rollup'],
  partition_granularity: STORED,
  refresh_key: STORED,
  external: STORED,
  indexes: STORED,
  build_range_start: STORED,
  build_range_end: STORED,
  refresh_range_start: STORED,
  refresh_range_end: STORED,
};

const WHAT_IT_DOES: Readonly<Record<PreAggregationType, string>> = {
  rollup: 'a rollup stores its own members',
  original_sql: 'an original_sql stores the rows of the cube as they are',
  rollup_join: 'a rollup_join stores nothing: write it in the rollups that it joins',
  rollup_lambda: 'a rollup_lambda stores nothing: write it in the rollups that it unites',
  auto_rollup: 'an auto_rollup chooses its members by the queries',
};

function checkType(
  type: PreAggregationType,
  text: PreAggregationText,
  node: LocatedMap,
  problems: Problems,
): void {
  for (const [key, types] of Object.entries(TYPES_OF_KEY)) {
    const value = text[key as Key];
    if (value === undefined || value === false || types.includes(type)) continue;
    const place = placeOf(node, key);
    const message = `\`${key}\` belongs to the type ${types.join(' or ')}; ${WHAT_IT_DOES[type]}`;
    if (type === 'rollup_join') problems.warn(place, 'key_without_effect', message);
    else problems.add(place, message);
  }
  if (isCombination(type) && text.scheduled_refresh === true) {
    const message = `a ${type} is not refreshed, the rollups that it refers to are: remove \`scheduled_refresh\``;
    problems.add(placeOf(node, 'scheduled_refresh'), message);
  }
  if (type === 'original_sql' && text.time_dimension !== undefined && !text.partition_granularity) {
    const message = 'in an original_sql the time is that of its partitions: add a `partition_granularity`';
    problems.add(placeOf(node, 'time_dimension'), message);
  }
}

const RANGES = ['build_range_start', 'build_range_end', 'refresh_range_start', 'refresh_range_end'] as const;

function checkRanges(text: PreAggregationText, node: LocatedMap, problems: Problems): void {
  const written = RANGES.filter((key) => text[key] !== undefined);
  const [first] = written;
  if (first === undefined) return;
  if (text.partition_granularity === undefined) {
    const message = `\`${first}\` has no effect without a \`partition_granularity\``;
    problems.warn(placeOf(node, first), 'key_without_effect', message);
  }
  for (const end of ['start', 'end'] as const) {
    const [today, old] = [`build_range_${end}`, `refresh_range_${end}`] as const;
    if (text[today] === undefined || text[old] === undefined) continue;
    const message = `\`${old}\` is the old name of \`${today}\`, which stands beside it and counts`;
    problems.warn(placeOf(node, old), 'key_without_effect', message);
  }
}

function placeOf(node: LocatedMap, key: string): Place {
  return node.entries.get(key)?.key ?? node.place;
}
