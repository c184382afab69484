/** The law of indexes: all files of a partition hold the same rows, those of an aggregating index merged. */
import type { GroupedBatch, NumberColumn, StoredBatch, StoredColumn } from '../model/batch.js';
import type { IndexMeta, RollupColumn } from '../model/catalog.js';
import type { ScanAggregate } from '../model/plan.js';
import { compareGroups } from './compare-groups.js';
import type { ComparedState, GroupDifferences } from './compare-groups.js';
import { GlobalDictionaries } from './global-dictionaries.js';
import type { Numbers } from '../storage/column-memory.js';
import { runScanSync } from './run-scan.js';
import { scratch } from './scratch.js';

/**
 * What is wrong with an index, as a sentence; null: it holds the rows of the default index.
 * @param whole the default index, with all columns
 * @param batch the index, with all of its columns
 */
export function indexFault(
  columns: readonly RollupColumn[],
  index: IndexMeta,
  whole: StoredBatch,
  batch: StoredBatch,
): string | null {
  const aggregate = index.type === 'aggregate';
  const name = `The index ${index.name ?? ''}`.trim();
  if (!aggregate && batch.rows !== whole.rows) {
    return `${name} holds ${batch.rows} rows, the default index ${whole.rows}.`;
  }
  const keys = columns.filter(({ role }) => role.kind !== 'measure').map((column) => column.name);
  const grouped = aggregate ? index.sortColumns : keys;
  const states = statesOf(columns).filter(({ operation }) => !aggregate || operation !== null);
  const wanted = groupRows(whole, grouped, states, aggregate);
  const found = groupRows(batch, grouped, states, false);
  if (found.rows !== batch.rows) return `${name} holds a group twice.`;
  const differences = compareGroups(
    wanted,
    found,
    grouped,
    states.map((state) => withSlack(state, wanted)),
  );
  return differenceText(name, differences);
}

function differenceText(name: string, { onlyOurs, onlyTheirs, first }: GroupDifferences): string | null {
  if (onlyOurs > 0) return `${name} lacks ${onlyOurs} groups of the default index.`;
  if (onlyTheirs > 0) return `${name} has ${onlyTheirs} groups that the default index has not.`;
  if (first === null) return null;
  const { column, group, ours, theirs } = first;
  return `${name} holds ${column} ${theirs} where the default index makes ${ours}, in the group ${group}.`;
}

/** The columns of an index's files. */
export function indexColumns<Column extends RollupColumn>(
  columns: readonly Column[],
  { type, sortColumns }: IndexMeta,
): readonly Column[] {
  if (type === 'regular') return columns;
  return columns.filter(({ name, role }) =>
    role.kind === 'measure' ? role.merge !== null : sortColumns.includes(name),
  );
}

/** Columns that are one state stand beside each other and share the name before the dollar sign. */
export function statesOf(columns: readonly RollupColumn[]): readonly ComparedState[] {
  const states: { columns: string[]; operation: ComparedState['operation'] }[] = [];
  for (const { name, role } of columns) {
    if (role.kind !== 'measure') continue;
    const { merge } = role;
    const last = states.at(-1);
    const isPart = merge === 'moments' || merge === 'comoments' || merge === 'first' || merge === 'last';
    if (isPart && last?.operation === merge && stem(last.columns[0]) === stem(name)) last.columns.push(name);
    else states.push({ columns: [name], operation: merge });
  }
  return states;
}

function stem(column: string): string {
  const end = column.indexOf('$');
  return end < 0 ? column : column.slice(0, end);
}

const SLACK = '|';

/**
 * The rows of a batch as groups of some of its keys, their states merged.
 * @param slack also the sums of the sizes of doubles that are added up, see `withSlack`
 */
export function groupRows(
  batch: StoredBatch,
  keys: readonly string[],
  states: readonly ComparedState[],
  slack: boolean,
): GroupedBatch {
  const sizes = slack ? doubleSizes(batch, states) : new Map<string, NumberColumn>();
  const aggregates: ScanAggregate[] = [
    // A value that cannot be merged is that of its one row, whose minimum is itself.
    ...states.map(({ columns, operation }) => ({ columns, operation: operation ?? 'min', emptyValue: null })),
    ...[...sizes.keys()].map((name) => ({ columns: [name], operation: 'sum' as const, emptyValue: null })),
  ];
  const scan = {
    keys: keys.map((column) => ({ column, output: column, bucket: null })),
    filter: null,
    aggregates,
  };
  const used = new Set([...keys, ...aggregates.flatMap(({ columns }) => columns)]);
  const columns = [...batch.columns, ...sizes].filter(([name]) => used.has(name));
  const groups = scratch().lend((place) => {
    const seen = new Map(columns.map(([name, column]) => [name, placedColumn(column, place)]));
    const own = { dictionaries: new GlobalDictionaries() };
    return runScanSync(scan, [], [{ ...batch, columns: seen }], own).batch;
  });
  return batch.rows === 0 ? { ...groups, rows: 0 } : groups;
}

/** What was read a moment ago lies outside of the memory of kernels. */
function placedColumn(column: StoredColumn, place: <T extends Numbers>(array: T) => T): StoredColumn {
  switch (column.kind) {
    case 'dictionary':
      return { ...column, codes: place(column.codes) };
    case 'number':
      return { ...column, values: place(column.values), validity: column.validity && place(column.validity) };
    case 'narrow':
      return { ...column, codes: place(column.codes), validity: column.validity && place(column.validity) };
    default:
      return column;
  }
}

function doubleSizes(batch: StoredBatch, states: readonly ComparedState[]): Map<string, NumberColumn> {
  const sizes = new Map<string, NumberColumn>();
  for (const { columns, operation } of states) {
    const column = batch.columns.get(columns[0]);
    if (operation !== 'sum' || column?.kind !== 'number' || column.type.kind !== 'double') continue;
    sizes.set(`${SLACK}${columns[0]}`, { ...column, values: column.values.map(Math.abs) });
  }
  return sizes;
}

function withSlack(state: ComparedState, groups: GroupedBatch): ComparedState {
  const slack = `${SLACK}${state.columns[0]}`;
  return groups.columns.some(({ name }) => name === slack) ? { ...state, slack } : state;
}
