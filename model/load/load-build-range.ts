import { cubeOf, type BuildRangeSql, type PreAggregationType } from '../schema.js';
import type { SqlPart, SqlTemplate } from '../sql-template.js';
import { isCombination } from './check-pre-aggregation.js';
import { scalarAt, type Context, type DeclaredCube } from './declare.js';
import { loadTemplate } from './load-template.js';
import type { LocatedMap } from './located.js';
import type { Target } from './resolve-reference.js';
import type { PreAggregationText } from './structure.js';

/** The build range of a partitioned pre-aggregation; where there are no partitions it has no effect, and is not read. */
export function loadBuildRange(
  type: PreAggregationType,
  text: PreAggregationText,
  node: LocatedMap,
  cube: DeclaredCube,
  context: Context,
): BuildRangeSql | null {
  if (text.partition_granularity === undefined || isCombination(type)) return null;
  const [start, end] = (['start', 'end'] as const).map((side) => {
    const key = [`build_range_${side}`, `refresh_range_${side}`].find((name) => node.entries.has(name));
    return key === undefined ? null : loadBound(key, node, cube, context);
  });
  return start === null && end === null ? null : { start, end };
}

/** A query of its own, without the rows of any cube around it, and without a query whose filters it could take. */
function loadBound(key: string, node: LocatedMap, cube: DeclaredCube, context: Context): SqlTemplate {
  const sql = scalarAt(node, [key, 'sql']);
  const template = loadTemplate(sql, cube, noTable, context, true);
  if (template.parts.some(isFilter)) {
    const message = 'a build has no filters that FILTER_PARAMS could stand for: write the time itself';
    context.problems.add(sql.place, message);
  }
  return template;
}

function noTable(target: Target): string {
  const cube = target.kind === 'cube' ? target.cube.name : cubeOf(target.id);
  return `a build range is a query of its own, without the columns of \`${cube}\`: name a table, or read \`FROM {${cube}.sql()}\``;
}

function isFilter(part: SqlPart): boolean {
  return part.kind === 'filter' || (part.kind === 'local' && part.parts.some(isFilter));
}
