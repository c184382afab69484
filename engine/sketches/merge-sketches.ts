import { StoreError } from '../../model/errors.js';
import { domainOfBytes } from '../../model/sketch-domain.js';
import { PostgresSketch } from './postgres-sketch.js';
import { declaredPrecision, otherDomain, type SketchState } from './sketch-state.js';
import { type RegisterRoom, Sketch } from './sketch.js';

/** An empty sketch of the domain of the stored bytes. */
export function sketchLike(
  bytes: Uint8Array,
  start: number,
  precision: number,
  room?: RegisterRoom,
): SketchState {
  return domainOfBytes(bytes, start) === 'pghll'
    ? new PostgresSketch(precision)
    : new Sketch(precision, room);
}

/**
 * The union of stored sketches, at least one, at the coarsest of their precisions.
 *
 * @throws StoreError `sketch_invalid` for bytes that are none, and for sketches of two domains
 */
export function mergeSketches(sketches: readonly Uint8Array[]): SketchState {
  const [first] = sketches;
  if (first === undefined) {
    throw new StoreError('sketch_invalid', 'Of no sketch there is no union.', { next: 'Give at least one.' });
  }
  const precisions = sketches.map((bytes) => declaredPrecision(bytes, 0, bytes.length));
  const union = sketchLike(first, 0, Math.min(...precisions));
  for (const bytes of sketches) mergeInto(union, bytes, 0, bytes.length);
  return union;
}

/** `mergeBytes` that tells domains apart. */
export function mergeInto(union: SketchState, bytes: Uint8Array, start: number, end: number): void {
  const domain = domainOfBytes(bytes, start);
  if (domain !== union.domain) throw otherDomain('A merge', union.domain, domain);
  union.mergeBytes(bytes, start, end);
}
