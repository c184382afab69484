import type { CubeDocument, MemberDocument, ModelDocument } from '../model/document.js';
import type { TableProfile } from '../model/profile.js';
import {
  type InferredDimension,
  type InferredMeasure,
  type InferredMembers,
  inferMembers,
} from './infer-members.js';
import { type InferredRollup, inferRollups } from './infer-rollups.js';
import { memberName } from './member-name.js';

/** Quantities that a rollup keeps; a wider table keeps those of its first columns. */
const ROLLUP_QUANTITIES_MAX = 8;
const ROLLUP_SKETCHES_MAX = 2;
/** A column with so many distinct values for its rows is a key. */
const KEY_SHARE = 0.9;

export interface InferredModel {
  readonly document: ModelDocument;
  /** In the order of the document. */
  readonly cubes: readonly InferredCube[];
}

export interface InferredCube extends InferredMembers {
  readonly name: string;
  readonly table: TableProfile;
  /** Empty for all cubes but the one with the most rows. */
  readonly rollups: readonly InferredRollup[];
  /** The measures that the rollups keep. */
  readonly stored: readonly InferredMeasure[];
}

/**
 * A first data model for tables of which only the columns are known: a cube for each, and up to three
 * pre-aggregations for the largest. A cube reads the table or view of its own name, which the source must have.
 */
export function inferModel(tables: readonly TableProfile[]): InferredModel {
  const largest = tables.reduce<TableProfile | null>(
    (best, table) => (best === null || table.rows > best.rows ? table : best),
    null,
  );
  const names = new Set<string>();
  const cubes = tables.map((table, position) => {
    let name = memberName(table.table, position);
    while (names.has(name)) name = `${name}_${position + 1}`;
    names.add(name);
    return inferCube(name, table, table === largest);
  });
  return { document: { cubes: cubes.map(cubeDocument) }, cubes };
}

function inferCube(name: string, table: TableProfile, withRollups: boolean): InferredCube {
  const members = inferMembers(table);
  const rollups = withRollups ? inferRollups(members, table.rows) : [];
  return { name, table, ...members, rollups, stored: storedMeasures(members.measures, table.rows) };
}

/** Calculated measures are left out: a rollup answers them from those that they refer to. */
function storedMeasures(measures: readonly InferredMeasure[], rows: number): InferredMeasure[] {
  const quantities = new Set<string>();
  const identifiers = measures.filter((measure) => measure.type === 'count_distinct_approx');
  // The distinct values of a key are its rows: only where there is nothing better.
  const repeated = identifiers.filter((measure) => (measure.column?.distinct ?? 0) < rows * KEY_SHARE);
  const sketches = (repeated.length > 0 ? repeated : identifiers).slice(0, ROLLUP_SKETCHES_MAX);
  return measures.filter((measure) => {
    if (measure.type === 'number') return false;
    if (measure.type === 'count_distinct_approx') return sketches.includes(measure);
    if (measure.column === null) return true;
    if (quantities.size < ROLLUP_QUANTITIES_MAX) quantities.add(measure.column.name);
    return quantities.has(measure.column.name);
  });
}

function cubeDocument(cube: InferredCube): CubeDocument {
  const rollups = cube.rollups.map((rollup) => rollupDocument(rollup, cube));
  return {
    name: cube.name,
    // Quoted: a file may be named `order`, which is a word of SQL.
    sql_table: `"${cube.name}"`,
    dimensions: cube.dimensions.map(dimensionDocument),
    measures: cube.measures.map(measureDocument),
    ...(rollups.length === 0 ? {} : { pre_aggregations: rollups }),
  };
}

function dimensionDocument(dimension: InferredDimension): MemberDocument {
  return { name: dimension.name, title: dimension.title, sql: dimension.sql, type: dimension.type };
}

function measureDocument(measure: InferredMeasure): MemberDocument {
  const sql = measure.sql === null ? {} : { sql: measure.sql };
  return { name: measure.name, title: measure.title, ...sql, type: measure.type };
}

function rollupDocument(rollup: InferredRollup, cube: InferredCube): MemberDocument {
  const first = rollup.dimensions[0];
  return {
    name: rollup.name,
    measures: cube.stored.map((measure) => `CUBE.${measure.name}`),
    ...(first === undefined
      ? {}
      : { dimensions: rollup.dimensions.map((dimension) => `CUBE.${dimension.name}`) }),
    ...(rollup.time === null
      ? {}
      : { time_dimension: `CUBE.${rollup.time.dimension.name}`, granularity: rollup.time.granularity }),
    ...(rollup.partitionGranularity === null ? {} : { partition_granularity: rollup.partitionGranularity }),
    ...(first === undefined || rollup.time === null
      ? {}
      : { indexes: [{ name: `for_${first.name}`, columns: [`CUBE.${first.name}`] }] }),
  };
}
