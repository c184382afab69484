import { assert } from '../assert.js';
import type { IndexDefinition, MemberId, PreAggregation, PreAggregationType } from '../schema.js';
import { checkPreAggregation } from './check-pre-aggregation.js';
import {
  checkUnique,
  mapAt,
  scalarAt,
  type Context,
  type DeclaredCube,
  type DeclaredMember,
} from './declare.js';
import { loadBuildRange } from './load-build-range.js';
import { loadIndex } from './load-index.js';
import { loadJoinPaths } from './load-join-paths.js';
import { loadPartitionGranularity, loadTimeDimensions } from './load-rollup-time.js';
import { isWithin, positionOf, type LocatedMap } from './located.js';
import { resolveMember } from './resolve-member.js';
import { rollupColumns, type RollupColumns } from './rollup-columns.js';
import type { PreAggregationText } from './structure.js';
import { writtenNames } from './written-names.js';

/**
 * Pre-aggregation number `index` of a cube. What combines rollups is compared with them later, by `checkCombinations`.
 */
export function loadPreAggregation(index: number, cube: DeclaredCube, context: Context): PreAggregation {
  const text = cube.text.pre_aggregations?.[index];
  assert(text !== undefined, 'the cube holds the pre-aggregation');
  const node = mapAt(cube.node, ['pre_aggregations', index]);
  const type = text.type ?? 'rollup';
  const faults = context.problems.count;
  const measures = loadList('measures', 'measure', text, node, cube, context);
  const dimensions = loadList('dimensions', 'dimension', text, node, cube, context);
  const segments = loadList('segments', 'segment', text, node, cube, context);
  const timeDimensions = loadTimeDimensions(text, node, cube, context);
  const columns = rollupColumns({ measures, dimensions, segments, timeDimensions }, node, context);
  const isSound = context.problems.count === faults;
  if (isSound && type === 'rollup' && columns.keys.size + columns.measures.size === 0) {
    context.problems.add(node.place, 'a rollup of nothing: list `measures`, `dimensions` or `segments`');
  }
  const preAggregation = {
    id: `${cube.name}.${text.name}`,
    cube: cube.name,
    name: text.name,
    type,
    measures,
    dimensions,
    segments,
    timeDimensions,
    joinPaths: loadJoinPaths(text, node, cube, context),
    ...writtenNames(text, cube.name),
    allowNonStrictDateRangeMatch: loadNonStrict(type, text, node),
    partitionGranularity: loadPartitionGranularity(text, node, timeDimensions[0] ?? null, context),
    buildRange: loadBuildRange(type, text, node, cube, context),
    priority: text.priority ?? PRIORITY_DEFAULT,
    position: positionOf(node.place),
    pointer: context.pointerTo(node.place),
    shared: context.parents.has(cube.name) || !isWithin(node.place, cube.node.place),
    keys: {
      measures: writtenKey(node, 'measures'),
      dimensions: writtenKey(node, 'dimensions'),
      segments: writtenKey(node, 'segments'),
    },
  };
  const known = isSound && KNOWS_ITS_COLUMNS.has(type) ? columns : null;
  const indexes = loadIndexes(text, node, known, cube, context);
  checkPreAggregation(preAggregation, text, node, context);
  return { ...preAggregation, indexes };
}

/** As in Foggy (E8). */
const PRIORITY_DEFAULT = 50;

/** The columns of the other types are found in the source, or chosen later. */
const KNOWS_ITS_COLUMNS: ReadonlySet<PreAggregationType> = new Set(['rollup', 'rollup_join']);

type ListKey = 'measures' | 'dimensions' | 'segments';
const LIST_OF_KIND = { measure: 'measures', dimension: 'dimensions', segment: 'segments' } as const;

/** The members of one list, each of them once, in the order in which they are written. */
function loadList(
  key: ListKey,
  kind: DeclaredMember['kind'],
  text: PreAggregationText,
  node: LocatedMap,
  cube: DeclaredCube,
  context: Context,
): MemberId[] {
  const members = new Set<MemberId>();
  for (const index of (text[key] ?? []).keys()) {
    const entry = scalarAt(node, [key, index]);
    const member = resolveMember(entry, cube, context);
    if (member === null) continue;
    if (member.kind === kind) members.add(member.id);
    else {
      const message = `\`${member.id}\` is a ${member.kind}: list it under \`${LIST_OF_KIND[member.kind]}\``;
      context.problems.add(entry.place, message);
    }
  }
  return [...members];
}

function loadIndexes(
  text: PreAggregationText,
  node: LocatedMap,
  columns: RollupColumns | null,
  cube: DeclaredCube,
  context: Context,
): IndexDefinition[] {
  const indexes = text.indexes ?? [];
  const names = indexes.map((index) => index.name);
  checkUnique(node, 'indexes', names, context.problems);
  return indexes.map((index, at) => loadIndex(index, mapAt(node, ['indexes', at]), columns, cube, context));
}

type TimeKey = 'time_dimension' | 'time_dimensions';

/** Cube's default reaches only rollups and rollup joins with a time, and only in today's spelling. */
function loadNonStrict(type: PreAggregationType, text: PreAggregationText, node: LocatedMap): boolean | null {
  if (text.allow_non_strict_date_range_match !== undefined) return text.allow_non_strict_date_range_match;
  const key = writtenKey(node, 'time_dimension') ?? writtenKey(node, 'time_dimensions');
  const hasDefault =
    key !== null && !/reference/i.test(key) && type !== 'rollup_lambda' && type !== 'auto_rollup';
  return hasDefault ? null : false;
}

/** The key as the user spelled it. */
function writtenKey(node: LocatedMap, key: ListKey | TimeKey): string | null {
  const step = node.entries.get(key)?.key.step;
  return typeof step === 'string' ? step : null;
}
