import type { Cube, CubeTable, Dimension, Join, Measure, Segment } from '../schema.js';
import { checkUnique, mapAt, scalarAt, type Context, type DeclaredCube } from './declare.js';
import { checkRefreshKey } from './check-refresh-key.js';
import { loadHierarchies } from './load-hierarchies.js';
import { loadJoin } from './load-join.js';
import { loadDimension, loadMeasure, loadSegment } from './load-members.js';
import { loadPreAggregation } from './load-pre-aggregation.js';
import { loadTemplate } from './load-template.js';
import { positionOf } from './located.js';
import type { Target } from './resolve-reference.js';
import { titleize } from './titleize.js';

/** A declared cube with every reference resolved. Faults go to the problems of `context`. */
export function loadCube(declared: DeclaredCube, context: Context): Cube {
  const { text, node, name } = declared;
  const title = text.title ?? titleize(name);
  const dimensions = new Map<string, Dimension>();
  const measures = new Map<string, Measure>();
  const segments = new Map<string, Segment>();
  for (const member of declared.members.values()) {
    const { name } = member.text;
    if (member.kind === 'dimension') dimensions.set(name, loadDimension(member, declared, title, context));
    else if (member.kind === 'measure') measures.set(name, loadMeasure(member, declared, title, context));
    else segments.set(name, loadSegment(member, declared, title, context));
  }
  if (text.refresh_key !== undefined) {
    checkRefreshKey(text.refresh_key, mapAt(node, ['refresh_key']), { kind: 'cube' }, context);
  }
  const preAggregations = text.pre_aggregations ?? [];
  const preAggregationNames = preAggregations.map((preAggregation) => preAggregation.name);
  checkUnique(node, 'pre_aggregations', preAggregationNames, context.problems);
  return {
    name,
    title,
    description: text.description ?? null,
    dataSource: text.data_source ?? 'default',
    table: loadTable(declared, context),
    extends: text.extends ?? null,
    joins: loadJoins(declared, context),
    dimensions,
    measures,
    segments,
    hierarchies: loadHierarchies(declared, context),
    preAggregations: preAggregations.map((_, index) => loadPreAggregation(index, declared, context)),
    position: positionOf(node.place),
  };
}

function loadJoins(cube: DeclaredCube, context: Context): Join[] {
  const joins: Join[] = [];
  for (const [index, text] of (cube.text.joins ?? []).entries()) {
    const join = loadJoin(text, index, cube, context);
    if (join !== null) joins.push(join);
  }
  return joins;
}

/** Exactly one of `sql_table` and `sql`. Members are read from it, so it can refer to none. */
function loadTable(cube: DeclaredCube, context: Context): CubeTable {
  const { text, node } = cube;
  const key = text.sql_table === undefined ? 'sql' : 'sql_table';
  if (text.sql !== undefined && text.sql_table !== undefined) {
    context.problems.add(
      node.entries.get('sql')?.key ?? node.place,
      'write either `sql_table` or `sql`, not both',
    );
  }
  if (text[key] === undefined) {
    context.problems.add(node.place, 'a cube needs `sql_table` or `sql`');
    return { kind: 'table', name: '' };
  }
  const query = text.sql?.trim() ?? '';
  if (key === 'sql' && /^[\w."`]+$/.test(query)) {
    const message = `\`${query}\` is the name of a table and no query. Did you mean \`sql_table: ${query}\`?`;
    context.problems.add(scalarAt(node, ['sql']).place, message);
  }
  const rule = (target: Target) =>
    target.kind === 'cube' && target.cube !== cube
      ? `the \`${key}\` of a cube cannot refer to columns of another: for its rows write \`{${target.cube.name}.sql()}\``
      : `not supported yet: references in the \`${key}\` of a cube: write the names of the columns`;
  const sql = loadTemplate(scalarAt(node, [key]), cube, rule, context, true);
  if (key === 'sql') return { kind: 'query', sql };
  if (sql.parts.some(({ kind }) => kind !== 'text')) {
    const { place } = scalarAt(node, [key]);
    context.problems.add(
      place,
      '`sql_table` is the name of a table; conditions and `cube.sql()` belong in `sql`',
    );
  }
  const name = sql.parts.map((part) => (part.kind === 'text' ? part.text : '')).join('');
  return { kind: 'table', name: name.trim() };
}
