/** Rows of a partition beside those that its source gives today: whether they differ, and why that may be. */
import type { GroupedBatch, StoredBatch } from '../model/batch.js';
import type { RollupColumn } from '../model/catalog.js';
import { formatValue } from '../model/value.js';
import type { DifferenceCause, SourceDifference } from '../storage/verify-store.js';
import { compareGroups } from './compare-groups.js';
import type { ComparedState } from './compare-groups.js';
import { groupRows, statesOf } from './compare-indexes.js';
import { mergePieces } from './merge-pieces.js';

export interface SourceComparison {
  readonly text: string;
  readonly difference: SourceDifference;
  /** Of each exact additive column, what the source has more; by it shifts between partitions are found. */
  readonly surplus: ReadonlyMap<string, bigint>;
}

/**
 * @param counts columns that count rows
 * @param stored the default index of the partition; null: it has no rows
 * @param source what the statement that builds the partition gives
 * @returns null where they are the same
 */
export function compareSource(
  columns: readonly RollupColumn[],
  counts: ReadonlySet<string>,
  stored: StoredBatch | null,
  source: GroupedBatch,
): SourceComparison | null {
  const keys = columns.filter(({ role }) => role.kind !== 'measure').map(({ name }) => name);
  const states = statesOf(columns);
  const ours = stored === null ? withoutRows(source) : groupRows(stored, keys, states, false);
  const { onlyOurs, onlyTheirs, changed, first } = compareGroups(ours, source, keys, states);
  if (onlyOurs === 0 && onlyTheirs === 0 && changed === 0) return null;
  const totals = states.flatMap((state) => totalOf(state, ours, source));
  const isShift =
    totals.every(({ surplus }) => surplus === 0n) && isSameWithoutTimes(columns, states, ours, source);
  const cause = isShift ? 'zone' : causeOf(totals, counts, onlyTheirs - onlyOurs);
  const total = totals.find(({ surplus }) => surplus !== 0n);
  const [measure, storedText, sourceText] =
    total !== undefined
      ? [total.column, total.ours, total.theirs]
      : first !== null
        ? [first.column, first.ours, first.theirs]
        : [null, `${ours.rows} groups`, `${source.rows} groups`];
  const groups = [
    ...(onlyTheirs > 0 ? [`the source has ${onlyTheirs} groups that it lacks`] : []),
    ...(onlyOurs > 0 ? [`it has ${onlyOurs} groups that the source has not`] : []),
    ...(changed > 0 ? [`${changed} groups hold other values`] : []),
  ];
  return {
    text: `It holds ${measure ?? 'rows'} ${storedText}, the source ${sourceText}: ${groups.join(', ')}.`,
    difference: { measure, stored: storedText, source: sourceText, cause },
    surplus: new Map(totals.map(({ column, surplus }) => [column, surplus])),
  };
}

function withoutRows({ columns }: GroupedBatch): GroupedBatch {
  return { rows: 0, columns: columns.map((column) => ({ ...column, values: [] })) };
}

interface Total {
  readonly column: string;
  readonly ours: string;
  readonly theirs: string;
  readonly stored: bigint;
  readonly source: bigint;
  readonly surplus: bigint;
}

/** Of an exact number that is added up, what all groups together have; none of any other state. */
function totalOf({ columns, operation }: ComparedState, ours: GroupedBatch, theirs: GroupedBatch): Total[] {
  if (operation !== 'sum') return [];
  const [column] = columns;
  const [our, their] = [ours, theirs].map((batch) => batch.columns.find(({ name }) => name === column));
  if (our === undefined || their === undefined) return [];
  const scales = [our, their].map(({ type }) =>
    type.kind === 'decimal' ? type.scale : type.kind === 'integer' ? 0 : null,
  );
  const [ourScale, theirScale] = scales;
  if (ourScale === null || theirScale === null) return [];
  const scale = Math.max(ourScale, theirScale);
  const sum = (values: readonly unknown[], own: number): bigint =>
    values.reduce<bigint>((total, value) => total + BigInt((value ?? 0) as number | bigint), 0n) *
    10n ** BigInt(scale - own);
  const [stored, source] = [sum(our.values, ourScale), sum(their.values, theirScale)];
  const text = (value: bigint): string => String(formatValue(value, { kind: 'decimal', scale }, 'string'));
  return [{ column, ours: text(stored), theirs: text(source), stored, source, surplus: source - stored }];
}

/** Whether the same rows merely have other times. */
function isSameWithoutTimes(
  columns: readonly RollupColumn[],
  states: readonly ComparedState[],
  ours: GroupedBatch,
  theirs: GroupedBatch,
): boolean {
  if (!columns.some(({ role }) => role.kind === 'time')) return false;
  const keys = columns
    .filter(({ role }) => role.kind === 'dimension' || role.kind === 'segment')
    .map(({ name }) => name);
  const merged = states.filter(({ operation }) => operation !== null);
  const scan = {
    keys: keys.map((column) => ({ column, output: column, bucket: null })),
    filter: null,
    aggregates: merged.map((state) => ({
      columns: state.columns,
      operation: state.operation ?? ('min' as const),
      emptyValue: null,
    })),
  };
  const [our, their] = [ours, theirs].map((batch) => mergePieces(scan, [{ batch, rollup: null }]));
  const { onlyOurs, onlyTheirs, changed } = compareGroups(our, their, keys, merged);
  return merged.length > 0 && onlyOurs === 0 && onlyTheirs === 0 && changed === 0;
}

/** From the rows that are counted, or where none are from the number of groups. */
function causeOf(totals: readonly Total[], counts: ReadonlySet<string>, groupsMore: number): DifferenceCause {
  if (groupsMore === 0 && isMultiple(totals)) return 'double_load';
  const counted = totals.filter(({ column }) => counts.has(column)).map(({ surplus }) => surplus);
  const more = counted.length === 0 ? groupsMore > 0 : counted.some((surplus) => surplus > 0n);
  const fewer = counted.length === 0 ? groupsMore < 0 : counted.some((surplus) => surplus < 0n);
  if (more === fewer) return 'unknown';
  return more ? 'late_rows' : 'deleted_rows';
}

function isMultiple(totals: readonly Total[]): boolean {
  const filled = totals.filter(({ stored, source }) => stored !== 0n || source !== 0n);
  const times = (big: 'stored' | 'source', small: 'stored' | 'source'): boolean => {
    const [one] = filled;
    if (one === undefined || one[small] === 0n) return false;
    const factor = one[big] / one[small];
    return factor >= 2n && filled.every((total) => total[small] * factor === total[big]);
  };
  return times('source', 'stored') || times('stored', 'source');
}
