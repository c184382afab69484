/**
 * The algebra of measures. A measure is never merged as its value but as a state; states of the same kind merge, and
 * the value is finished from the merged states.
 *
 * | measure                 | states     | merge                | finish                                       |
 * |-------------------------|------------|----------------------|----------------------------------------------|
 * | count                   | count      | addition             | itself                                       |
 * | sum                     | sum        | addition             | itself, NULL when no row                     |
 * | min, max                | min, max   | min, max             | itself                                       |
 * | bool_and, bool_or       | min, max   | min, max             | itself: false stands before true             |
 * | count_distinct_approx   | sketch     | union                | Ertl's estimate                              |
 * | count_distinct          | distinct   | none                 | itself                                       |
 * | avg                     | sum, count | addition             | sum / count, NULL when the count is 0        |
 * | variance, stddev        | moments    | Chan, Golub, LeVeque | M2 / (n − 1) and its root, NULL when n < 2   |
 * | covariance, correlation | comoments  | Pébay                | C / (n − 1); C / √(M2x × M2y)                |
 * | first, last             | first, last | by time, then value | the value of that time                       |
 * | number                  | those of the measures that it refers to, or raw || its expression                |
 *
 * The formulas of moments are in `moments.ts`.
 */
import type { MeasureType } from './measure-types.js';
import { memberColumn } from './schema.js';
import type { Measure } from './schema.js';
import type { Statistic } from './moments.js';
import type { LogicalType } from './value.js';

export type StateKind =
  | 'count'
  | 'sum'
  | 'min'
  | 'max'
  | 'sketch'
  | 'moments'
  | 'comoments'
  | 'first'
  | 'last'
  | 'distinct'
  | 'raw';

/** The operation by which stored states of a kind are merged. */
export type MergeOperation = 'sum' | 'min' | 'max' | 'sketch' | 'moments' | 'comoments' | 'first' | 'last';

interface StateLaw {
  /** Null: states of the kind cannot be merged. */
  readonly merge: MergeOperation | null;
  /** The columns of a state, which are merged together. */
  readonly parts: readonly StatePart[];
}

interface StatePart {
  /** Behind the measure's own column; no member can have a name with a dollar sign. */
  readonly suffix: string;
  /** Null: as the measure's input is. */
  readonly type: LogicalType | null;
}

const INTEGER: LogicalType = { kind: 'integer' };
const DOUBLE: LogicalType = { kind: 'double' };
const OWN: readonly StatePart[] = [{ suffix: '', type: null }];
const COUNTED: readonly StatePart[] = [{ suffix: '', type: INTEGER }];
const BY_TIME: readonly StatePart[] = [
  { suffix: '$value', type: null },
  { suffix: '$time', type: { kind: 'time' } },
];

/** On disk since format 0: the suffixes and their order. */
const STATES: Readonly<Record<StateKind, StateLaw>> = {
  count: { merge: 'sum', parts: COUNTED },
  sum: { merge: 'sum', parts: OWN },
  min: { merge: 'min', parts: OWN },
  max: { merge: 'max', parts: OWN },
  sketch: { merge: 'sketch', parts: OWN },
  moments: {
    merge: 'moments',
    parts: [
      { suffix: '$count', type: INTEGER },
      { suffix: '$mean', type: DOUBLE },
      { suffix: '$m2', type: DOUBLE },
    ],
  },
  comoments: {
    merge: 'comoments',
    parts: [
      { suffix: '$count', type: INTEGER },
      { suffix: '$mean_x', type: DOUBLE },
      { suffix: '$mean_y', type: DOUBLE },
      { suffix: '$m2_x', type: DOUBLE },
      { suffix: '$m2_y', type: DOUBLE },
      { suffix: '$c', type: DOUBLE },
    ],
  },
  first: { merge: 'first', parts: BY_TIME },
  last: { merge: 'last', parts: BY_TIME },
  distinct: { merge: null, parts: COUNTED },
  raw: { merge: null, parts: OWN },
};

/** Whether states of a kind can be merged: what makes a measure additive. */
export function isMergeable(kind: StateKind): boolean {
  return STATES[kind].merge !== null;
}

export function mergeOperation(kind: StateKind): MergeOperation | null {
  return STATES[kind].merge;
}

/** The type of each column of a state; null: that of the measure's input. */
export function stateTypes(kind: StateKind): readonly (LogicalType | null)[] {
  return STATES[kind].parts.map(({ type }) => type);
}

/**
 * The state that a leaf measure is computed as by one aggregate of the source. `number` is a leaf only when it refers
 * to no measure. What is kept as several columns, see `leafValue`, is raw as one.
 */
export function stateKind(type: MeasureType): StateKind {
  switch (type) {
    case 'count':
      return 'count';
    case 'sum':
      return 'sum';
    case 'min':
    case 'bool_and':
      return 'min';
    case 'max':
    case 'bool_or':
      return 'max';
    case 'count_distinct_approx':
      return 'sketch';
    case 'count_distinct':
      return 'distinct';
    case 'avg':
    case 'variance':
    case 'stddev':
    case 'covariance':
    case 'correlation':
    case 'first':
    case 'last':
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

/** One state of one measure: what a source computes and what columns of a rollup hold. */
export interface MeasureState {
  readonly measure: Measure;
  readonly kind: StateKind;
  /** The columns that hold it, in the order of its kind's parts: `orders__count`. */
  readonly columns: readonly string[];
}

/** The name that tells a state from all others: that of its first column. */
export function stateName({ columns }: MeasureState): string {
  return columns[0];
}

/** What a leaf measure is finished from. */
export type LeafValue =
  /** The first column of the state as it is. */
  | { readonly kind: 'state'; readonly state: MeasureState }
  /** sum / count. */
  | { readonly kind: 'average'; readonly sum: MeasureState; readonly count: MeasureState }
  | { readonly kind: 'statistic'; readonly statistic: Statistic; readonly state: MeasureState };

export function leafValue(measure: Measure): LeafValue {
  const { type } = measure;
  switch (type) {
    case 'avg':
      return {
        kind: 'average',
        sum: stateOf(measure, 'sum', '$sum'),
        count: stateOf(measure, 'count', '$count'),
      };
    case 'variance':
    case 'stddev':
      return { kind: 'statistic', statistic: type, state: stateOf(measure, 'moments') };
    case 'covariance':
    case 'correlation':
      return { kind: 'statistic', statistic: type, state: stateOf(measure, 'comoments') };
    case 'first':
    case 'last':
      return { kind: 'state', state: stateOf(measure, type) };
    default:
      return { kind: 'state', state: stateOf(measure, stateKind(type)) };
  }
}

/** @param suffix of the measure's own column, where it has several states */
export function stateOf(measure: Measure, kind: StateKind, suffix = ''): MeasureState {
  const column = `${memberColumn(measure.id)}${suffix}`;
  return { measure, kind, columns: STATES[kind].parts.map((part) => column + part.suffix) };
}

export function statesOfLeaf(value: LeafValue): readonly MeasureState[] {
  return value.kind === 'average' ? [value.sum, value.count] : [value.state];
}
