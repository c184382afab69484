/** The publishes that are kept, and what changed between two of them. */
import type { PartitionMeta, RollupMeta } from '../model/catalog.js';
import type { RollupId } from '../model/schema.js';
import type { Disk } from './disk.js';
import { listManifests, readManifest } from './read-state.js';

export interface PublishRecord {
  readonly number: number;
  /** ISO with Z; null where the store did not note it yet (format 0). */
  readonly publishedAt: string | null;
  readonly rollups: number;
  /** Rollups that this publish made, changed or removed; null for the oldest, of which the one before is gone. */
  readonly changed: readonly RollupId[] | null;
}

/** Newest first; damaged manifests are left out. */
export async function listHistory(disk: Disk, directory: string): Promise<readonly PublishRecord[]> {
  const records: PublishRecord[] = [];
  let before: ReadonlyMap<RollupId, string> | null = null;
  for (const number of (await listManifests(disk, directory)).toReversed()) {
    const manifest = await readManifest(disk, directory, number);
    if (manifest === 'gone' || manifest === 'damaged') continue;
    const { publishedAt, rollups } = manifest;
    const states = new Map(rollups.map((rollup) => [rollup.id, JSON.stringify(rollup)]));
    records.push({
      number,
      publishedAt: publishedAt === null ? null : new Date(publishedAt).toISOString(),
      rollups: rollups.length,
      changed: before === null ? null : changedKeys(before, states),
    });
    before = states;
  }
  return records.toReversed();
}

function changedKeys(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  const keys = new Set([...before.keys(), ...after.keys()]);
  return [...keys].filter((key) => before.get(key) !== after.get(key));
}

export interface RollupDifference {
  readonly rollup: RollupId;
  readonly change: 'added' | 'removed' | 'changed';
  /** Partitions that only one of the two has, or whose files differ, in order of time. */
  readonly partitions: readonly PartitionDifference[];
}

export interface PartitionDifference {
  readonly key: string;
  /** Rows in the default index; null: there is no such partition. */
  readonly before: number | null;
  readonly after: number | null;
}

/** What one publish says of a rollup against what another does; null: the same. */
export function differenceOf(
  id: RollupId,
  before: RollupMeta | undefined,
  after: RollupMeta | undefined,
): RollupDifference | null {
  const old = byKey(before);
  const now = byKey(after);
  const keys = [...new Set([...old.keys(), ...now.keys()])].toSorted();
  const partitions = keys.flatMap((key): PartitionDifference[] => {
    const [a, b] = [old.get(key), now.get(key)];
    return contentOf(a) === contentOf(b) ? [] : [{ key, before: rowsOf(a), after: rowsOf(b) }];
  });
  const change = before === undefined ? 'added' : after === undefined ? 'removed' : 'changed';
  if (change === 'changed' && partitions.length === 0 && before?.definition === after?.definition)
    return null;
  return { rollup: id, change, partitions };
}

function byKey(rollup: RollupMeta | undefined): ReadonlyMap<string, PartitionMeta> {
  return new Map((rollup?.partitions ?? []).map((partition) => [partition.key, partition]));
}

/** A build that gives the same bytes changes nothing. */
function contentOf(partition: PartitionMeta | undefined): string | null {
  return partition === undefined ? null : partition.files.map((file) => `${file.crc32}:${file.bytes}`).join();
}

function rowsOf(partition: PartitionMeta | undefined): number | null {
  return partition === undefined ? null : (partition.files[0]?.rows ?? 0);
}
