import { assert } from '../../model/assert.js';
import { domainOfBytes } from '../../model/sketch-domain.js';
import type { Chunk } from '../chunk.js';
import type { ScanInput, SketchInput } from '../scan-task.js';
import { scratch } from '../scratch.js';
import { checkBytes, precisionOfBytes } from '../sketches/airlift-bytes.js';
import { packSketches } from '../sketches/pack-sketches.js';
import { mergeInto, sketchLike } from '../sketches/merge-sketches.js';
import { Sketch } from '../sketches/sketch.js';
import type { SketchState } from '../sketches/sketch-state.js';
import type { Accumulator, StateColumns } from './accumulator.js';

/** A stored sketch, which is the union as long as its group has no other: that of most groups of a fine grouping. */
class StoredSketch {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
  }

  /** A copy: columns are not kept by an answer. */
  toBytes(): Uint8Array {
    return this.bytes.slice(this.start, this.end);
  }
}

/** Unions of sketches of one domain, at the coarsest precision among them. */
export class SketchUnion implements Accumulator {
  private readonly precision: number;
  private readonly sketches: (SketchState | StoredSketch | null)[] = [];

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
    for (let i = from; i < to; i++) {
      const sketch = this.sketches[group];
      const registers = sketch instanceof Sketch ? sketch.denseRegisters : null;
      if (registers !== null) {
        i = kernels.raiseStored(bytes, offsets, rows, i, to, this.precision, registers);
        if (i === to) return;
      }
      const start = offsets[rows[i]];
      const end = offsets[rows[i] + 1];
      if (start === end) continue;
      if (sketch === null && isPlainSketch(bytes, start, end, this.precision))
        this.sketches[group] = new StoredSketch(bytes, start, end);
      else mergeInto(this.unionOf(group, bytes, start), bytes, start, end);
    }
  }

  /** That others are merged into; where there is none yet, of the domain of these bytes. */
  private unionOf(group: number, bytes: Uint8Array, start: number): SketchState {
    const sketch = this.sketches[group];
    if (sketch !== null && !(sketch instanceof StoredSketch)) return sketch;
    const union = sketchLike(sketch?.bytes ?? bytes, sketch?.start ?? start, this.precision, roomOfScan);
    if (sketch !== null) mergeInto(union, sketch.bytes, sketch.start, sketch.end);
    this.sketches[group] = union;
    return union;
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

/**
 * Whether a stored sketch can stand for itself: of Airlift's domain and of the union's own precision.
 *
 * @throws StoreError `sketch_invalid`
 */
function isPlainSketch(bytes: Uint8Array, start: number, end: number, precision: number): boolean {
  if (domainOfBytes(bytes, start) !== 'airlift' || precisionOfBytes(bytes, start, end) !== precision)
    return false;
  checkBytes(bytes, start, end, precision);
  return true;
}

/** A union lives no longer than its scan: what leaves it are bytes. */
function roomOfScan(length: number): Uint8Array {
  return scratch().zeroed(Uint8Array, length);
}
