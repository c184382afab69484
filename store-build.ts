/** `store.build()`: what to build, rollup by rollup, each published as a whole. */
import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { buildRollup } from './engine/build-rollup.js';
import type { CatalogSnapshot, RollupMeta } from './model/catalog.js';
import { errorOf, StoreError } from './model/errors.js';
import { LIMITS } from './model/limits.js';
import type { BuildTask } from './model/plan.js';
import type { TimeRange } from './model/query.js';
import type { PreAggregation } from './model/schema.js';
import { suggest } from './model/suggest.js';
import { throwIfAborted } from './model/throw-if-aborted.js';
import { parseTime } from './model/time-range.js';
import type { RollupCandidate } from './planner/match-rollup.js';
import { joinedRequest, planBuild } from './planner/plan-build.js';
import type { RollupShape } from './planner/rollup-shape.js';
import type { House } from './store-house.js';
import { indexBuilds } from './store-build-report.js';
import type { BuildReport, RollupBuild } from './store-build-report.js';
import { rollupMeta } from './store-rollup-meta.js';
import { VERSION } from './model/version.js';
import { sourceTimes } from './store-source-times.js';
import { stateOf } from './storage/damage.js';
import { peakMemoryBytes } from './storage/node-disk.js';
import { sizesOf } from './storage/rollup-page.js';
import type { Staging } from './storage/staging.js';

export interface BuildOptions {
  /** `cube.preAggregation`; default all. */
  readonly preAggregations?: readonly string[];
  /** `[from, to)` in ISO, UTC: only partitions that touch it. Rollups without partitions are built whole. */
  readonly range?: readonly [string, string];
  /** Build also what is there and current. */
  readonly force?: boolean;
  /** Partitions of one rollup that are built at the same time. Default: as the machine has processors, at most 4. */
  readonly concurrency?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: BuildProgress) => void;
}

export interface BuildProgress {
  readonly preAggregation: string;
  readonly partition: string;
  /** Partitions of this rollup that are built by now, and all that this build makes. */
  readonly done: number;
  readonly total: number;
  /** In the partition's default index. */
  readonly rows: number;
  /** Of the whole process, now. */
  readonly memoryBytes: number;
}

/** @throws StoreError; rollups that were published before the error stay, the failing one keeps its old data */
export async function buildStore(house: House, options: BuildOptions): Promise<BuildReport> {
  const startedAt = performance.now();
  const range = parseRange(options.range);
  const rollups: RollupBuild[] = [];
  for (const rollup of wantedRollups(house, options.preAggregations)) {
    try {
      rollups.push(await noteFailure(house, rollup, () => buildOne(house, rollup, range, options)));
    } catch (error) {
      // What the build has linked is garbage by now, and a full disk needs it back. If it cannot be removed, the
      // next build or opening removes it: it is the build's own error that the caller must hear.
      await house.storage.collectGarbage().catch(() => undefined);
      throw error;
    }
  }
  await house.storage.collectGarbage(false);
  const durationMs = performance.now() - startedAt;
  return { rollups, durationMs, peakMemoryBytes: await peakMemoryBytes() };
}

/** Whatever ends the making of a rollup is what `status` tells of it, until it is made. */
export async function noteFailure<T>(
  house: House,
  { preAggregation }: WantedRollup,
  make: () => Promise<T>,
): Promise<T> {
  try {
    const made = await make();
    house.failures.delete(preAggregation.id);
    return made;
  } catch (cause) {
    const error = ofRollup(preAggregation, cause);
    house.failures.set(preAggregation.id, { error, at: Date.now() });
    throw error;
  }
}

/** A value of the source that does not fit is told with the rollup, where it is not with a nearer place. */
function ofRollup({ id, position }: PreAggregation, error: unknown): unknown {
  const isPlain = error instanceof StoreError && error.code === 'value_out_of_range';
  return isPlain && error.position === undefined ? errorOf(id, error, position) : error;
}

export type WantedRollup = Omit<RollupCandidate, 'meta'>;

export function wantedRollups(house: House, names: readonly string[] | undefined): readonly WantedRollup[] {
  const { defined } = house.prepared;
  if (names === undefined) return defined;
  const known = defined.map((rollup) => rollup.preAggregation.id);
  for (const name of names) {
    if (known.includes(name)) continue;
    const near = suggest(name, known);
    throw new StoreError('query_invalid', `there is no pre-aggregation '${name}'.`, {
      next: near === null ? `There are: ${known.join(', ') || 'none'}.` : `Did you mean '${near}'?`,
    });
  }
  return defined.filter((rollup) => names.includes(rollup.preAggregation.id));
}

