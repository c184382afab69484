import { assert } from '../model/assert.js';
import type { GroupedBatch } from '../model/batch.js';
import { StoreError } from '../model/errors.js';
import { compileTest, testFits, type Filter, type Test } from '../model/filter.js';
import type { FinishPlan, OutputColumn } from '../model/plan.js';
import type { MemberId } from '../model/schema.js';
import { formatterOf, type LogicalType, type NumberForm, type Value } from '../model/value.js';
import { finishMeasure, stateColumns, type FinishedColumn } from './finish-measure.js';
import { identity } from './identity.js';
import { orderRows } from './order-rows.js';
import { type Row, rowMaker, type RowMaker } from './row-objects.js';
import { relativeErrorsOf, type RelativeErrors } from './relative-error.js';

export interface FinishedRows {
  /** In order. A time stands under the name of its column and, once, under that of its dimension. */
  readonly data: Row[];
  /** How many. */
  readonly rows: number;
  /** The same by columns, in the order of the output. */
  readonly columns: readonly (readonly Value[])[];
  /** The number of rows before limit and offset, when it was asked for. */
  readonly total: number | null;
  readonly relativeErrors: RelativeErrors;
}

export interface FinishOptions {
  readonly numbers: NumberForm;
  /** Of the output. */
  readonly makeRows?: RowMaker;
}

/**
 * Finishes measures, filters groups, orders and cuts them, and only then makes rows of what is left.
 *
 * @throws StoreError `query_invalid` when a measure turns out to have a type that its filter does not fit
 */
export function finishRows(
  batch: GroupedBatch,
  plan: FinishPlan,
  output: readonly OutputColumn[],
  { numbers, makeRows = rowMaker(output) }: FinishOptions,
): FinishedRows {
  const states = stateColumns(batch);
  const measures = new Map(
    plan.measures.map((measure) => [measure.measure.id, finishMeasure(measure, states)]),
  );
  const columns = output.map((column): NamedColumn => ({
    output: column,
    values: column.kind === 'measure' ? get(measures, column.measure.id) : get(states, column.column),
  }));
  const passing = passingRows(batch, plan.having, measures);
  const order = plan.order.map(({ column, descending }) => ({
    values: orderedColumn(columns, column),
    descending,
  }));
  const end = plan.limit === null ? passing.length : Math.min(plan.offset + plan.limit, passing.length);
  const rows = orderRows(passing, order, end).subarray(Math.min(plan.offset, end), end);
  const formatted = columns.map((column) => formatColumn(column, rows, numbers));
  return {
    data: makeRows(formatted, rows.length),
    rows: rows.length,
    columns: formatted,
    total: plan.total ? passing.length : null,
    relativeErrors: relativeErrorsOf(plan.measures, batch, output),
  };
}

interface NamedColumn {
  readonly output: OutputColumn;
  readonly values: FinishedColumn;
}

function get(columns: ReadonlyMap<string, FinishedColumn>, name: string): FinishedColumn {
  const column = columns.get(name);
  assert(column !== undefined, `${name} was computed`);
  return column;
}

function orderedColumn(columns: readonly NamedColumn[], name: string): FinishedColumn {
  const column = columns.find(({ output }) => output.name === name);
  assert(column !== undefined, `${name} is in the answer`);
  return column.values;
}

function passingRows(
  batch: GroupedBatch,
  having: Filter | null,
  measures: ReadonlyMap<MemberId, FinishedColumn>,
): Uint32Array {
  if (having === null) return identity(batch.rows);
  const passes = compileHaving(having, measures);
  const passing = new Uint32Array(batch.rows);
  let count = 0;
  for (let row = 0; row < batch.rows; row++) if (passes(row)) passing[count++] = row;
  return passing.subarray(0, count);
}

function compileHaving(
  filter: Filter,
  measures: ReadonlyMap<MemberId, FinishedColumn>,
): (row: number) => boolean {
  if (filter.kind === 'test') {
    const { type, guessed, valueAt } = get(measures, filter.member);
    const fitting = testFits(filter.test, type) ? type : guessed === true ? typeOfNothing(filter.test) : null;
    if (fitting === null) {
      throw new StoreError(
        'query_invalid',
        `the filter on ${filter.member} does not fit its type, ${type.kind}.`,
        {
          next: 'Compare it with values of that type.',
        },
      );
    }
    const predicate = compileTest(filter.test, fitting);
    return (row) => predicate(valueAt(row));
  }
  const inner = filter.filters.map((each) => compileHaving(each, measures));
  return filter.kind === 'and'
    ? (row) => inner.every((passes) => passes(row))
    : (row) => inner.some((passes) => passes(row));
}

/** What nothing told the type of may be whatever the test is about. */
function typeOfNothing(test: Test): LogicalType | null {
  return COMPARED.find((type) => testFits(test, type)) ?? null;
}

const COMPARED: readonly LogicalType[] = (['string', 'integer', 'boolean', 'time'] as const).map((kind) => ({
  kind,
}));

/** The values of one column in the rows of the answer, as they stand there. */
function formatColumn(
  { values: { type, valueAt, coded, numbers } }: NamedColumn,
  rows: Uint32Array,
  form: NumberForm,
): Value[] {
  const format = formatter(type, form);
  const formatted = new Array<Value>(rows.length);
  if (coded !== undefined && coded.dictionary.length <= rows.length) {
    const { codes, dictionary } = coded;
    const written = dictionary.map(format);
    for (let i = 0; i < rows.length; i++) formatted[i] = written[codes[rows[i]]];
  } else if (numbers !== undefined) {
    const { values, validity } = numbers;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i];
      formatted[i] = validity !== null && validity[row] === 0 ? null : format(values[row]);
    }
  } else {
    for (let i = 0; i < rows.length; i++) formatted[i] = format(valueAt(rows[i]));
  }
  return formatted;
}

function formatter(type: LogicalType, numbers: NumberForm): (value: Value) => Value {
  const format = formatterOf(type, numbers);
  if (type.kind !== 'time') return format;
  // Times are dear to write, and few of them stand in many rows.
  const written = new Map<Value, Value>();
  return (value) => {
    let text = written.get(value);
    if (text === undefined) written.set(value, (text = format(value)));
    return text;
  };
}
