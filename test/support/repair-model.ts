/** A model of which parts were left out, without what referred to them. */
import { nameOf } from './model-document.js';
import type { ModelParts, RandomCube, RandomRollup, RandomView } from './random-model.js';

export function repairModel(parts: ModelParts): ModelParts {
  const names = new Set(parts.cubes.map(({ name }) => name));
  const cubes = parts.cubes.map((cube) => repairCube(cube, names));
  const ids = new Set(
    cubes.flatMap(({ measures, dimensions, segments }) =>
      [...measures, ...dimensions, ...segments].map(({ id }) => id),
    ),
  );
  return {
    ...parts,
    cubes,
    rollups: parts.rollups.flatMap((rollup) => repairRollup(rollup, names, ids)),
    views: parts.views.flatMap((view) => repairView(view, names, ids)),
  };
}

function repairCube(cube: RandomCube, names: ReadonlySet<string>): RandomCube {
  const joins = cube.joins.filter(({ to }) => names.has(to));
  const times = new Set(cube.dimensions.flatMap(({ id, type }) => (type === 'time' ? [nameOf(id)] : [])));
  let measures = cube.measures.filter(({ type, document: { time_dimension: time } }) =>
    type !== 'first' && type !== 'last'
      ? true
      : times.has(String(time)) || (time === undefined && times.size === 1),
  );
  // A formula may refer to a formula.
  for (let count = -1; count !== measures.length;) {
    count = measures.length;
    const ids = new Set(measures.map(({ id }) => id));
    measures = measures.filter(
      ({ formula }) => formula === null || (ids.has(formula.left) && ids.has(formula.right)),
    );
  }
  return { ...cube, joins, measures };
}

function repairRollup(
  rollup: RandomRollup,
  names: ReadonlySet<string>,
  ids: ReadonlySet<string>,
): RandomRollup[] {
  if (!names.has(rollup.cube)) return [];
  const measures = rollup.measures.filter(({ id }) => ids.has(id));
  const dimensions = rollup.dimensions.filter(({ id }) => ids.has(id));
  const segments = rollup.segments.filter((id) => ids.has(id));
  const times = rollup.times.filter(({ dimension }) => ids.has(dimension));
  if (measures.length === 0) return [];
  const keys = new Set([
    ...dimensions.map(({ id }) => id),
    ...segments,
    ...times.map(({ dimension, granularity }) => `${dimension}.${granularity}`),
  ]);
  const indexes = rollup.indexes
    .map((index) => ({ ...index, columns: index.columns.filter((column) => keys.has(column)) }))
    .filter(({ columns }) => columns.length > 0);
  const partition = times.length === 0 ? null : rollup.partition;
  return [{ ...rollup, measures, dimensions, segments, times, indexes, partition }];
}

function repairView(view: RandomView, names: ReadonlySet<string>, ids: ReadonlySet<string>): RandomView[] {
  const entries = view.entries
    .filter(({ path }) => path.every((cube) => names.has(cube)))
    .map((entry) => {
      const cube = entry.path[entry.path.length - 1];
      return {
        ...entry,
        includes: entry.includes.filter(({ member }) => ids.has(`${cube}.${nameOf(member)}`)),
      };
    })
    .filter(({ includes }) => includes.length > 0);
  return entries.length === 0 ? [] : [{ ...view, entries }];
}
