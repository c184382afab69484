/** Obeys a build task: rows from the source, one sealed and compared file per partition and index. Publishes nothing. */
import { createHash } from 'node:crypto';
import { assert } from '../model/assert.js';
import type { StoredBatch } from '../model/batch.js';
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
  // The source writes the next file while this one is read back and compared.
  let writing = Promise.resolve(0);
  const write = (index: number): void => {
    const path = tools.staging.pathOf({ rollup: task.rollup, partition: key, index });
    writing = rows.writeIndex(path, task.indexes[index], task.columns);
    // Who waits for it hears of it; an earlier file may fail before that.
    writing.catch(() => undefined);
  };
  try {
    const files: FileMeta[] = [];
    const filesMs: number[] = [];
    const batches = new Map<number, StoredBatch>();
    const isCompared = task.indexes.some(({ type }) => type === 'aggregate');
    const count = rows.rows > 0 ? task.indexes.length : 0;
    let beganAt = performance.now();
    if (count > 0) write(0);
    for (let index = 0; index < count; index++) {
      const { name, sortColumns, type } = task.indexes[index];
      const written = await writing;
      if (index + 1 < count) write(index + 1);
      const contract = {
        rows: type === 'regular' ? rows.rows : written,
        columns: indexColumns(task.columns, task.indexes[index]),
        sortColumns,
        index: name,
        onRead(batch: StoredBatch): void {
          if (isCompared && (index === 0 || type === 'aggregate')) batches.set(index, batch);
        },
      };
      files.push(await tools.staging.seal({ rollup: task.rollup, partition: key, index }, contract));
      if (type === 'aggregate') checkAggregate(task, key, index, batches);
      const endedAt = performance.now();
      filesMs.push(tenths(endedAt - beganAt));
      beganAt = endedAt;
    }
    const receipt = {
      statement: statementHash(statement),
      groups: rows.rows,
      durationMs: Math.round(performance.now() - startedAt),
      filesMs,
      ...tools.receipt,
    };
    return { key, range, files, builtAt, receipt };
  } finally {
    await writing.catch(() => undefined);
    await rows.drop();
  }
}

/**
 * What an aggregating index holds is what merging the rows of the default index gives.
 * @param at position of the index
 * @param batches by position of the index, as they were read back
 * @throws StoreError `build_failed`
 */
function checkAggregate(
  task: BuildTask,
  partition: string,
  at: number,
  batches: ReadonlyMap<number, StoredBatch>,
): void {
  const [whole, batch] = [batches.get(0), batches.get(at)];
  assert(whole !== undefined && batch !== undefined, 'the files were read back when they were sealed');
  const fault = indexFault(task.columns, task.indexes[at], whole, batch);
  if (fault === null) return;
  throw new StoreError('build_failed', `${task.rollup}, partition ${partition}: ${fault}`, {
    next: 'This is a fault of the build: please report it.',
  });
}

function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}

function statementHash({ text, params }: Statement): string {
  return createHash('md5')
    .update(JSON.stringify([text, params]))
    .digest('hex');
}
