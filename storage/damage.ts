/** What this process found to be damaged, and how the store looks without it. */
import type { CatalogSnapshot, PartitionMeta, RollupMeta } from '../model/catalog.js';
import type { RollupId } from '../model/schema.js';
import { DamagedFile } from './damaged-file.js';
import { LazyRollup } from './lazy-rollup.js';
import { RollupView } from './rollup-view.js';

export interface Damage {
  readonly rollup: RollupId;
  /** Of the partition that is not to be served; null: it was all that was left of the rollup. */
  readonly partition: string | null;
  /** Of the file that is damaged, relative to the store. */
  readonly path: string;
  /** Of the rollup when it was found: another one with each publish of it. */
  readonly state: unknown;
  /** As a sentence. */
  readonly what: string;
}

/**
 * A partition with a damaged file counts as not built, so that the source answers for its times and the next build
 * makes it again; so does a rollup that is not partitioned, or whose page is damaged.
 */
export function withoutDamage(snapshot: CatalogSnapshot, damages: readonly Damage[]): CatalogSnapshot {
  if (damages.length === 0) return snapshot;
  const rollups = new Map<RollupId, RollupMeta>();
  for (const [id, rollup] of snapshot.rollups) {
    const own = damages.filter((damage) => damage.rollup === id);
    const isGone = own.some((damage) => damage.partition === null && damage.state === stateOf(rollup));
    if (isGone) continue;
    const paths = new Set(own.flatMap(({ partition, path }) => (partition === null ? [] : [path])));
    rollups.set(id, paths.size === 0 ? rollup : new DamagedRollup(rollup, paths));
  }
  return { version: snapshot.version, rollups };
}

/** The same for the same published state of a rollup. */
export function stateOf(rollup: RollupMeta | undefined): unknown {
  if (rollup instanceof DamagedRollup) return stateOf(rollup.whole);
  return rollup instanceof LazyRollup ? rollup.head.page.path : rollup;
}

/** What to set aside when reading failed; null: the error is another, or not about these rollups. */
export function damageOf(error: unknown, rollups: Iterable<RollupMeta>): Damage | null {
  if (!(error instanceof DamagedFile)) return null;
  const { path, what } = error;
  for (const rollup of rollups) {
    const damage = { rollup: rollup.id, path, state: stateOf(rollup), what };
    if (damage.state === path) return { ...damage, partition: null };
    // A page that is not read yet has led to no file.
    const partition = ifRead(rollup)?.partitions.find(({ files }) =>
      files.some((file) => file.path === path),
    );
    if (partition === undefined) continue;
    const isLast = rollup.partitionGranularity === null || rollup.partitions.length === 1;
    return { ...damage, partition: isLast ? null : partition.key };
  }
  return null;
}

function ifRead(rollup: RollupMeta): RollupMeta | null {
  const whole = rollup instanceof DamagedRollup ? rollup.whole : rollup;
  return whole instanceof LazyRollup && !whole.isRead ? null : rollup;
}

class DamagedRollup extends RollupView {
  override readonly whole: RollupMeta;
  readonly #paths: ReadonlySet<string>;
  #partitions: readonly PartitionMeta[] | null = null;

  constructor(whole: RollupMeta, paths: ReadonlySet<string>) {
    super();
    this.whole = whole;
    this.#paths = paths;
  }

  override get partitions(): readonly PartitionMeta[] {
    return (this.#partitions ??= this.whole.partitions.filter(({ files }) =>
      files.every(({ path }) => !this.#paths.has(path)),
    ));
  }
}
