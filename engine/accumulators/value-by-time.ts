import { assert, unreachable } from '../../model/assert.js';
import { canonicalInteger, compareValues, type Value } from '../../model/value.js';
import type { Chunk } from '../chunk.js';
import type { ScanInput, StateInput } from '../scan-task.js';
import {
  valuesOf,
  wholeNumbers,
  type Accumulator,
  type GroupValues,
  type StateColumns,
} from './accumulator.js';

/**
 * The value at the least (`first`) or greatest (`last`) time. Where several rows have that time it is their least or
 * greatest value, so that the order of the rows does not matter.
 */
export class ValueByTime implements Accumulator {
  /** 1 for `first`, -1 for `last`: what has the lower sign × order wins. */
  private readonly sign: 1 | -1;
  private readonly best: Value[] = [];
  private readonly times: number[] = [];

  constructor(end: 'first' | 'last') {
    this.sign = end === 'first' ? 1 : -1;
  }

  reserve(groups: number): void {
    while (this.best.length < groups) {
      this.best.push(null);
      this.times.push(0);
    }
  }

  add([values, times]: readonly ScanInput[], chunk: Chunk): void {
    this.addValues(values, wholeNumbers(times), chunk);
  }

  states(groups: number): StateColumns {
    const best = this.best.slice(0, groups);
    const numbers = best.map((value) => {
      assert(value === null || typeof value === 'number', 'values that are no numbers stay on their thread');
      return value ?? 0;
    });
    const validity = Uint8Array.from(best, (value) => (value === null ? 0 : 1));
    return [
      { kind: 'number', values: Float64Array.from(numbers), validity },
      { kind: 'number', values: Float64Array.from(this.times.slice(0, groups)), validity },
    ];
  }

  addStates([values, times]: StateColumns, chunk: Chunk): void {
    this.addValues(values, wholeNumbers(times), chunk);
  }

  values(groups: number): readonly GroupValues[] {
    return [
      this.best.slice(0, groups),
      valuesOf(groups, (group) => (this.best[group] === null ? null : this.times[group])),
    ];
  }

  private addValues(
    values: ScanInput | StateInput,
    { values: times, validity }: ReturnType<typeof wholeNumbers>,
    chunk: Chunk,
  ): void {
    const { best, sign } = this;
    for (let i = 0; i < chunk.count; i++) {
      const row = chunk.row(i);
      if (validity !== null && validity[row] === 0) continue;
      const group = chunk.groups[i];
      const old = best[group];
      const later = sign * (times[row] - this.times[group]);
      if (old !== null && later > 0) continue;
      const value = valueAt(values, row);
      if (value === null) continue;
      if (old === null || later < 0 || sign * compareValues(value, old) < 0) {
        best[group] = value;
        this.times[group] = times[row];
      }
    }
  }
}

function valueAt(input: ScanInput | StateInput, row: number): Value {
  switch (input.kind) {
    case 'narrow':
      return input.validity !== null && input.validity[row] === 0 ? null : input.base + input.codes[row];
    case 'number':
      return input.validity !== null && input.validity[row] === 0 ? null : input.values[row];
    case 'dictionary':
      // The code of NULL is one after the last.
      return input.values.at(input.codes[row]) ?? null;
    case 'wide': {
      const value = input.values[row];
      return value === null ? null : canonicalInteger(value);
    }
    case 'sketch':
      throw new Error('a sketch is no value of a time');
    default:
      return unreachable(input);
  }
}
