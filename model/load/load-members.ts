/** Declared members → members of the schema. */
import { PRECISION_DEFAULT } from '../aggregates.js';
import { cubeOf, type Dimension, type Measure, type MemberId, type Segment } from '../schema.js';
import type { SqlTemplate } from '../sql-template.js';
import {
  scalarAt,
  type Context,
  type DeclaredCube,
  type DeclaredDimension,
  type DeclaredMeasure,
  type DeclaredMember,
  type DeclaredSegment,
} from './declare.js';
import { loadCase } from './load-case.js';
import { loadTemplate, type Rule } from './load-template.js';
import { positionOf } from './located.js';
import { loadRollingWindow } from './load-rolling-window.js';
import { loadTimeOf } from './load-time-of.js';
import { resolveMember } from './resolve-member.js';
import { titleize } from './titleize.js';

export function loadDimension(
  member: DeclaredDimension,
  cube: DeclaredCube,
  title: string,
  context: Context,
): Dimension {
  const { text } = member;
  return {
    ...describe(member, cube, title),
    type: text.type,
    sql: loadDimensionSql(member, cube, context),
    primaryKey: text.primary_key ?? false,
    subQuery: text.sub_query ?? false,
    format: text.format ?? null,
    granularities: member.granularities,
  };
}

export function loadSegment(
  member: DeclaredSegment,
  cube: DeclaredCube,
  title: string,
  context: Context,
): Segment {
  return {
    ...describe(member, cube, title),
    sql: loadTemplate(scalarAt(member.node, ['sql']), cube, onRows('a segment'), context),
  };
}

export function loadMeasure(
  member: DeclaredMeasure,
  cube: DeclaredCube,
  title: string,
  context: Context,
): Measure {
  const { text, node } = member;
  checkMeasure(member, context);
  const conditions = (key: 'filters' | 'drill_filters'): SqlTemplate[] =>
    (text[key] ?? []).map((_, index) =>
      loadTemplate(scalarAt(node, [key, index, 'sql']), cube, onRows('a filter'), context),
    );
  return {
    ...describe(member, cube, title),
    // A running total is a sum whose window has no start.
    type: text.type === 'running_total' ? 'sum' : text.type,
    sql: loadMeasureSql(member, cube, context),
    second: loadSecond(member, cube, context),
    filters: conditions('filters'),
    drillFilters: conditions('drill_filters'),
    window: loadRollingWindow(member, context),
    precision: text.precision ?? PRECISION_DEFAULT,
    format: text.format ?? null,
    drillMembers: loadDrillMembers(member, cube, context),
  };
}

function describe(member: DeclaredMember, cube: DeclaredCube, cubeTitle: string) {
  const { id, text, node } = member;
  const shortTitle = text.title ?? titleize(text.name);
  return {
    id,
    cube: cube.name,
    name: text.name,
    title: `${cubeTitle} ${shortTitle}`,
    shortTitle,
    description: text.description ?? null,
    meta: text.meta,
    position: positionOf(node.place),
  };
}

/** `sql` or `case`. Of a sub-query, SQL about measures of other cubes. */
function loadDimensionSql(member: DeclaredDimension, cube: DeclaredCube, context: Context): SqlTemplate {
  const { text, node } = member;
  const { problems } = context;
  const placeOf = (key: string) => node.entries.get(key)?.key ?? node.place;
  if (text.case !== undefined) {
    if (text.sql !== undefined) problems.add(placeOf('case'), 'write either `sql` or `case`, not both');
    if (text.type !== 'string') {
      problems.add(placeOf('case'), `\`case\` gives text: the type is string, not ${text.type}`);
    }
    return loadCase(text.case, node, (sql) => loadTemplate(sql, cube, onRows('a case'), context));
  }
  if (text.sql === undefined) {
    problems.add(node.place, '`sql` is missing');
    return { parts: [], position: positionOf(node.place) };
  }
  const sql = scalarAt(node, ['sql']);
  if (text.sub_query !== true) return loadTemplate(sql, cube, onRows('a dimension'), context);
  if (!cube.hasPrimaryKey || text.primary_key === true) {
    problems.add(
      placeOf('sub_query'),
      `a sub-query has a value for each row of \`${cube.name}\`: mark the dimension that tells its rows apart with \`primary_key: true\``,
    );
  }
  const template = loadTemplate(sql, cube, aboutMeasures(cube), context);
  if (!template.parts.some(({ kind }) => kind === 'member')) {
    problems.add(placeOf('sub_query'), 'a sub-query is about a measure of another cube: `{orders.count}`');
  }
  return template;
}

