import type { BuildColumn } from '../model/plan.js';
import type { SketchDomain } from '../model/sketch-domain.js';
import type { FileSlot } from './file-names.js';
import { FORMAT_VERSION } from './manifest.js';

/**
 * What a data file says of itself to readers that have no manifest: a JSON object under this key of its footer.
 * Readers of the store do not look at it.
 */
export const FILE_NOTE_KEY = 'granary';

export interface FileNote {
  /** Version of docs/format.md. */
  readonly format: number;
  /** `cube.preAggregation` */
  readonly rollup: string;
  /** Key of the partition. */
  readonly partition: string;
  /** Null: the default index. */
  readonly index: string | null;
  /** By column. */
  readonly sketches: Readonly<Record<string, SketchNote>>;
}

/** Sketches merge where domain and hash are equal, at the lower precision, see docs/decisions/0003-sketches.md. */
export interface SketchNote {
  /** Whose bytes they are: which bits of a hash are its bucket, and which zeros a register counts. */
  readonly domain: SketchDomain;
  readonly hash: 'murmur3_x64_128';
  /** 2^precision registers. */
  readonly precision: number;
}

export function fileNote(slot: FileSlot, index: string | null, columns: readonly BuildColumn[]): FileNote {
  const sketches = columns.flatMap(({ name, precision, domain = 'airlift' }) =>
    precision === null ? [] : [[name, { domain, hash: 'murmur3_x64_128', precision }] as const],
  );
  return {
    format: FORMAT_VERSION,
    rollup: slot.rollup,
    partition: slot.partition,
    index,
    sketches: Object.fromEntries(sketches),
  };
}

/** Null: it is absent, or another program wrote something else under the key. */
export function parseFileNote(text: string | undefined): FileNote | null {
  let note: Partial<FileNote> | null;
  try {
    note = JSON.parse(text ?? 'null') as Partial<FileNote> | null;
  } catch {
    return null; // not JSON: not ours
  }
  if (typeof note !== 'object' || note === null || typeof note.format !== 'number') return null;
  if (typeof note.rollup !== 'string' || typeof note.partition !== 'string') return null;
  const { format, rollup, partition, index = null, sketches } = note;
  const isNamed = index === null || typeof index === 'string';
  if (!isNamed || typeof sketches !== 'object' || !Object.values(sketches ?? {}).every(isSketchNote))
    return null;
  return { format, rollup, partition, index, sketches: sketches ?? {} };
}

function isSketchNote(value: unknown): value is SketchNote {
  if (typeof value !== 'object' || value === null) return false;
  return 'domain' in value && 'hash' in value && 'precision' in value && typeof value.precision === 'number';
}
