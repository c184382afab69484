import type { OutputColumn } from '../model/plan.js';
import type { Query } from '../model/query.js';
import { cubeOf, memberColumn, timeColumn, timeName } from '../model/schema.js';
import type { Cube, DataModel, Dimension, MemberId, Segment } from '../model/schema.js';
import { measureOf } from './leaf-states.js';

/** The columns of the answer: dimensions, time dimensions with granularity, measures. */
export function outputColumns(model: DataModel, query: Query): OutputColumn[] {
  return [
    ...query.dimensions.map((id): OutputColumn => ({
      kind: 'dimension',
      name: id,
      column: memberColumn(id),
      dimension: dimensionOf(model, id),
    })),
    ...query.timeDimensions.flatMap(({ dimension, granularity }): OutputColumn[] =>
      granularity === null
        ? []
        : [
            {
              kind: 'time',
              name: timeName(dimension, granularity),
              column: timeColumn(dimension, granularity),
              dimension: dimensionOf(model, dimension),
              granularity,
            },
          ],
    ),
    ...query.measures.map((id): OutputColumn => ({
      kind: 'measure',
      name: id,
      column: memberColumn(id),
      measure: measureOf(model, id),
    })),
  ];
}

export function segmentOf(model: DataModel, id: MemberId): Segment {
  const cube = model.cubes.get(cubeOf(id)) as Cube;
  return cube.segments.get(id.slice(cube.name.length + 1)) as Segment;
}

export function dimensionOf(model: DataModel, id: MemberId): Dimension {
  const cube = model.cubes.get(cubeOf(id)) as Cube;
  return cube.dimensions.get(id.slice(cube.name.length + 1)) as Dimension;
}
