import { createRequire } from 'node:module';
import { GlobalDictionaries } from '../engine/global-dictionaries.js';
import { kernels } from '../engine/kernels/kernels.js';
import { raiseDeltas } from '../engine/kernels/raise-registers.js';
import { runScanSync } from '../engine/run-scan.js';
import { mergeSketches } from '../engine/sketches/merge-sketches.js';
import { entryOfInteger } from '../engine/sketches/sketch-entry.js';
import { Sketch } from '../engine/sketches/sketch.js';
import { relativeErrorBound } from '../model/aggregates.js';
import type { StoredBatch, StoredColumn } from '../model/batch.js';
import type { ScanPlan } from '../model/plan.js';
import { allocateIn } from '../storage/column-memory.js';
import { race, type RaceOptions } from './harness.js';

const PRECISION = 12;
const REGISTERS = 2 ** PRECISION;
/** So many different sketches are laid one after the other, again and again. */
const DISTINCT = 64;
/** Of each, of which the next sketch shares half. */
const VALUES = 20_000;
const GROUPS = 36;
const PEER_SKETCHES = 50;
const PLAIN_SKETCHES = 500;

export interface MergeFigure {
  readonly title: string;
  readonly medianMs: number;
  readonly usPerSketch: number;
  /** A register is a byte. */
  readonly gigabytesPerSecond: number;
}

type MergePeer = 'sum' | 'query' | 'groups' | 'plain' | 'peer';

export interface MergeFigures {
  readonly sketches: number;
  readonly figures: Readonly<Record<MergePeer, MergeFigure>>;
  /** What is wrong with the union; null: nothing. */
  readonly fault: string | null;
}

/** Unites `sketches` full sketches in the ways that the titles tell, in turns. */
export async function measureMerges(sketches: number, options: RaceOptions): Promise<MergeFigures> {
  const stored = storedSketches();
  const batch = batchOf(stored, sketches);
  const numbers = place(Float64Array, (sketches * REGISTERS) / 8).fill(1.5);
  const fast = kernels();
  const runs: Readonly<Record<MergePeer, readonly [title: string, count: number, run: () => unknown]>> = {
    sum: ['sum of as many bytes, as doubles', sketches, () => fast.sumOfNumbers(numbers, 0, numbers.length)],
    query: ['scan of a column of Airlift bytes', sketches, () => unionOf(batch, [])],
    groups: [`the same, by a dimension of ${GROUPS} values`, sketches, () => unionOf(batch, ['g'])],
    plain: [
      'kernel in TypeScript, Airlift bytes',
      PLAIN_SKETCHES,
      () => {
        const plain = new Uint8Array(REGISTERS);
        for (let i = 0; i < PLAIN_SKETCHES; i++) {
          const bytes = stored[i % DISTINCT];
          raiseDeltas(bytes, 3, bytes[2], plain);
        }
      },
    ],
    peer: ['hyperloglog-lite', PEER_SKETCHES, mergeOfPeer()],
  };
  const times = await race(
    Object.entries(runs).map(([name, [, , run]]) => ({ name, run: async () => run() })),
    options,
  );
  const figures = times.map(({ name, medianMs }): [string, MergeFigure] => {
    const [title, count] = runs[name as MergePeer];
    const usPerSketch = (medianMs * 1000) / count;
    return [name, { title, medianMs, usPerSketch, gigabytesPerSecond: REGISTERS / usPerSketch / 1000 }];
  });
  return {
    sketches,
    figures: Object.fromEntries(figures) as MergeFigures['figures'],
    fault: faultOf(stored, batch, sketches),
  };
}

function storedSketches(): Uint8Array[] {
  return Array.from({ length: DISTINCT }, (_, i) => {
    const sketch = new Sketch(PRECISION);
    const start = (i * VALUES) / 2;
    for (let value = start; value < start + VALUES; value++) sketch.addEntry(entryOfInteger(value));
    return sketch.toBytes();
  });
}

/** As a partition is in memory: bytes one after the other, at whatever address. */
function batchOf(stored: readonly Uint8Array[], sketches: number): StoredBatch {
  const offsets = place(Uint32Array, sketches + 1);
  offsets[0] = 0;
  for (let i = 0; i < sketches; i++) offsets[i + 1] = offsets[i] + stored[i % DISTINCT].length;
  const bytes = place(Uint8Array, offsets[sketches]);
  for (let i = 0; i < sketches; i++) bytes.set(stored[i % DISTINCT], offsets[i]);
  const codes = place(Uint8Array, sketches);
  for (let i = 0; i < sketches; i++) codes[i] = Math.floor((i * GROUPS) / sketches);
  const values = Array.from({ length: GROUPS }, (_, group) => group);
  const columns = new Map<string, StoredColumn>([
    ['g', { kind: 'dictionary', type: { kind: 'integer' }, codes, values, hasNulls: false }],
    ['u', { kind: 'sketch', type: { kind: 'sketch', precision: PRECISION }, bytes, offsets }],
  ]);
  return { rows: sketches, columns, bytes: bytes.byteLength };
}

function unionOf(batch: StoredBatch, keys: readonly string[]): readonly (Uint8Array | null)[] {
  const scan: ScanPlan = {
    keys: keys.map((column) => ({ column, output: column, bucket: null })),
    filter: null,
    aggregates: [{ columns: ['u'], operation: 'sketch', emptyValue: null }],
  };
  const { batch: groups } = runScanSync(scan, [], [batch], { dictionaries: new GlobalDictionaries() });
  return groups.columns.at(-1)?.values as readonly (Uint8Array | null)[];
}

interface PeerSketch {
  add(hash: unknown): PeerSketch;
  merge(data: unknown): PeerSketch;
  output(): unknown;
}

/** A package of the tests, not of the product. */
function mergeOfPeer(): () => unknown {
  const create = createRequire(import.meta.url)('hyperloglog-lite') as {
    (precision: number): PeerSketch;
    hash(value: string): unknown;
  };
  const sketches = Array.from({ length: 4 }, (_, i) => {
    const sketch = create(PRECISION);
    for (let value = 0; value < VALUES; value++) sketch.add(create.hash(`${i} ${value}`));
    return sketch.output();
  });
  return () => {
    const union = create(PRECISION);
    for (let i = 0; i < PEER_SKETCHES; i++) union.merge(sketches[i % sketches.length]);
    return union;
  };
}

function faultOf(stored: readonly Uint8Array[], batch: StoredBatch, sketches: number): string | null {
  const held = Math.min(sketches, DISTINCT);
  const [union] = unionOf(batch, []);
  const plain = mergeSketches(stored.slice(0, held));
  if (union === null || Buffer.compare(union, plain.toBytes()) !== 0)
    return 'the union is not that of the parts';
  const truth = ((held + 1) * VALUES) / 2;
  const error = Math.abs(plain.estimate() / truth - 1);
  return error <= relativeErrorBound(PRECISION)
    ? null
    : `the union estimates ${plain.estimate()} of ${truth}`;
}

/** In the memory of columns, where kernels see it; outside where there is no room. */
function place<T extends Uint8Array | Uint32Array | Float64Array>(
  kind: new (buffer: ArrayBufferLike, byteOffset: number, length: number) => T,
  length: number,
): T {
  const { BYTES_PER_ELEMENT } = kind as unknown as { readonly BYTES_PER_ELEMENT: number };
  return (
    allocateIn(kind as never, length) ?? new kind(new ArrayBuffer(length * BYTES_PER_ELEMENT), 0, length)
  );
}
