import { StoreError } from '../../model/errors.js';
import { estimateDense } from './estimate.js';
import {
  checkPostgresBytes,
  defaultKind,
  explicitBytes,
  explicitMax,
  foldTrailing,
  hashesOf,
  kindOfBytes,
  raiseByBytes,
  raiseByHash,
  registerBytes,
  type PostgresKind,
} from './postgres-bytes.js';
import type { SketchState } from './sketch-state.js';

/**
 * A union of sketches of PostgreSQL's hll, as its `hll_union_agg` makes it: the very bytes, whatever the order. Of
 * explicit sketches the number is exact while the union is explicit; else it is Ertl's estimate, where PostgreSQL takes
 * that of the first paper.
 */
export class PostgresSketch implements SketchState {
  readonly domain = 'pghll';
  readonly precision: number;
  /** Of the first sketch that was merged, at this precision. */
  private kind: PostgresKind | null = null;
  /** Null once there are registers. */
  private hashes: Set<bigint> | null = new Set();
  private registers: Uint8Array | null = null;

  constructor(precision: number) {
    this.precision = precision;
  }

  mergeBytes(bytes: Uint8Array, start: number, end: number): void {
    const form = checkPostgresBytes(bytes, start, end);
    const kind = this.kindFor(kindOfBytes(bytes, start, end));
    this.kind = kind;
    switch (form) {
      case 'empty':
        return;
      case 'explicit':
        for (const hash of hashesOf(bytes, start, end)) this.addHash(hash, kind);
        return;
      default: {
        const registers = this.compress(kind);
        const own = kindOfBytes(bytes, start, end).precision;
        if (own === this.precision) {
          raiseByBytes(bytes, start, end, registers);
          return;
        }
        const finer = new Uint8Array(2 ** own);
        raiseByBytes(bytes, start, end, finer);
        foldTrailing(finer, registers, kind.width);
      }
    }
  }

  toBytes(): Uint8Array {
    const kind = this.kind ?? defaultKind(this.precision);
    if (this.hashes === null) return registerBytes(kind, this.registers!);
    return explicitBytes(
      kind,
      [...this.hashes].sort((a, b) => (a < b ? -1 : 1)),
    );
  }

  estimate(): number {
    return this.hashes === null ? estimateDense(this.registers!, this.precision) : this.hashes.size;
  }

  private addHash(hash: bigint, kind: PostgresKind): void {
    if (this.hashes === null) {
      raiseByHash(hash, kind, this.registers!);
      return;
    }
    this.hashes.add(hash);
    if (this.hashes.size > explicitMax(kind)) this.compress(kind);
  }

  private compress(kind: PostgresKind): Uint8Array {
    if (this.hashes === null) return this.registers!;
    const registers = new Uint8Array(2 ** this.precision);
    for (const hash of this.hashes) raiseByHash(hash, kind, registers);
    this.registers = registers;
    this.hashes = null;
    return registers;
  }

  /** PostgreSQL unites what agrees in all modifiers; here a finer log2m is folded down. */
  private kindFor(found: PostgresKind): PostgresKind {
    if (found.precision < this.precision) {
      throw unlike(`log2m ${found.precision} cannot be raised to ${this.precision}`);
    }
    const kind = { ...found, precision: this.precision };
    if (this.kind === null) return kind;
    if (kind.width !== this.kind.width) throw unlike(`regwidth ${this.kind.width} and ${kind.width} differ`);
    if (kind.cutoff !== this.kind.cutoff) throw unlike('expthresh or sparseon differ');
    return this.kind;
  }
}

function unlike(what: string): StoreError {
  return new StoreError('sketch_invalid', `Two sketches of PostgreSQL's hll cannot be united: ${what}.`, {
    next: 'Make all sketches of a column with one hll(log2m, regwidth, expthresh, sparseon).',
  });
}
