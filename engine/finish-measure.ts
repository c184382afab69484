import { stateName } from '../model/aggregates.js';
import type { LeafValue, MeasureState } from '../model/aggregates.js';
import { assert, unreachable } from '../model/assert.js';
import type { GroupedBatch, GroupedCodes, GroupedColumn, GroupedNumbers } from '../model/batch.js';
import { StoreError } from '../model/errors.js';
import { evaluateExpression } from '../model/expression.js';
import { finishSpread, finishTogether } from '../model/moments.js';
import type { FinishMeasure } from '../model/plan.js';
import type { MemberId } from '../model/schema.js';
import type { LogicalType, Value } from '../model/value.js';
import { sketchCount } from './sketches/sketch-count.js';

/** Values of groups, computed when they are asked for. */
export interface FinishedColumn {
  readonly type: LogicalType;
  /** Nothing told the type: there is no value. */
  readonly guessed?: true | undefined;
  readonly valueAt: (row: number) => Value;
  /** Of the values that `valueAt` gives, where all are numbers or NULL. */
  readonly numbers?: GroupedNumbers | undefined;
  /** The same, where they are codes into a dictionary. */
  readonly coded?: GroupedCodes | undefined;
}

/** The columns of a batch by name; sketches as the numbers that they estimate. */
export function stateColumns(batch: GroupedBatch): ReadonlyMap<string, FinishedColumn> {
  return new Map(
    batch.columns.map((column): [string, FinishedColumn] => [column.name, finishedColumn(column)]),
  );
}

function finishedColumn(column: GroupedColumn): FinishedColumn {
  const { type, guessed, numbers, coded } = column;
  if (numbers !== undefined) return { type, guessed, numbers, valueAt: numberAt(numbers) };
  if (coded !== undefined) {
    const { codes, dictionary } = coded;
    return { type, guessed, coded, valueAt: (row) => dictionary[codes[row]] };
  }
  const { values } = column;
  return type.kind === 'sketch'
    ? { type: { kind: 'integer' }, valueAt: once((row) => estimate(values[row])) }
    : { type, guessed, valueAt: (row) => values[row] as Value };
}

function numberAt({ values, validity }: GroupedNumbers): (row: number) => number | null {
  return validity === null ? (row) => values[row] : (row) => (validity[row] === 1 ? values[row] : null);
}

/** A measure over the states of its groups. */
export function finishMeasure(
  { value }: FinishMeasure,
  states: ReadonlyMap<string, FinishedColumn>,
): FinishedColumn {
  if (value.kind !== 'expression') return finishLeaf(value, states);
  const leaves = new Map(value.leaves.map((leaf) => [measureOfLeaf(leaf), finishLeaf(leaf, states)]));
  return {
    type: { kind: 'double' },
    valueAt: once((row) =>
      evaluateExpression(value.expression, (measure) => {
        const leaf = leaves.get(measure);
        assert(leaf !== undefined, `${measure} is a leaf of the expression`);
        return toDouble(leaf.valueAt(row), leaf.type);
      }),
    ),
  };
}

function measureOfLeaf(leaf: LeafValue): MemberId {
  return (leaf.kind === 'average' ? leaf.sum : leaf.state).measure.id;
}

function finishLeaf(leaf: LeafValue, states: ReadonlyMap<string, FinishedColumn>): FinishedColumn {
  switch (leaf.kind) {
    case 'state':
      return columnOf(leaf.state, states);
    case 'average':
      return finishAverage(leaf, states);
    case 'statistic':
      return finishStatistic(leaf, states);
    default:
      return unreachable(leaf);
  }
}

function finishAverage(
  leaf: Extract<LeafValue, { kind: 'average' }>,
  states: ReadonlyMap<string, FinishedColumn>,
): FinishedColumn {
  const sum = columnOf(leaf.sum, states);
  const count = columnOf(leaf.count, states);
  return {
    type: { kind: 'double' },
    valueAt: once((row) => {
      const rows = Number(count.valueAt(row));
      const total = rows === 0 ? null : toDouble(sum.valueAt(row), sum.type);
      return total === null ? null : total / rows;
    }),
  };
}

function finishStatistic(
  { statistic, state }: Extract<LeafValue, { kind: 'statistic' }>,
  states: ReadonlyMap<string, FinishedColumn>,
): FinishedColumn {
  const parts = state.columns.map((name) => stored(name, states));
  const [count] = parts;
  // A source may give an integer for a double that has no fraction.
  const numberAt = (part: number, row: number): number => Number(parts[part].valueAt(row));
  const finish = (row: number): number | null => {
    const n = Number(count.valueAt(row));
    if (n < 2) return null;
    return statistic === 'variance' || statistic === 'stddev'
      ? finishSpread(statistic, n, numberAt(2, row))
      : finishTogether(statistic, n, [numberAt(3, row), numberAt(4, row), numberAt(5, row)]);
  };
  return {
    type: { kind: 'double' },
    valueAt: once((row) => {
      const value = finish(row);
      if (value === Infinity) throw tooLarge(state.measure.id, `its ${statistic} is beyond a double`);
      return value;
    }),
  };
}

/** The first column of a state. A sum must be one that the source's own type could hold. */
function columnOf(state: MeasureState, states: ReadonlyMap<string, FinishedColumn>): FinishedColumn {
  const column = stored(stateName(state), states);
  const { type, valueAt, numbers } = column;
  // A double is within both bounds where it is an exact integer.
  if (numbers !== undefined || state.kind !== 'sum' || (type.kind !== 'integer' && type.kind !== 'decimal'))
    return column;
  const [least, greatest] = type.kind === 'integer' ? INTEGERS : DECIMALS;
  return {
    ...column,
    valueAt: (row) => {
      const value = valueAt(row);
      if (typeof value === 'bigint' && (value < least || value > greatest)) {
        const bound = type.kind === 'integer' ? '128 bits' : '38 digits';
        throw tooLarge(state.measure.id, `its sum needs more than ${bound}`);
      }
      return value;
    },
  };
}

/** What a sum of integers, and one of decimals, can be in a source. */
const INTEGERS: readonly [bigint, bigint] = [-(2n ** 127n), 2n ** 127n - 1n];
const DECIMALS: readonly [bigint, bigint] = [1n - 10n ** 38n, 10n ** 38n - 1n];

function tooLarge(measure: MemberId, what: string): StoreError {
  return new StoreError('value_out_of_range', `${measure}: ${what}.`, {
    next: 'Ask for fewer rows at a time, or cast its sql to DOUBLE or to smaller units.',
  });
}

function stored(name: string, states: ReadonlyMap<string, FinishedColumn>): FinishedColumn {
  const column = states.get(name);
  assert(column !== undefined, `the state ${name} was computed`);
  return column;
}

/** A sketch of no values is NULL in a store, but its count is 0. */
function estimate(sketch: Value | Uint8Array): number {
  return sketch === null ? 0 : sketchCount(sketch as Uint8Array);
}

/** The double nearest to a number. */
function toDouble(value: Value, type: LogicalType): number | null {
  if (value === null) return null;
  if (type.kind !== 'decimal' || type.scale === 0) return Number(value);
  // 10^22 is the last power of ten that a double holds.
  return typeof value === 'number' && type.scale <= 22
    ? value / 10 ** type.scale
    : Number(`${String(value)}e-${type.scale}`);
}

/** Computes the value of each row at most once. */
function once(compute: (row: number) => Value): (row: number) => Value {
  const known: (Value | undefined)[] = [];
  return (row) => {
    let value = known[row];
    if (value === undefined) known[row] = value = compute(row);
    return value;
  };
}
