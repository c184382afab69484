import { assert } from '../../model/assert.js';
import type { Chunk } from '../chunk.js';
import type { ScanInput, SketchInput } from '../scan-task.js';
import { scratch } from '../scratch.js';
import { packSketches } from '../sketches/pack-sketches.js';
import { mergeInto, sketchLike } from '../sketches/merge-sketches.js';
import { Sketch } from '../sketches/sketch.js';
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

  private addSketches(input: SketchInput, chunk: Chunk): void {
    const { groups, count } = chunk;
    const rows = chunk.positions();
    for (let from = 0; from < count;) {
      const group = groups[from];
      let to = from + 1;
      while (to < count && groups[to] === group) to++;
      this.addRun(input, chunk, rows, group, from, to);
      from = to;
    }
  }

  /** Rows of one group. The kernel takes what it can, one by one what it leaves. */
  private addRun(
    { bytes, offsets }: SketchInput,
    { kernels }: Chunk,
    rows: Int32Array,
    group: number,
    from: number,
    to: number,
  ): void {
    let sketch = this.sketches[group];
    for (let i = from; i < to; i++) {
      const registers = sketch instanceof Sketch ? sketch.denseRegisters : null;
      if (registers !== null) {
        i = kernels.raiseStored(bytes, offsets, rows, i, to, this.precision, registers);
        if (i === to) return;
      }
      const start = offsets[rows[i]];
      const end = offsets[rows[i] + 1];
      if (start === end) continue;
      this.sketches[group] = sketch ??= sketchLike(bytes, start, this.precision, roomOfScan);
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

/** A union lives no longer than its scan: what leaves it are bytes. */
function roomOfScan(length: number): Uint8Array {
  return scratch().zeroed(Uint8Array, length);
}
