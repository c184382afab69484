/** A rollup made for one query: what is proposed where no rollup of the model is near. */
import type { PatchOperation } from '../model/plan.js';
import { grainName } from '../model/schema.js';
import type { Cube, DataModel, Granularity, MemberId, PreAggregation } from '../model/schema.js';
import { applyChanges, neededChanges } from './draft-rollup.js';
import type { Change, Holdings, KnownSpan } from './draft-rollup.js';
import type { QueryShape } from './match-rollup.js';
import { nameInRollup } from './name-in-rollup.js';

export interface Proposal {
  readonly preAggregation: PreAggregation;
  readonly changes: readonly Change[];
  readonly patch: readonly PatchOperation[];
}

/** A rollup, in the cube that counts, of exactly what the query needs, as coarse in time as it can be. */
export function proposeRollup(query: QueryShape, spanOf: KnownSpan): Proposal | null {
  const cube = query.model.cubes.get(query.tree.root) as Cube;
  const place = writtenPlace(query.model, cube);
  if (place === null) return null;
  const changes = neededChanges(query, NOTHING, spanOf);
  const name = freeName(cube, baseName(changes));
  const empty = { ...emptyRollup(cube, name), pointer: place.pointer };
  const preAggregation = applyChanges(empty, changes, query.query.joinPaths);
  return { preAggregation, changes, patch: [place.put(name, definition(preAggregation))] };
}

const NOTHING: Holdings = {
  states: new Map(),
  dimensions: new Set(),
  segments: new Set(),
  times: new Map(),
};

function emptyRollup(cube: Cube, name: string): PreAggregation {
  return {
    id: `${cube.name}.${name}`,
    cube: cube.name,
    name,
    type: 'rollup',
    measures: [],
    dimensions: [],
    segments: [],
    timeDimensions: [],
    joinPaths: [],
    writtenPaths: new Map(),
    rollups: [],
    allowNonStrictDateRangeMatch: null,
    partitionGranularity: null,
    buildRange: null,
    indexes: [],
    priority: 50,
    position: cube.position,
    pointer: '',
    shared: false,
    keys: { measures: null, dimensions: null, segments: null },
  };
}

/** As a pre-aggregation is written in YAML, without its name. */
function definition(preAggregation: PreAggregation): object {
  const nameOf = (member: MemberId): string => nameInRollup(preAggregation, member);
  const [measures, dimensions, segments] = (['measures', 'dimensions', 'segments'] as const).map((list) =>
    preAggregation[list].map(nameOf),
  );
  const timeDimensions = preAggregation.timeDimensions.map(({ dimension, granularity }) => ({
    dimension: nameOf(dimension),
    granularity: grainName(granularity),
  }));
  const [time, ...more] = timeDimensions;
  return {
    ...(measures.length > 0 && { measures }),
    ...(dimensions.length > 0 && { dimensions }),
    ...(segments.length > 0 && { segments }),
    ...(time !== undefined &&
      (more.length === 0
        ? { time_dimension: time.dimension, granularity: time.granularity }
        : { time_dimensions: timeDimensions })),
  };
}

interface WrittenPlace {
  readonly pointer: string;
  readonly put: (name: string, rollup: object) => PatchOperation;
}

/** Where the cube's pre-aggregations stand in the document, and how one is added. */
function writtenPlace(model: DataModel, { name }: Cube): WrittenPlace | null {
  const { cubes } = model.document as { readonly cubes: readonly Readonly<Record<string, unknown>>[] };
  const at = cubes.findIndex((cube) => cube['name'] === name);
  if (at < 0) return null;
  const key = ['pre_aggregations', 'preAggregations'].find((spelled) => cubes[at][spelled] != null);
  const pointer = `/cubes/${at}/${key ?? 'pre_aggregations'}`;
  if (key === undefined) {
    const put: WrittenPlace['put'] = (rollup, value) => ({
      op: 'add',
      path: pointer,
      value: [{ name: rollup, ...value }],
    });
    return { pointer, put };
  }
  const isList = Array.isArray(cubes[at][key]);
  const put: WrittenPlace['put'] = (rollup, value) =>
    isList
      ? { op: 'add', path: `${pointer}/-`, value: { name: rollup, ...value } }
      : { op: 'add', path: `${pointer}/${rollup}`, value };
  return { pointer, put };
}

/** The grain and the first key: `daily_by_status`. */
function baseName(changes: readonly Change[]): string {
  const time = changes.find((change) => change.kind === 'time');
  const key = changes.find((change) => change.kind === 'member' && change.list !== 'measures');
  const grain = time === undefined ? null : adverbOf(time.to);
  const by = key === undefined ? null : `by_${key.member.slice(key.member.indexOf('.') + 1)}`;
  return [grain, by].filter((part) => part !== null).join('_') || 'totals';
}

function adverbOf(granularity: Granularity): string {
  return granularity === 'day' ? 'daily' : `${granularity}ly`;
}

function freeName(cube: Cube, base: string): string {
  const taken = new Set(cube.preAggregations.map(({ name }) => name));
  for (let number = 2, name = base; ; number++) {
    if (!taken.has(name)) return name;
    name = `${base}_${number}`;
  }
}
