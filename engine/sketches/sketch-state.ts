import { StoreError } from '../../model/errors.js';
import { domainOfBytes, type SketchDomain } from '../../model/sketch-domain.js';
import { precisionOfBytes } from './airlift-bytes.js';
import { kindOfBytes } from './postgres-bytes.js';

/** A sketch that others are merged into. */
export interface SketchState {
  readonly domain: SketchDomain;
  /** 2^precision registers. */
  readonly precision: number;
  /**
   * Adds the sketch that is stored from `start` to `end` (exclusive). `sketch_invalid` if it is malformed, coarser, or of
   * another domain; then nothing was added.
   */
  mergeBytes(bytes: Uint8Array, start: number, end: number): void;
  /** The stored form. It follows from the set of what was added alone. */
  toBytes(): Uint8Array;
  /** The estimated number of distinct values, not rounded. */
  estimate(): number;
}

/** The precision that the bytes from `start` to `end` (exclusive) declare; `sketch_invalid` if it is none of ours. */
export function declaredPrecision(bytes: Uint8Array, start: number, end: number): number {
  return domainOfBytes(bytes, start) === 'pghll'
    ? kindOfBytes(bytes, start, end).precision
    : precisionOfBytes(bytes, start, end);
}

export function otherDomain(what: string, one: SketchDomain, other: SketchDomain): StoreError {
  return new StoreError(
    'sketch_invalid',
    `${what}: sketches of domain ${one} and of domain ${other} cannot be merged, their hashes go to other registers.`,
    {
      next: 'Give all partitions of the rollup sketches of one domain: build them all from the source (airlift), or ingest them all from PostgreSQL (pghll).',
    },
  );
}
