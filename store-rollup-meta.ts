/** What a build publishes of a rollup, with the names of its tables. */
import type { PartitionMeta, RollupMeta } from './model/catalog.js';
import type { BuildTask } from './model/plan.js';
import type { RollupShape } from './planner/rollup-shape.js';
import { tableNameOf, tableVersion } from './storage/table-version.js';

/** What is published of a rollup after a build. */
export function rollupMeta(
  schema: string,
  task: BuildTask,
  shape: RollupShape,
  definition: string,
  partitions: readonly PartitionMeta[],
): RollupMeta {
  const sorted = partitions
    .toSorted((a, b) => (a.range?.from ?? Infinity) - (b.range?.from ?? Infinity))
    .map((partition) => named(schema, task, shape, partition));
  const lastRefreshTime = Math.min(...sorted.map((partition) => partition.builtAt), Date.now());
  const { cube, name } = shape.preAggregation;
  const checksums = sorted.flatMap(({ key, files }) => [key, ...files.map((file) => file.crc32)]);
  return {
    id: task.rollup,
    definition,
    columns: task.columns.map((column) => ({ name: column.name, role: column.role })),
    indexes: task.indexes,
    partitionGranularity: task.partitionGranularity,
    sourceRange: task.sourceRange,
    sourceHasNullTimes: task.sourceHasNullTimes,
    buildRange: task.buildRange,
    partitions: sorted,
    lastRefreshTime,
    targetTableName: tableNameOf({
      schema,
      cube,
      preAggregation: name,
      content: tableVersion([shape.definition, checksums]),
      structure: tableVersion(shape.definition),
      updatedAt: lastRefreshTime,
    }),
  };
}

/** With the name of the table that Cube would have for it. */
function named(
  schema: string,
  { partitionGranularity }: BuildTask,
  { preAggregation: { cube, name }, definition }: RollupShape,
  partition: PartitionMeta,
): PartitionMeta {
  if (partitionGranularity === null || partition.targetTableName !== undefined) return partition;
  const { key, range, files, builtAt } = partition;
  const targetTableName = tableNameOf({
    schema,
    cube,
    preAggregation: name,
    partition: key,
    content: tableVersion([definition, range, files.map((file) => file.crc32)]),
    structure: tableVersion([definition, range]),
    updatedAt: builtAt,
  });
  return { ...partition, targetTableName };
}
