import { statesOfLeaf } from '../model/aggregates.js';
import type { LeafValue, MeasureState } from '../model/aggregates.js';
import { assert } from '../model/assert.js';
import type { GroupedBatch } from '../model/batch.js';
import { evaluateExpression } from '../model/expression.js';
import type { FinishMeasure } from '../model/plan.js';
import type { MemberId } from '../model/schema.js';
import type { LogicalType, Value } from '../model/value.js';
import { sketchCount } from './sketches/sketch-count.js';

/** Values of groups, computed when they are asked for. */
export interface FinishedColumn {
  readonly type: LogicalType;
  readonly valueAt: (row: number) => Value;
}

/** The columns of a batch by name; sketches as the numbers that they estimate. */
export function stateColumns(batch: GroupedBatch): ReadonlyMap<string, FinishedColumn> {
  return new Map(
    batch.columns.map(({ name, type, values }): [string, FinishedColumn] => [
      name,
      type.kind === 'sketch'
        ? { type: { kind: 'integer' }, valueAt: once((row) => estimate(values[row])) }
        : { type, valueAt: (row) => values[row] as Value },
    ]),
  );
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

/** The states that a measure is made of. */
export function statesOfMeasure({ value }: FinishMeasure): readonly MeasureState[] {
  return (value.kind === 'expression' ? value.leaves : [value]).flatMap(statesOfLeaf);
}

function measureOfLeaf(leaf: LeafValue): MemberId {
  return (leaf.kind === 'state' ? leaf.state : leaf.sum).measure.id;
}

function finishLeaf(leaf: LeafValue, states: ReadonlyMap<string, FinishedColumn>): FinishedColumn {
  if (leaf.kind === 'state') return stateOf(leaf.state, states);
  const sum = stateOf(leaf.sum, states);
  const count = stateOf(leaf.count, states);
  return {
    type: { kind: 'double' },
    valueAt: once((row) => {
      const rows = Number(count.valueAt(row));
      const total = rows === 0 ? null : toDouble(sum.valueAt(row), sum.type);
      return total === null ? null : total / rows;
    }),
  };
}

function stateOf(state: MeasureState, states: ReadonlyMap<string, FinishedColumn>): FinishedColumn {
  const column = states.get(state.column);
  assert(column !== undefined, `the state ${state.column} was computed`);
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
