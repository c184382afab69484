/** Whether what was read as JSON has the shape that docs/format.md gives it: a checksum does not tell who wrote. */
import type { RollupMeta } from '../model/catalog.js';

type Shape = (value: unknown) => boolean;

const text: Shape = (value) => typeof value === 'string';
const flag: Shape = (value) => typeof value === 'boolean';
const count: Shape = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
/** Also one that is no time at all: how far it may reach is not the format's to say. */
const time: Shape = (value) => typeof value === 'number' && !Number.isNaN(value);
const value: Shape = (found) =>
  found === null || ['string', 'number', 'bigint', 'boolean'].includes(typeof found);
const orNull =
  (shape: Shape): Shape =>
  (found) =>
    found === null || shape(found);
const orAbsent =
  (shape: Shape): Shape =>
  (found) =>
    found === undefined || shape(found);
const oneOf =
  (...words: readonly unknown[]): Shape =>
  (found) =>
    words.includes(found);
const list =
  (item: Shape): Shape =>
  (found) =>
    Array.isArray(found) && found.every(item);

function record(members: Readonly<Record<string, Shape>>): Shape {
  const entries = Object.entries(members);
  return (found) =>
    typeof found === 'object' &&
    found !== null &&
    entries.every(([name, shape]) => shape((found as Record<string, unknown>)[name]));
}

const range = record({ from: time, to: time });

const role: Shape = (found) =>
  record({ kind: oneOf('dimension', 'segment') })(found) ||
  record({ kind: oneOf('time'), granularity: text })(found) ||
  record({ kind: oneOf('measure'), merge: orNull(text) })(found);

const type: Shape = (found) =>
  record({ kind: oneOf('string', 'boolean', 'integer', 'double', 'time') })(found) ||
  record({ kind: oneOf('decimal'), scale: count })(found) ||
  record({ kind: oneOf('sketch'), precision: count, domain: orAbsent(oneOf('airlift', 'pghll')) })(found);

/** A whole number of any size. */
const whole: Shape = (found) => Number.isSafeInteger(found) || typeof found === 'bigint';

const stats = record({
  name: text,
  type,
  nulls: count,
  min: value,
  max: value,
  total: orAbsent(orNull(whole)),
});

const file = record({ path: text, bytes: count, crc32: count, rows: count, columns: list(stats) });

const partition = record({ key: text, range: orNull(range), files: list(file), builtAt: time });

const rollup = record({
  id: text,
  definition: text,
  columns: list(record({ name: text, role })),
  indexes: list(
    record({
      name: orNull(text),
      type: oneOf('regular', 'aggregate'),
      sortColumns: list(text),
      listed: count,
    }),
  ),
  partitionGranularity: orNull(text),
  sourceRange: orNull(range),
  sourceHasNullTimes: flag,
  buildRange: orAbsent(orNull(record({ start: orNull(time), end: orNull(time) }))),
  partitions: list(partition),
  lastRefreshTime: time,
  targetTableName: text,
});

const head = record({
  id: text,
  definition: text,
  lastRefreshTime: time,
  targetTableName: text,
  page: record({ path: text, bytes: count, crc32: count }),
  partitions: count,
  rows: count,
  bytes: count,
});

const mark: Shape = (found) =>
  Array.isArray(found) && found.length === 2 && count(found[0]) && text(found[1]);

const manifest = record({
  format: count,
  number: count,
  publishedAt: orAbsent(time),
  keep: orAbsent(count),
  recent: list(mark),
  rollups: list((found) => head(found) || rollup(found)),
});

/**
 * Of a page: indexes sort by keys of the rollup, and each partition has a file of every index with these keys, or none
 * where it has no rows.
 */
export function isRollup(found: unknown): found is RollupMeta {
  return rollup(found) && holdsTogether(found as RollupMeta);
}

function holdsTogether({ columns, indexes, partitions }: RollupMeta): boolean {
  const names = new Set(columns.map(({ name }) => name));
  const keys = new Set(columns.flatMap(({ name, role: { kind } }) => (kind === 'measure' ? [] : [name])));
  return (
    indexes.every(
      ({ sortColumns, listed }) =>
        sortColumns.every((name) => keys.has(name)) && listed <= sortColumns.length,
    ) &&
    partitions.every(
      ({ files }) =>
        files.length === 0 ||
        (files.length === indexes.length &&
          files.every((each, at) => {
            const own = new Set(each.columns.map(({ name }) => name));
            return (
              [...own].every((name) => names.has(name)) &&
              indexes[at].sortColumns.every((key) => own.has(key))
            );
          })),
    )
  );
}

/** Of a manifest of any format up to ours. */
export function isManifest(found: unknown): boolean {
  return manifest(found);
}
