/** Groups by stored times, counted once more in every window that holds their time. */
import { assert } from '../model/assert.js';
import type { GroupedBatch, GroupedColumn, StoredBatch } from '../model/batch.js';
import { StoreError } from '../model/errors.js';
import { LIMITS } from '../model/limits.js';
import type { RollupPiece, ScanPlan } from '../model/plan.js';
import { throwIfAborted } from '../model/throw-if-aborted.js';
import type { BucketWindow } from '../model/window-series.js';
import { GlobalDictionaries } from './global-dictionaries.js';
import { runScanSync } from './run-scan.js';
import { storeColumn } from './store-column.js';

/**
 * One scan for each window over the groups that lie in it, so that no group is held as often as there are windows.
 *
 * @param scan that made the groups
 * @throws StoreError `query_invalid` for more rows than LIMITS allow; `aborted`
 */
export async function rollWindows(
  groups: GroupedBatch,
  scan: ScanPlan,
  { series, time }: NonNullable<RollupPiece['roll']>,
  signal: AbortSignal | undefined,
): Promise<GroupedBatch> {
  const keys = scan.keys.flatMap(({ output }) =>
    output === time ? [] : [{ column: output, output, bucket: null }],
  );
  const stored = sortedByTime(groups, new Set(scan.keys.map(({ output }) => output)), time);
  const options = {
    dictionaries: new GlobalDictionaries(),
    types: new Map(groups.columns.map(({ name, type }) => [name, type])),
  };
  const countIn = ({ from, to }: Pick<BucketWindow, 'from' | 'to'>): GroupedBatch => {
    const test = { kind: 'timeRange', from, to, negated: false } as const;
    const filter = { kind: 'test', member: time, test } as const;
    return runScanSync({ keys, filter, aggregates: scan.aggregates }, [time], [stored], options).batch;
  };
  const rolled: { readonly label: number; readonly batch: GroupedBatch }[] = [];
  let rows = 0;
  for (const [at, window] of series.windows.entries()) {
    // Others have their turn, so that a call can be aborted.
    if (at % WINDOWS_AT_ONCE === 0) await new Promise((resolve) => setImmediate(resolve));
    throwIfAborted(signal);
    const batch = countIn(window);
    rows += batch.rows;
    if (rows > LIMITS.windowRowsMax) throw tooManyRows();
    rolled.push({ label: window.label, batch });
  }
  const columns = [...keys.map(({ output }) => output), ...scan.aggregates.flatMap((each) => each.columns)];
  return {
    rows,
    columns: [
      ...columns.map((name) => joined(groups, name, rolled)),
      ...(series.key === null ? [] : [labels(series.key.column, rolled)]),
    ],
  };
}

const WINDOWS_AT_ONCE = 16;

/** The groups in the form of stored rows, without those that have no time. */
function sortedByTime(groups: GroupedBatch, keys: ReadonlySet<string>, time: string): StoredBatch {
  const times = columnOf(groups, time).values as readonly (number | null)[];
  const order = Array.from(times.keys()).filter((row) => times[row] !== null);
  order.sort((a, b) => (times[a] as number) - (times[b] as number));
  const columns = groups.columns.map((column) => {
    const { name, type, values } = column;
    const sorted = { name, type, values: order.map((row) => values[row]) };
    return [name, storeColumn(sorted, type, keys.has(name))] as const;
  });
  return { rows: order.length, columns: new Map(columns), bytes: 0 };
}

function joined(
  groups: GroupedBatch,
  name: string,
  rolled: readonly { readonly batch: GroupedBatch }[],
): GroupedColumn {
  const { type } = columnOf(groups, name);
  return { name, type, values: rolled.flatMap(({ batch }) => columnOf(batch, name).values) };
}

function labels(
  name: string,
  rolled: readonly { readonly label: number; readonly batch: GroupedBatch }[],
): GroupedColumn {
  const values = rolled.flatMap(({ label, batch }) => Array.from({ length: batch.rows }, () => label));
  return { name, type: { kind: 'time' }, values };
}

function columnOf(batch: GroupedBatch, name: string): GroupedColumn {
  const column = batch.columns.find((candidate) => candidate.name === name);
  assert(column !== undefined, `the groups have ${name}`);
  return column;
}

function tooManyRows(): StoreError {
  return new StoreError(
    'query_invalid',
    `the windows of the cumulative measures have more than ${LIMITS.windowRowsMax} rows together.`,
    { next: 'Ask for a shorter dateRange, a coarser granularity or fewer dimensions.' },
  );
}