async function buildOne(
  house: House,
  rollup: WantedRollup,
  range: TimeRange | null,
  options: BuildOptions,
): Promise<RollupBuild> {
  const startedAt = performance.now();
  const { shape, definition } = rollup;
  const { id, type } = rollup.preAggregation;
  const nothing = {
    preAggregation: id,
    partitionsBuilt: 0,
    partitionsKept: 0,
    rows: 0,
    bytes: 0,
    durationMs: 0,
    partitionsMs: 0,
    indexes: [],
  };
  if (shape === null) {
    return { ...nothing, outcome: 'skipped', reason: `type ${type} is not executable yet` };
  }
  throwIfAborted(options.signal);
  const before = await house.storage.reload();
  const times = await sourceTimes(house, shape, options.signal);
  const { task, current } = await house.storage.looking(before, ({ rollups }) => {
    const meta = rollups.get(id) ?? null;
    const wish = { range, force: options.force ?? false };
    return {
      task: planBuild(shape, definition, times, meta, wish),
      current: meta && {
        ...sizesOf(meta.partitions),
        ...indexBuilds(meta, []),
        partitionsKept: meta.partitions.length,
      },
    };
  });
  if (task === null) return { ...nothing, ...current, outcome: 'current' };
  const published = await buildAndPublish(house, task, shape, definition, before, options);
  return {
    preAggregation: id,
    outcome: 'built',
    partitionsBuilt: task.partitions.length,
    partitionsKept: task.kept.length,
    ...sizesOf(published.partitions),
    durationMs: performance.now() - startedAt,
    ...indexBuilds(published, task.partitions),
  };
}

async function buildAndPublish(
  house: House,
  task: BuildTask,
  shape: RollupShape,
  definition: string,
  before: CatalogSnapshot,
  options: BuildOptions,
): Promise<RollupMeta> {
  const staging = await house.storage.stage(newToken());
  try {
    let done = 0;
    const built = await buildRollup(task, {
      source: house.source(task.dataSource),
      staging,
      statementOf: (partitions) => house.statement(joinedRequest(shape, partitions)),
      receipt: { source: house.fingerprint(task.dataSource), writer: `granary ${VERSION}` },
      now: Date.now,
      signal: options.signal,
      concurrency: options.concurrency ?? buildConcurrency(),
      onPartition: ({ key, files }) => {
        done += 1;
        const rows = files[0]?.rows ?? 0;
        options.onProgress?.({
          preAggregation: task.rollup,
          partition: key,
          done,
          total: task.partitions.length,
          rows,
          memoryBytes: process.memoryUsage.rss(),
        });
      },
    });
    const meta = rollupMeta(house.config.schema, task, shape, definition, [...task.kept, ...built]);
    await publishOver(house, staging, before, meta);
    return meta;
  } finally {
    await staging.discard();
  }
}

/** Publishes over what other processes have published meanwhile, unless that is the same rollup. */
export async function publishOver(
  house: House,
  staging: Staging,
  before: CatalogSnapshot,
  meta: RollupMeta,
): Promise<void> {
  let base = before.version;
  for (let attempt = 1; ; attempt++) {
    try {
      await house.storage.publish(staging, {
        base,
        put: [meta],
        remove: [],
        ...(house.config.keep === null ? {} : { keep: house.config.keep }),
      });
      return;
    } catch (cause) {
      if (!(cause instanceof StoreError) || cause.code !== 'commit_conflict') throw cause;
      const now = await house.storage.reload();
      const isSame = stateOf(now.rollups.get(meta.id)) === stateOf(before.rollups.get(meta.id));
      if (!isSame || attempt === LIMITS.publishAttemptsMax) throw conflict(meta.id, cause);
      base = now.version;
    }
  }
}

function conflict(id: string, cause: StoreError): StoreError {
  return new StoreError('commit_conflict', `${id} was built, but another process published meanwhile.`, {
    next: 'What it published is served. Build again.',
    cause,
  });
}

/** How many partitions are built at the same time unless the caller says it. */
export function buildConcurrency(): number {
  return Math.min(availableParallelism(), LIMITS.buildConcurrencyMax);
}

/** Of this build alone, in this store and any other: it names the files. */
export function newToken(): string {
  return `${Date.now().toString(36)}${randomBytes(5).toString('hex')}`;
}

export function parseRange(range: readonly [string, string] | undefined): TimeRange | null {
  if (range === undefined) return null;
  const [from, to] = range.map((text) => parseTime(text));
  const written = JSON.stringify(range);
  if (from == null || to == null) {
    throw new StoreError('query_invalid', `range: ${written} is not a range [from, to) of times.`, {
      next: "Use ISO times in UTC, as in ['2024-01-01', '2024-02-01'].",
    });
  }
  if (to.ms <= from.ms) {
    throw new StoreError(
      'query_invalid',
      `range: ${written} holds no time: its end is not after its start.`,
      {
        next: 'Put the earlier time first; the second is exclusive.',
      },
    );
  }
  return { from: from.ms, to: to.ms };
}
