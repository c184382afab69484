/** What a dimension with `sub_query: true` asks of the source. */
import { StoreError } from '../model/errors.js';
import { ALL_ROWS } from '../model/cover.js';
import type { SourceRequest } from '../model/plan.js';
import type { Cube, DataModel, Dimension, JoinPath, Measure, MemberId } from '../model/schema.js';
import type { SqlPart } from '../model/sql-template.js';
import { lookUp } from './find-member.js';
import { deepClosure, joinTree, primaryKeys } from './join-tree.js';
import { isMeasure, leafIds, measureOf, sourceState } from './leaf-states.js';

/** What a joined sub-query calls the primary key of its cube, and its value. */
export type SubQueryName = '_owner' | '_value';
const VALUE: SubQueryName = '_value';

/** The rows that a sub-query is computed over, from those of its own cube, and its value as the one state. */
export function subQueryRequest(model: DataModel, dimension: Dimension, timezone: string): SourceRequest {
  const measure = subQueryMeasure(model, dimension);
  const keys = primaryKeys(model, dimension.cube).map(({ id }) => id);
  const tree = joinTree(model, [...keys, ...measureMembers(model, measure)], pathsIn(dimension));
  if (tree.root !== dimension.cube) throw unreachableMeasure(dimension);
  const state = sourceState(measure);
  return {
    dataSource: (model.cubes.get(dimension.cube) as Cube).dataSource,
    tree,
    keys: [],
    // SQL reckons with the value, so it is the exact count even where the measure is an estimate.
    states: [{ ...state, kind: state.kind === 'sketch' ? 'distinct' : state.kind, columns: [VALUE] }],
    segments: [],
    countedBy: [],
    filter: null,
    boxes: ALL_ROWS,
    page: null,
    timezone,
    filterParams: 'push-down',
  };
}

/** The ways on which the SQL of a sub-query reaches its measures. */
function pathsIn({ sql }: Dimension): JoinPath[] {
  return sql.parts.flatMap((part) => ('path' in part && part.path !== undefined ? [part.path] : []));
}

/** The members that the SQL of a measure names, and the measure itself where it is one of the model's. */
export function measureMembers(model: DataModel, measure: Measure): MemberId[] {
  if (isMeasure(model, measure.id)) return [measure.id];
  return (measure.sql?.parts ?? []).flatMap((part) => (part.kind === 'member' ? [part.member] : []));
}

/** The measure that the dimension is, or its SQL over measures as a calculated one. */
function subQueryMeasure(model: DataModel, dimension: Dimension): Measure {
  const { parts } = dimension.sql;
  const first = parts.find((part) => part.kind === 'member') as Extract<SqlPart, { kind: 'member' }>;
  const measure = measureOf(model, first.member);
  if (parts.length === 1) return measure;
  const { id, sql } = dimension;
  return { ...measure, id, sql, type: 'number', filters: [] };
}

/** The sub-queries that the members need, those in sub-queries too, each with the measures whose types it needs. */
export function subQueriesOf(
  model: DataModel,
  members: readonly MemberId[],
): { readonly request: SourceRequest; readonly measures: readonly MemberId[] }[] {
  return [...deepClosure(model, members)].flatMap((id) => {
    const found = lookUp(model, id);
    if (found?.kind !== 'dimension' || !found.dimension.subQuery) return [];
    const request = subQueryRequest(model, found.dimension, 'UTC');
    const measures = request.states.flatMap(({ measure }) => [
      ...measureMembers(model, measure),
      ...leafIds(model, measure),
    ]);
    return [{ request, measures: [...new Set(measures)] }];
  });
}

function unreachableMeasure({ id, cube, position }: Dimension): StoreError {
  return new StoreError(
    'query_invalid',
    `no join leads from ${cube} to the measures of the sub-query ${id}.`,
    {
      next: `Declare a join from ${cube} to their cube.`,
      position,
    },
  );
}
