/**
 * The algebra of measures. A measure is never merged as its value but as a state; states of the same kind merge, and
 * the value is finished from the merged states.
 *
 * | measure               | states     | merge      | finish                    |
 * |-----------------------|------------|------------|---------------------------|
 * | count                 | count      | addition   | itself                    |
 * | sum                   | sum        | addition   | itself, NULL when no row  |
 * | min, max              | min, max   | min, max   | itself                    |
 * | count_distinct_approx | sketch     | union      | Ertl's estimate           |
 * | count_distinct        | distinct   | none       | itself                    |
 * | avg                   | sum, count | addition   | sum / count, NULL when the count is 0 |
 * | number                | those of the measures that it refers to, or raw | | its expression |
 */
import { memberColumn } from './schema.js';
import type { Measure, MeasureType, MemberId } from './schema.js';

export type StateKind = 'count' | 'sum' | 'min' | 'max' | 'sketch' | 'distinct' | 'raw';

/** Whether states of a kind can be merged: what makes a measure additive. */
export function isMergeable(kind: StateKind): boolean {
  return kind !== 'distinct' && kind !== 'raw';
}

/** The operation by which stored states of a kind are merged. */
export type MergeOperation = 'sum' | 'min' | 'max' | 'sketch';

export function mergeOperation(kind: StateKind): MergeOperation | null {
  switch (kind) {
    case 'count':
    case 'sum':
      return 'sum';
    case 'min':
      return 'min';
    case 'max':
      return 'max';
    case 'sketch':
      return 'sketch';
    case 'distinct':
    case 'raw':
      return null;
  }
}

/**
 * The state that a leaf measure is computed as by one aggregate of the source. `number` is a leaf only when it refers
 * to no measure. An `avg` is kept as two states, see `leafValue`; as one, it is raw.
 */
export function stateKind(type: MeasureType): StateKind {
  switch (type) {
    case 'count':
      return 'count';
    case 'sum':
      return 'sum';
    case 'min':
      return 'min';
    case 'max':
      return 'max';
    case 'count_distinct_approx':
      return 'sketch';
    case 'count_distinct':
      return 'distinct';
    case 'avg':
    case 'number':
      return 'raw';
  }
}

/** Bound on the relative error of an estimate from 2^precision registers, at three sigma. */
export function relativeErrorBound(precision: number): number {
  return (3 * 1.04) / Math.sqrt(2 ** precision);
}

export const PRECISION_DEFAULT = 12;
export const PRECISION_MIN = 10;
export const PRECISION_MAX = 16;

/** One state of one measure: what a source computes and what a rollup column holds. */
export interface MeasureState {
  readonly measure: Measure;
  readonly kind: StateKind;
  /** The column that holds it, `orders__count`. */
  readonly column: string;
}

/** What a leaf measure is finished from. */
export type LeafValue =
  | { readonly kind: 'state'; readonly state: MeasureState }
  /** sum / count. */
  | { readonly kind: 'average'; readonly sum: MeasureState; readonly count: MeasureState };

export function leafValue(measure: Measure): LeafValue {
  const column = memberColumn(measure.id);
  if (measure.type !== 'avg') {
    return { kind: 'state', state: { measure, kind: stateKind(measure.type), column } };
  }
  const [sum, count] = averageColumns(measure.id);
  return {
    kind: 'average',
    sum: { measure, kind: 'sum', column: sum },
    count: { measure, kind: 'count', column: count },
  };
}

export function statesOfLeaf(value: LeafValue): readonly MeasureState[] {
  return value.kind === 'state' ? [value.state] : [value.sum, value.count];
}

/** The columns of the sum and of the count of an `avg`; no member can have such a name. */
function averageColumns(measure: MemberId): readonly [sum: string, count: string] {
  const column = memberColumn(measure);
  return [`${column}$sum`, `${column}$count`];
}
