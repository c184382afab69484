import { unreachable } from '../../model/assert.js';
import type { AggregateKind, AggregateShape } from '../scan-task.js';
import type { Accumulator } from './accumulator.js';
import { DoubleSum } from './double-sum.js';
import { ExactSum } from './exact-sum.js';
import { MomentsMerge } from './moments-merge.js';
import { NumberExtreme } from './number-extreme.js';
import { SketchUnion } from './sketch-union.js';
import { ValueByTime } from './value-by-time.js';
import { ValueExtreme } from './value-extreme.js';
import { WideSum } from './wide-sum.js';

export function createAccumulator(shape: AggregateShape): Accumulator {
  switch (shape.kind) {
    case 'sum':
      return new ExactSum(shape.nullable);
    case 'wideSum':
      return new WideSum();
    case 'doubleSum':
      return new DoubleSum(shape.nullable);
    case 'min':
    case 'max':
      return new NumberExtreme(shape.kind, shape.nullable);
    case 'minValue':
      return new ValueExtreme('min');
    case 'maxValue':
      return new ValueExtreme('max');
    case 'sketch':
      return new SketchUnion(shape.precision);
    case 'moments':
    case 'comoments':
      return new MomentsMerge(shape.kind);
    case 'first':
    case 'last':
      return new ValueByTime(shape.kind);
    default:
      return unreachable(shape.kind);
  }
}

/** Whether the states of a kind can be those of groups without any row, and leave them out in the end. */
export function isCompact(kind: AggregateKind): boolean {
  return kind === 'sum' || kind === 'min' || kind === 'max';
}
