import { assert } from '../../model/assert.js';
import type { Chunk } from '../chunk.js';
import { LARGE, roundUnits, toUnits } from '../double-units.js';
import { type StateColumns, wholeNumbers } from './accumulator.js';
import { grow } from './grow.js';

/**
 * What two doubles for each group do not hold of a sum, exact at any size: a third double, and where that does not hold
 * it either, an integer in units of the least double. Few groups have one.
 */
export class ExactRest {
  private thirds = new Float64Array(0);
  private readonly units = new Map<number, bigint>();
  /** The sums of what is not finite. */
  private readonly beyond = new Map<number, number>();

  add(group: number, number: number): void {
    if (number - number !== 0) {
      this.beyond.set(group, (this.beyond.get(group) ?? 0) + number);
    } else if (Math.abs(number) >= LARGE) {
      this.addUnits(group, toUnits(number));
    } else {
      this.thirds = grow(this.thirds, group + 1);
      const old = this.thirds[group];
      const total = old + number;
      const added = total - old;
      const lost = old - (total - added) + (number - added);
      this.thirds[group] = total;
      if (lost !== 0) this.addUnits(group, toUnits(lost));
    }
  }

  /** The double nearest to a + b + the group's rest, of which a + b is not too large. */
  round(group: number, a: number, b: number): number {
    const beyond = this.beyond.get(group);
    if (beyond !== undefined) return beyond;
    const third = this.thirds[group] ?? 0;
    const units = this.units.get(group) ?? 0n;
    // Two doubles are added with one rounding.
    if (third === 0 && units === 0n) return a + b;
    return roundUnits(toUnits(a) + toUnits(b) + toUnits(third) + units);
  }

  /** No columns where no group has a rest. */
  states(groups: number): StateColumns {
    if (this.thirds.length === 0 && this.units.size === 0 && this.beyond.size === 0) return [];
    this.thirds = grow(this.thirds, groups);
    const beyond = new Float64Array(groups);
    for (const [group, number] of this.beyond) beyond[group] = number;
    const units = Array.from({ length: groups }, (_, group) => this.units.get(group) ?? null);
    return [
      { kind: 'number', values: this.thirds.slice(0, groups), validity: null },
      { kind: 'number', values: beyond, validity: null },
      { kind: 'wide', values: units },
    ];
  }

  addStates(states: StateColumns, chunk: Chunk): void {
    if (states.length === 0) return;
    const [thirds, beyond] = states.map((state) =>
      state.kind === 'number' ? wholeNumbers(state).values : null,
    );
    const units = states[2];
    assert(thirds !== null && beyond !== null && units.kind === 'wide', 'the states of a rest');
    for (let i = 0; i < chunk.count; i++) {
      const row = chunk.row(i);
      const group = chunk.groups[i];
      if (thirds[row] !== 0) this.add(group, thirds[row]);
      if (beyond[row] !== 0) this.add(group, beyond[row]);
      const exact = units.values[row];
      if (exact !== null) this.addUnits(group, exact);
    }
  }

  private addUnits(group: number, units: bigint): void {
    this.units.set(group, (this.units.get(group) ?? 0n) + units);
  }
}
