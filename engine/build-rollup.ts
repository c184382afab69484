/** Obeys a build task: rows from the source, one sealed and compared file per partition and index. Publishes nothing. */
import { createHash } from 'node:crypto';
import type { BuildReceipt, FileMeta, PartitionMeta } from '../model/catalog.js';
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
      };
      files.push(await tools.staging.seal(slot, contract));
    }
    if (files.length > 0) await checkAggregates(task, key, tools.staging);
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

/** What an aggregating index holds is what merging the rows of the default index gives. */
async function checkAggregates(task: BuildTask, partition: string, staging: Staging): Promise<void> {
  const aggregates = task.indexes.flatMap((index, at) => (index.type === 'aggregate' ? [at] : []));
  if (aggregates.length === 0) return;
  const slot = { rollup: task.rollup, partition };
  const whole = await staging.read({ ...slot, index: 0 }, task.columns);
  for (const at of aggregates) {
    const index = task.indexes[at];
    const batch = await staging.read({ ...slot, index: at }, indexColumns(task.columns, index));
    const fault = indexFault(task.columns, index, whole, batch);
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
