/** `store.status()`: what the model wants and what is there. */
import { join } from 'node:path';
import type { RollupMeta } from './model/catalog.js';
import { formatLocal } from './model/civil-time.js';
import type { ModelWarning } from './model/schema.js';
import type { RollupCandidate } from './planner/match-rollup.js';
import type { House } from './store-house.js';

export interface StatusOptions {
  /** List the files of every rollup. */
  readonly files?: boolean;
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
  return {
    directory: storage.directory,
    version: snapshot.version,
    rollups: await storage.looking(snapshot, (sound) =>
      house.prepared.defined.map((rollup) => {
        const meta = sound.rollups.get(rollup.preAggregation.id) ?? null;
        return rollupStatus(storage.directory, rollup, meta, options);
      }),
    ),
    modelWarnings: house.prepared.model.warnings,
    warnings: storage.warnings(),
  };
}

function rollupStatus(
  directory: string,
  rollup: Omit<RollupCandidate, 'meta'>,
  meta: RollupMeta | null,
  options: StatusOptions,
): RollupStatus {
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

function stateOf(rollup: Omit<RollupCandidate, 'meta'>, meta: RollupMeta | null): RollupStatus['state'] {
  if (rollup.shape === null) return 'type_not_executable';
  if (meta === null) return 'not_built';
  return meta.definition === rollup.definition ? 'built' : 'definition_changed';
}
