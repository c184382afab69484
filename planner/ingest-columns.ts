/** The columns of rows that are ingested into a rollup, and the names by which rows may call them. */
import { stateTypes } from '../model/aggregates.js';
import type { MeasureState } from '../model/aggregates.js';
import { StoreError } from '../model/errors.js';
import type { IngestColumn, IngestKind } from '../model/ingest-column.js';
import type { SourceKey } from '../model/plan.js';
import { memberColumn, timeName } from '../model/schema.js';
import type { DataModel, DimensionType } from '../model/schema.js';
import { suggest } from '../model/suggest.js';
import type { LogicalType } from '../model/value.js';
import { isTruth } from './leaf-states.js';
import { dimensionOf } from './output-columns.js';
import type { RollupShape } from './rollup-shape.js';

/**
 * In the order of the rollup's files.
 * @param types by column, as far as they are known
 */
export function ingestColumns(
  model: DataModel,
  { request, states }: RollupShape,
  types: ReadonlyMap<string, LogicalType>,
): readonly IngestColumn[] {
  const columns = [
    ...request.keys.map((key) => keyColumn(model, key, request.keys)),
    ...[...states.values()].flatMap(stateColumns),
  ];
  return columns.map((column) => {
    const type = types.get(column.column);
    return type === undefined ? column : { ...column, type, takes: kindOf(type, column.takes) };
  });
}

/** What the rollup holds goes before what the model says: `sql` may give another type than it names. */
function kindOf(type: LogicalType, takes: IngestKind): IngestKind {
  const isNumber = type.kind === 'integer' || type.kind === 'decimal' || type.kind === 'double';
  if (!isNumber) return type.kind;
  return takes === 'integer' ? takes : 'number';
}

function keyColumn(model: DataModel, key: SourceKey, keys: readonly SourceKey[]): IngestColumn {
  const { column, member, granularity } = key;
  const isOnly = keys.filter((other) => other.member === member).length === 1;
  const names = granularity === null ? [] : [timeName(member, granularity)];
  return {
    column,
    names: [column, ...names, ...(isOnly ? [member] : [])],
    takes: keyKind(model, key),
    type: null,
    required: key.kind === 'segment',
    grain: granularity,
    precision: null,
  };
}

const KIND_OF: Readonly<Record<DimensionType, IngestKind>> = {
  string: 'string',
  number: 'number',
  time: 'time',
  boolean: 'boolean',
};

function keyKind(model: DataModel, { kind, member }: SourceKey): IngestKind {
  if (kind === 'segment') return 'boolean';
  return kind === 'dimension' ? KIND_OF[dimensionOf(model, member).type] : 'time';
}

/** A measure of several columns calls them by its own name and their suffix: `orders.price$sum`. */
function stateColumns(state: MeasureState): IngestColumn[] {
  const { measure, columns } = state;
  const types = stateTypes(state.kind);
  return columns.map((column, part) => ({
    column,
    names: [column, measure.id + column.slice(memberColumn(measure.id).length)],
    takes: stateKind(state, types[part]?.kind ?? null),
    type: types[part],
    required: types[part]?.kind === 'integer',
    grain: null,
    precision: state.kind === 'sketch' ? measure.precision : null,
  }));
}

function stateKind({ kind, measure }: MeasureState, type: string | null): IngestKind {
  if (kind === 'sketch') return 'sketch';
  if (type !== null) return type === 'integer' || type === 'time' ? type : 'number';
  if (isTruth(measure)) return 'boolean';
  return kind === 'sum' ? 'number' : 'any';
}

/**
 * Which column each name of the given rows is; null: no row names any.
 * @throws StoreError `rows_invalid` for a name that the rollup has not, one too many, and one that is missing
 */
export function resolveColumns(
  rollup: string,
  columns: readonly IngestColumn[],
  given: readonly string[] | null,
): ReadonlyMap<string, IngestColumn> {
  if (given === null) return new Map(columns.map((column) => [column.column, column]));
  const found = new Map<string, IngestColumn>();
  for (const name of given) {
    const column = columns.find(({ names }) => names.includes(name));
    if (column === undefined) throw unknownColumn(rollup, columns, name);
    const other = [...found].find(([, taken]) => taken === column);
    if (other !== undefined) {
      throw new StoreError(
        'rows_invalid',
        `${rollup}: '${other[0]}' and '${name}' are both the column ${column.column}.`,
        { next: 'Give one of them.' },
      );
    }
    found.set(name, column);
  }
  const taken = new Set(found.values());
  const missing = columns.filter((column) => !taken.has(column)).map(({ column }) => column);
  if (missing.length === 0) return found;
  throw new StoreError('rows_invalid', `${rollup}: the rows have no column ${missing.join(', ')}.`, {
    next: 'Give every column of the rollup; docs/format.md, "Data files", tells those of each measure.',
  });
}

function unknownColumn(rollup: string, columns: readonly IngestColumn[], name: string): StoreError {
  const near = suggest(
    name,
    columns.flatMap(({ names }) => names),
  );
  return new StoreError('rows_invalid', `${rollup} has no column '${name.slice(0, 100)}'.`, {
    next:
      near === null
        ? `It has: ${columns.map(({ column }) => column).join(', ')}.`
        : `Did you mean '${near}'?`,
  });
}
