import type { SketchInput } from '../scan-task.js';

/** Sketches one after the other, nothing for NULL. */
export function packSketches(sketches: readonly (Uint8Array | null)[]): SketchInput {
  const offsets = new Uint32Array(sketches.length + 1);
  sketches.forEach((sketch, i) => {
    offsets[i + 1] = offsets[i] + (sketch?.length ?? 0);
  });
  const bytes = new Uint8Array(offsets[sketches.length]);
  sketches.forEach((sketch, i) => bytes.set(sketch ?? [], offsets[i]));
  return { kind: 'sketch', bytes, offsets };
}
