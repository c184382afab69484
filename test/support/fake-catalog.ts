/** A catalog in which every rollup of a model is built, without files on a disk: for tests of the planner alone. */
import type { CatalogSnapshot, PartitionMeta, RollupMeta } from '../../dist/model/catalog.js';
import { loadObjectModel } from '../../dist/model/load/load-object-model.js';
import type { TimeRange } from '../../dist/model/query.js';
import { bucketsBetween } from '../../dist/model/time-range.js';
import type { Selection } from '../../dist/planner/choose-rollup.js';
import { partitionKey } from '../../dist/planner/plan-build.js';
import { prepareModel } from '../../dist/planner/plan-query.js';
import type { PreparedModel } from '../../dist/planner/plan-query.js';
import type { RollupShape } from '../../dist/planner/rollup-shape.js';

export function prepare(
  document: unknown,
  selection: Selection = 'first',
  securityContext: Readonly<Record<string, unknown>> = {},
): PreparedModel {
  return prepareModel(loadObjectModel(document, securityContext), (text) => text, selection);
}

/** @param range of the source's times, half-open, as ISO dates */
export function fakeCatalog(prepared: PreparedModel, from: string, to: string): CatalogSnapshot {
  const range = { from: Date.parse(from), to: Date.parse(to) };
  const rollups = prepared.rollups.flatMap(({ shape, definition }) =>
    shape === null ? [] : [rollupMeta(shape, definition, range)],
  );
  return { version: 1, rollups: new Map(rollups.map((rollup) => [rollup.id, rollup])) };
}

function rollupMeta(shape: RollupShape, definition: string, range: TimeRange): RollupMeta {
  const { id, partitionGranularity } = shape.preAggregation;
  const partitions =
    partitionGranularity === null
      ? [partition(shape, 'all', null, range)]
      : bucketsBetween(range, partitionGranularity).map((bucket) =>
          partition(shape, partitionKey(bucket.from, partitionGranularity), bucket, bucket),
        );
  return {
    id,
    definition,
    columns: shape.columns,
    indexes: shape.indexes,
    partitionGranularity,
    sourceRange: partitionGranularity === null ? null : range,
    sourceHasNullTimes: false,
    buildRange: null,
    partitions,
    lastRefreshTime: 0,
    targetTableName: 'test',
  };
}

function partition(
  shape: RollupShape,
  key: string,
  range: TimeRange | null,
  times: TimeRange,
): PartitionMeta {
  const files = shape.indexes.map((_, at) => ({
    path: `${key}-${at}`,
    bytes: 1,
    crc32: 0,
    rows: 10,
    columns: shape.columns.map(({ name, role }) => ({
      name,
      type: {
        kind: ({ time: 'time', segment: 'boolean', dimension: 'string', measure: 'integer' } as const)[
          role.kind
        ],
      },
      nulls: 0,
      min: role.kind === 'time' ? times.from : null,
      max: role.kind === 'time' ? times.to - 86_400_000 : null,
    })),
  }));
  return { key, range, files, builtAt: 0 };
}