/** What SQL about single rows may refer to. */
function onRows(what: string): Rule {
  return (target) => {
    if (target.kind === 'measure') {
      return `${what} cannot refer to the measure \`${target.id}\`: only a dimension with \`sub_query: true\` can, where the measure is of another cube`;
    }
    return noSegment(target);
  };
}

/** What the SQL of a sub-query may refer to. */
function aboutMeasures(cube: DeclaredCube): Rule {
  return (target) => {
    if (target.kind === 'measure' && cubeOf(target.id) !== cube.name) return null;
    const what =
      target.kind === 'cube' ? `columns of \`${target.cube.name}\`` : `the ${target.kind} \`${target.id}\``;
    return `a sub-query refers to measures of other cubes, not to ${what}`;
  };
}

const noSegment: Rule = (target) =>
  target.kind === 'segment'
    ? `not supported yet: a reference to the segment \`${target.id}\`; repeat its condition`
    : null;

/** What SQL that is aggregated may refer to: an aggregate of an aggregate has no meaning. */
const insideAggregate: Rule = (target) =>
  target.kind === 'measure'
    ? `an aggregate cannot hold the measure \`${target.id}\`. Refer to the column, as in \`{CUBE}.${target.text.name}\``
    : noSegment(target);

function loadMeasureSql(
  { text, node }: DeclaredMeasure,
  cube: DeclaredCube,
  context: Context,
): SqlTemplate | null {
  if (text.sql === undefined) return null;
  const rule = text.type === 'number' ? noSegment : insideAggregate;
  return loadTemplate(scalarAt(node, ['sql']), cube, rule, context);
}

/** What the measure looks at beside its `sql`: `sql2`, or a time. */
function loadSecond(member: DeclaredMeasure, cube: DeclaredCube, context: Context): SqlTemplate | null {
  const { text, node } = member;
  const { problems } = context;
  const placeOf = (key: string) => node.entries.get(key)?.key ?? node.place;
  const isPair = text.type === 'covariance' || text.type === 'correlation';
  const isByTime = text.type === 'first' || text.type === 'last';
  if (text.sql2 !== undefined && !isPair) {
    problems.add(placeOf('sql2'), '`sql2` belongs to measures of type covariance and correlation');
  }
  if (text.time_dimension !== undefined && !isByTime) {
    problems.add(placeOf('time_dimension'), '`time_dimension` belongs to measures of type first and last');
  }
  if (isByTime) return loadTimeOf(member, cube, context);
  if (!isPair) return null;
  if (text.sql2 !== undefined) return loadTemplate(scalarAt(node, ['sql2']), cube, insideAggregate, context);
  problems.add(node.place, `\`sql2\` is missing: a measure of type ${text.type} is of two values`);
  return null;
}

function checkMeasure({ text, node }: DeclaredMeasure, { problems }: Context): void {
  const placeOf = (key: string) => node.entries.get(key)?.key ?? node.place;
  if (text.sql === undefined && text.type !== 'count') {
    problems.add(node.place, `\`sql\` is missing: a measure of type ${text.type} needs one`);
  }
  if (text.precision !== undefined && text.type !== 'count_distinct_approx') {
    problems.add(placeOf('precision'), '`precision` belongs to measures of type count_distinct_approx');
  }
  if (text.filters !== undefined && text.type === 'number') {
    problems.add(
      placeOf('filters'),
      'a measure of type number has no `filters`: put them on the measures that it refers to',
    );
  }
}

function loadDrillMembers({ text, node }: DeclaredMeasure, cube: DeclaredCube, context: Context): MemberId[] {
  return (text.drill_members ?? []).flatMap((_, index) => {
    const target = resolveMember(scalarAt(node, ['drill_members', index]), cube, context);
    return target === null ? [] : [target.id];
  });
}
