/** What is made of the description of a random model: the model as `openStore` takes it, and its tables. */
import { ownGranularities } from './random-granularities.js';
import type { ModelParts, RandomCube, RandomRollup, RandomView } from './random-model.js';

export function modelDocument({ cubes, views, rollups }: ModelParts): { readonly cubes: readonly object[] } {
  return {
    cubes: cubes.map((cube) => cubeDocument(cube, rollups)),
    ...(views.length > 0 && { views: views.map(viewDocument) }),
  };
}

function cubeDocument(cube: RandomCube, rollups: readonly RandomRollup[]): object {
  const { name, joins, composite, dimensions, measures, segments } = cube;
  return {
    name,
    sql_table: name,
    joins: joins.map(({ to, relationship, on }) => ({
      name: to,
      relationship,
      sql: on.replaceAll(`${name}.`, '{CUBE}.').replaceAll(`${to}.`, `{${to}}.`),
    })),
    dimensions: [
      ...dimensions.map(({ id, type, written, granularities }) => ({
        name: nameOf(id),
        type,
        sql: written,
        ...(id === `${name}.id` && { primary_key: true }),
        ...(granularities.length > 0 && {
          granularities: granularities.map((own) => ({ name: own, ...ownGranularities[own].document })),
        }),
      })),
      ...(composite ? [{ name: 'id2', type: 'number', sql: '{CUBE}.id + 1', primary_key: true }] : []),
    ],
    measures: measures.map(({ id, type, document }) => ({ name: nameOf(id), type, ...document })),
    segments: segments.map(({ id, sql }) => ({ name: nameOf(id), sql: ofCube(sql, name) })),
    pre_aggregations: rollups.filter((rollup) => rollup.cube === name).map(rollupDocument),
  };
}

/** SQL over the table of a cube as it stands in the model. */
export function ofCube(sql: string, cube: string): string {
  return sql.replaceAll(new RegExp(`\\b${cube}\\.`, 'g'), '{CUBE}.');
}

export function nameOf(id: string): string {
  return id.slice(id.indexOf('.') + 1);
}

function rollupDocument(rollup: RandomRollup): object {
  const { id, measures, dimensions, segments, times, partition, indexes, priority, buildRange } = rollup;
  return {
    name: nameOf(id),
    measures: measures.map((measure) => measure.id),
    dimensions: dimensions.map((dimension) => dimension.id),
    segments,
    ...(times.length > 0 && {
      time_dimensions: times.map(({ dimension, granularity }) => ({ dimension, granularity })),
    }),
    ...(partition !== null && { partition_granularity: partition }),
    ...(indexes.length > 0 && { indexes }),
    ...(priority !== null && { priority }),
    ...(buildRange !== null && {
      build_range_start: { sql: `SELECT TIMESTAMP '${buildRange[0]}'` },
      build_range_end: { sql: `SELECT TIMESTAMP '${buildRange[1]}'` },
    }),
  };
}

function viewDocument({ name, entries }: RandomView): object {
  return {
    name,
    cubes: entries.map(({ path, prefix, includes }) => ({
      join_path: path.join('.'),
      ...(prefix !== null && { prefix: true, alias: prefix }),
      includes: includes.map(({ member, alias }) => (alias === null ? member : { name: member, alias })),
    })),
  };
}

/** `CREATE TABLE` and, where there are rows, `INSERT`. */
export function tableStatements({ name, columns, rows }: RandomCube): string[] {
  const create = `CREATE TABLE ${name} (${columns.map((column) => `${column.name} ${column.type}`).join(', ')})`;
  if (rows.length === 0) return [create];
  const tuples = rows.map((row) => `(${columns.map((column) => row[column.name] ?? 'NULL').join(', ')})`);
  return [create, `INSERT INTO ${name} VALUES ${tuples.join(', ')}`];
}
