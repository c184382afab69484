import { assert } from '../../model/assert.js';
import type { Chunk } from '../chunk.js';
import type { ScanInput, SketchInput } from '../scan-task.js';
import { packSketches } from '../sketches/pack-sketches.js';
import { mergeInto, sketchLike } from '../sketches/merge-sketches.js';
import type { SketchState } from '../sketches/sketch-state.js';
import type { Accumulator, StateColumns } from './accumulator.js';

/** Unions of sketches of one domain, at the coarsest precision among them. */
export class SketchUnion implements Accumulator {
  private readonly precision: number;
  private readonly sketches: (SketchState | null)[] = [];

  constructor(precision: number) {
    this.precision = precision;
  }

  reserve(groups: number): void {
    while (this.sketches.length < groups) this.sketches.push(null);
  }

  add([input]: readonly ScanInput[], chunk: Chunk): void {
    assert(input.kind === 'sketch', 'sketches are united');
    this.addSketches(input, chunk);
  }

  private addSketches({ bytes, offsets }: SketchInput, chunk: Chunk): void {
    for (let i = 0; i < chunk.count; i++) {
      const row = chunk.row(i);
      const start = offsets[row];
      const end = offsets[row + 1];
      if (start === end) continue;
      const group = chunk.groups[i];
      const sketch = (this.sketches[group] ??= sketchLike(bytes, start, this.precision));
      mergeInto(sketch, bytes, start, end);
    }
  }

  states(groups: number): StateColumns {
    return [packSketches(this.sketchesOf(groups))];
  }

  addStates([states]: StateColumns, chunk: Chunk): void {
    assert(states.kind === 'sketch', 'sketches are united');
    this.addSketches(states, chunk);
  }

  values(groups: number): [(Uint8Array | null)[]] {
    return [this.sketchesOf(groups)];
  }

  private sketchesOf(groups: number): (Uint8Array | null)[] {
    return this.sketches.slice(0, groups).map((sketch) => sketch?.toBytes() ?? null);
  }
}
