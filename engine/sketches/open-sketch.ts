import type { SketchState } from './sketch-state.js';
import { mergeInto, sketchLike } from './merge-sketches.js';
import { Sketch } from './sketch.js';

/** A sketch whose domain is that of what comes first: of stored sketches theirs, of values Airlift's. */
export class OpenSketch {
  private readonly precision: number;
  private state: SketchState | null = null;

  constructor(precision: number) {
    this.precision = precision;
  }

  /** See `Sketch.addEntry`. Only of a sketch that nothing of another domain was merged into. */
  addEntry(entry: number): void {
    const sketch = (this.state ??= new Sketch(this.precision));
    if (sketch instanceof Sketch) sketch.addEntry(entry);
    else throw new TypeError('values are put into sketches of domain airlift');
  }

  /** See `SketchState.mergeBytes`. */
  mergeBytes(bytes: Uint8Array, start: number, end: number): void {
    mergeInto((this.state ??= sketchLike(bytes, start, this.precision)), bytes, start, end);
  }

  toBytes(): Uint8Array {
    return (this.state ?? new Sketch(this.precision)).toBytes();
  }
}
