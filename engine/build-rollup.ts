/** Obeys a build task: rows from the source, one sealed and compared file per partition and index. Publishes nothing. */
import { createHash } from 'node:crypto';
import { assert } from '../model/assert.js';
import type { StoredBatch } from '../model/batch.js';
import type { BuildReceipt, FileMeta, PartitionMeta } from '../model/catalog.js';
import { StoreError } from '../model/errors.js';
import { LIMITS } from '../model/limits.js';
import type { BuildPartition, BuildTask, Statement } from '../model/plan.js';
import type { TimeRange } from '../model/query.js';
import type { Source, StagedPart, StagedTimes } from '../sources/source.js';
import type { Staging } from '../storage/staging.js';
import { indexColumns, indexFault } from './compare-indexes.js';
import { nameMeasures } from './name-measures.js';
import { PartitionBatches } from './partition-batches.js';
import { runLanes } from './run-lanes.js';

export interface BuildTools {
  readonly source: Pick<Source, 'stage'>;
  readonly staging: Staging;
  /** Brings the rows of partitions that follow one another. */
  readonly statementOf: (partitions: readonly BuildPartition[]) => Promise<Statement>;
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
export async function buildRollup(task: BuildTask, tools: BuildTools): Promise<PartitionMeta[]> {
  const { partitions } = task;
  const lanes = Math.max(1, Math.min(tools.concurrency, partitions.length));
  const batches = new PartitionBatches(partitions, lanes, mostTogether(task));
  const built = new Map<string, PartitionMeta>();
  const onPartition = (meta: PartitionMeta): void => {
    built.set(meta.key, meta);
    batches.learn(meta, meta.files[0]?.rows ?? 0);
    tools.onPartition?.(meta);
  };
  await runLanes(batches, lanes, tools.signal, async (batch, signal) => {
    const left = batch.filter(({ key }) => !built.has(key));
    try {
      await buildBatch(task, left, { ...tools, signal, onPartition });
    } catch (error) {
      if (left.length === 1 || !(error instanceof StoreError) || error.code !== 'out_of_memory') throw error;
      batches.shrink(left.length);
      for (const each of left)
        if (!built.has(each.key)) await buildBatch(task, [each], { ...tools, signal, onPartition });
    }
  });
  return partitions.map(({ key }) => {
    const meta = built.get(key);
    assert(meta !== undefined, 'every partition is in a batch');
    return meta;
  });
}

/** How many partitions one statement brings, whatever rows they have. */
function mostTogether({ partitionColumn, columns }: BuildTask): number {
  if (partitionColumn === null) return 1;
  // Sketches, and what cannot be merged, are made of lists.
  const isListed = columns.some(
    ({ role }) => role.kind === 'measure' && (role.merge === 'sketch' || role.merge === null),
  );
  return isListed ? LIMITS.stagedListed : Infinity;
}

interface BatchTools extends BuildTools {
  readonly onPartition: (partition: PartitionMeta) => void;
}

async function buildBatch(
  task: BuildTask,
  batch: readonly BuildPartition[],
  tools: BatchTools,
): Promise<void> {
  try {
    await writeBatch(task, batch, tools);
  } catch (error) {
    throw nameMeasures(error, batch[0].request.states);
  }
}

async function writeBatch(
  task: BuildTask,
  batch: readonly BuildPartition[],
  tools: BatchTools,
): Promise<void> {
  const builtAt = tools.now();
  const startedAt = performance.now();
  const statement = await tools.statementOf(batch);
  const rows = await tools.source.stage(statement, tools.signal);
  try {
    const stagedMs = (performance.now() - startedAt) / batch.length;
    let left = rows.rows;
    for (const { key, range } of batch) {
      const partAt = performance.now();
      const part = await rows.part(batch.length === 1 ? null : stagedTimes(task, range));
      left -= part.rows;
      const written = await writePartition(task, key, part, tools.staging);
      const receipt = {
        statement: statementHash(statement),
        groups: part.rows,
        durationMs: Math.round(stagedMs + performance.now() - partAt),
        filesMs: written.filesMs,
        ...tools.receipt,
      };
      tools.onPartition({ key, range, files: written.files, builtAt, receipt });
    }
    if (left !== 0) throw outside(task, left);
  } finally {
    await rows.drop();
  }
}

/** @param rows negative: they are in several partitions */
function outside({ rollup }: BuildTask, rows: number): StoreError {
  const where = rows > 0 ? 'lie in none of their partitions' : 'lie in two partitions';
  return new StoreError('build_failed', `${rollup}: ${Math.abs(rows)} rows of one statement ${where}.`, {
    next: 'This is a fault of the build: please report it.',
  });
}

function stagedTimes({ partitionColumn }: BuildTask, range: TimeRange | null): StagedTimes {
  assert(partitionColumn !== null && range !== null, 'partitions of one statement are told apart by a time');
  return { column: partitionColumn, ...range };
}

interface WrittenPartition {
  readonly files: FileMeta[];
  readonly filesMs: number[];
}

async function writePartition(
  task: BuildTask,
  key: string,
  part: StagedPart,
  staging: Staging,
): Promise<WrittenPartition> {
  const { rollup, indexes } = task;
  const count = part.rows > 0 ? indexes.length : 0;
  const files: FileMeta[] = [];
  const filesMs: number[] = [];
  const batches = new Map<number, StoredBatch>();
  const isCompared = indexes.some(({ type }) => type === 'aggregate');
  // The source writes the next file while this one is read back and compared.
  let writing = Promise.resolve(0);
  const write = (index: number): void => {
    writing = part.writeIndex(
      staging.pathOf({ rollup, partition: key, index }),
      indexes[index],
      task.columns,
    );
    // Who waits for it hears of it; an earlier file may fail before that.
    writing.catch(() => undefined);
  };
  try {
    let beganAt = performance.now();
    if (count > 0) write(0);
    for (let index = 0; index < count; index++) {
      const { name, sortColumns, type } = indexes[index];
      const written = await writing;
      if (index + 1 < count) write(index + 1);
      const contract = {
        rows: type === 'regular' ? part.rows : written,
        columns: indexColumns(task.columns, indexes[index]),
        sortColumns,
        index: name,
        onRead(batch: StoredBatch): void {
          if (isCompared && (index === 0 || type === 'aggregate')) batches.set(index, batch);
        },
      };
      files.push(await staging.seal({ rollup, partition: key, index }, contract));
      if (type === 'aggregate') {
        checkAggregate(task, key, index, batches);
        batches.delete(index);
      }
      const endedAt = performance.now();
      filesMs.push(tenths(endedAt - beganAt));
      beganAt = endedAt;
    }
    return { files, filesMs };
  } finally {
    await writing.catch(() => undefined);
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
