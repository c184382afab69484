/** Obeys a build task: rows from the source, one sealed and compared file per partition and index. Publishes nothing. */
import { createHash } from 'node:crypto';
import type { StoredBatch } from '../model/batch.js';
import type { BuildReceipt, FileMeta, IndexMeta, PartitionMeta } from '../model/catalog.js';
import { StoreError } from '../model/errors.js';
import type { BuildPartition, BuildTask, Statement } from '../model/plan.js';
import type { Source } from '../sources/source.js';
import type { Staging } from '../storage/staging.js';
import { indexColumns, indexFault } from './compare-indexes.js';
import { nameMeasures } from './name-measures.js';
import { runLanes } from './run-lanes.js';

export interface BuildTools {
  readonly source: Pick<Source, 'stage'>;
  readonly staging: Staging;
  readonly statementOf: (partition: BuildPartition) => Promise<Statement>;
  /** What a receipt says of the source and of who writes. */
  readonly receipt: Pick<BuildReceipt, 'source' | 'writer'>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly signal?: AbortSignal | undefined;
  /** Partitions that are built at the same time. */
  readonly concurrency: number;
  readonly onPartition?: (partition: PartitionMeta) => void;
}

/**
 * The built partitions in the order of the task, whichever of them was ready first. After an error nothing runs any
 * more, and the staging folder can be discarded as a whole.
 */
export function buildRollup(task: BuildTask, tools: BuildTools): Promise<PartitionMeta[]> {
  return runLanes(task.partitions, tools.concurrency, tools.signal, async (partition, signal) => {
    const meta = await buildPartition(task, partition, { ...tools, signal });
    tools.onPartition?.(meta);
    return meta;
  });
}

async function buildPartition(
  task: BuildTask,
  partition: BuildPartition,
  tools: BuildTools,
): Promise<PartitionMeta> {
  try {
    return await writePartition(task, partition, tools);
  } catch (error) {
    throw nameMeasures(error, partition.request.states);
  }
}

async function writePartition(
  task: BuildTask,
  partition: BuildPartition,
  tools: BuildTools,
): Promise<PartitionMeta> {
  const { key, range } = partition;
  const builtAt = tools.now();
  const startedAt = performance.now();
  const statement = await tools.statementOf(partition);
  const rows = await tools.source.stage(statement, tools.signal);
  try {
    const files: FileMeta[] = [];
    const batches = new Map<number, StoredBatch>();
    const isCompared = task.indexes.some(isAggregate);
    for (let index = 0; index < task.indexes.length && rows.rows > 0; index++) {
      const slot = { rollup: task.rollup, partition: key, index };
      const { name: indexName, sortColumns, type } = task.indexes[index];
      const written = await rows.writeIndex(tools.staging.pathOf(slot), task.indexes[index], task.columns);
      const columns = indexColumns(task.columns, task.indexes[index]);
      const contract = {
        rows: type === 'regular' ? rows.rows : written,
        columns,
        sortColumns,
        index: indexName,
        onRead(batch: StoredBatch): void {
          if (isCompared && (index === 0 || type === 'aggregate')) batches.set(index, batch);
        },
      };
      files.push(await tools.staging.seal(slot, contract));
    }
    checkAggregates(task, key, batches);
    const receipt = {
      statement: statementHash(statement),
      groups: rows.rows,
      durationMs: Math.round(performance.now() - startedAt),
      ...tools.receipt,
    };
    return { key, range, files, builtAt, receipt };
  } finally {
    await rows.drop();
  }
}

function isAggregate({ type }: IndexMeta): boolean {
  return type === 'aggregate';
}

/**
 * What an aggregating index holds is what merging the rows of the default index gives.
 * @param batches by position of the index, as they were read back; none of a partition without rows
 */
function checkAggregates(
  task: BuildTask,
  partition: string,
  batches: ReadonlyMap<number, StoredBatch>,
): void {
  const whole = batches.get(0);
  if (whole === undefined) return;
  for (const [at, batch] of batches) {
    const index = task.indexes[at];
    const fault = isAggregate(index) ? indexFault(task.columns, index, whole, batch) : null;
    if (fault === null) continue;
    throw new StoreError('build_failed', `${task.rollup}, partition ${partition}: ${fault}`, {
      next: 'This is a fault of the build: please report it.',
    });
  }
}

function statementHash({ text, params }: Statement): string {
  return createHash('md5')
    .update(JSON.stringify([text, params]))
    .digest('hex');
}
