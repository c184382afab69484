/** `store.status()`: what the model wants and what is there. */
import { join } from 'node:path';
import type { RollupMeta } from './model/catalog.js';
import { formatLocal } from './model/civil-time.js';
import { StoreError } from './model/errors.js';
import type { ErrorCode } from './model/errors.js';
import type { ModelWarning, RollupId } from './model/schema.js';
import { planBuild } from './planner/plan-build.js';
import type { SourceTimes } from './planner/plan-build.js';
import type { WantedRollup } from './store-build.js';
import type { House } from './store-house.js';
import { sourceTimes } from './store-source-times.js';

export interface StatusOptions {
  /** List the files of every rollup. */
  readonly files?: boolean;
  /** Ask the sources what they hold now, to tell what is not built of it. */
  readonly source?: boolean;
}

export interface StoreStatus {
  /** Absolute path of the store. */
  readonly directory: string;
  /** Counts publishes; 0: nothing was published. */
  readonly version: number;
  /** All rollups of the model, in the order of matching. */
  readonly rollups: readonly RollupStatus[];
  /** What in the model is allowed and probably not meant, with its place. */
  readonly modelWarnings: readonly ModelWarning[];
  /** Damage that the store got around, as sentences. */
  readonly warnings: readonly string[];
}

export interface RollupStatus {
  readonly id: string;
  readonly state: 'built' | 'not_built' | 'definition_changed' | 'type_not_executable';
  readonly partitions: number;
  /** In the default index. */
  readonly rows: number;
  /** Of all files. */
  readonly bytes: number;
  readonly indexes: readonly { readonly name: string | null; readonly type: string; readonly rows: number }[];
  /** ISO with Z. */
  readonly lastRefreshTime: string | null;
  /** How long ago that was; the oldest partition counts. */
  readonly ageMs: number | null;
  /**
   * Keys of the partitions that a build would make now, by what the source held when it was last looked at; with
   * `source` it is asked. Null: nothing tells, since nothing was built.
   */
  readonly unbuilt: readonly string[] | null;
  /** What ended its last build or ingest in this process, if that failed; what other processes met is not known. */
  readonly lastError: {
    readonly code: ErrorCode | null;
    readonly message: string;
    readonly at: string;
  } | null;
  /**
   * What the model's build range was at the last publish, both ends inclusive, ISO with Z; a null end has no bound.
   * Null: it has none, or nothing was built.
   */
  readonly buildRange: { readonly start: string | null; readonly end: string | null } | null;
  /** Absolute paths by index name (the default index is `default`); only when asked for. */
  readonly files?: Readonly<Record<string, readonly string[]>>;
}

export async function storeStatus(house: House, options: StatusOptions): Promise<StoreStatus> {
  const { storage } = house;
  const snapshot = await storage.reload();
  const times = options.source === true ? await askedTimes(house) : new Map<RollupId, SourceTimes | null>();
  const rollups: RollupStatus[] = [];
  // One by one: a call that looks at many rollups is made again for each page that is not read yet.
  for (const rollup of house.prepared.defined) {
    const { id } = rollup.preAggregation;
    const status = await storage.looking(snapshot, (sound) => {
      const meta = sound.rollups.get(id) ?? null;
      return {
        ...rollupStatus(storage.directory, rollup, meta, options),
        unbuilt: unbuiltOf(rollup, meta, times),
        lastError: lastErrorOf(house, id),
      };
    });
    rollups.push(status);
  }
  return {
    directory: storage.directory,
    version: snapshot.version,
    rollups,
    modelWarnings: house.prepared.model.warnings,
    warnings: storage.warnings(),
  };
}

/** Of the rollups whose source is configured. */
async function askedTimes(house: House): Promise<ReadonlyMap<RollupId, SourceTimes | null>> {
  const times = new Map<RollupId, SourceTimes | null>();
  for (const { preAggregation, shape } of house.prepared.defined) {
    if (shape === null || house.config.sources[shape.request.dataSource] === undefined) continue;
    times.set(preAggregation.id, await sourceTimes(house, shape, undefined));
  }
  return times;
}

function unbuiltOf(
  { shape, definition, preAggregation }: WantedRollup,
  meta: RollupMeta | null,
  asked: ReadonlyMap<RollupId, SourceTimes | null>,
): readonly string[] | null {
  if (shape === null) return null;
  const known = asked.get(preAggregation.id);
  if (known === undefined && meta === null) return null;
  const stored = meta === null || shape.partitionDimension === null ? null : storedTimes(meta);
  const wish = { range: null, force: false };
  const task = planBuild(shape, definition, known === undefined ? stored : known, meta, wish);
  return task?.partitions.map(({ key }) => key).toReversed() ?? [];
}

function storedTimes({ sourceRange, sourceHasNullTimes, buildRange }: RollupMeta): SourceTimes {
  return { range: sourceRange, hasNulls: sourceHasNullTimes, buildRange };
}

function lastErrorOf({ failures }: House, id: RollupId): RollupStatus['lastError'] {
  const failure = failures.get(id);
  if (failure === undefined) return null;
  const { error, at } = failure;
  return {
    code: error instanceof StoreError ? error.code : null,
    message: error instanceof Error ? error.message : String(error),
    at: new Date(at).toISOString(),
  };
}

function rollupStatus(
  directory: string,
  rollup: WantedRollup,
  meta: RollupMeta | null,
  options: StatusOptions,
): Omit<RollupStatus, 'unbuilt' | 'lastError'> {
  const partitions = meta?.partitions ?? [];
  const rowsOf = (index: number): number =>
    partitions.reduce((sum, { files }) => sum + (files[index]?.rows ?? 0), 0);
  const indexes = meta?.indexes ?? [];
  return {
    id: rollup.preAggregation.id,
    state: stateOf(rollup, meta),
    partitions: partitions.length,
    rows: rowsOf(0),
    bytes: partitions.reduce(
      (sum, { files }) => sum + files.reduce((inner, file) => inner + file.bytes, 0),
      0,
    ),
    indexes: indexes.map(({ name, type }, at) => ({ name, type, rows: rowsOf(at) })),
    lastRefreshTime: meta === null ? null : new Date(meta.lastRefreshTime).toISOString(),
    ageMs: meta === null ? null : Math.max(0, Date.now() - meta.lastRefreshTime),
    buildRange: buildRangeText(meta),
    ...(options.files === true
      ? {
          files: Object.fromEntries(
            indexes.map(({ name }, at) => [
              name ?? 'default',
              partitions.flatMap(({ files }) =>
                files[at] === undefined ? [] : [join(directory, files[at].path)],
              ),
            ]),
          ),
        }
      : {}),
  };
}

function buildRangeText(meta: RollupMeta | null): RollupStatus['buildRange'] {
  const range = meta?.buildRange ?? null;
  const iso = (ms: number | null): string | null => (ms === null ? null : `${formatLocal(ms)}Z`);
  return range === null ? null : { start: iso(range.start), end: iso(range.end) };
}

function stateOf(rollup: WantedRollup, meta: RollupMeta | null): RollupStatus['state'] {
  if (rollup.shape === null) return 'type_not_executable';
  if (meta === null) return 'not_built';
  return meta.definition === rollup.definition ? 'built' : 'definition_changed';
}
