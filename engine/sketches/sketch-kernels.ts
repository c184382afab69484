/** Sketches of many values at once, with the kernels of assembly/hash.ts in a memory of their own. */
import { code } from '../kernels/wasm-code.js';
import { sparseBytes } from './airlift-bytes.js';
import { hashDoubles, hashIntegers } from './hash-words.js';
import { sketchOfEntries } from './sketch-of-entries.js';
import { Sketch } from './sketch.js';

export interface SketchKernels {
  /**
   * The stored bytes of the sketch of 64-bit integers.
   * @param words each as its low and its high half
   */
  sketchOfIntegers(words: Int32Array, precision: number): Uint8Array;
  /** The same of doubles, as their bits. */
  sketchOfDoubles(words: Int32Array, precision: number): Uint8Array;
}

/** What the kernels do, in TypeScript. */
export const plainSketches: SketchKernels = {
  sketchOfIntegers: (words, precision) => plainSketch(hashIntegers, words, precision),
  sketchOfDoubles: (words, precision) => plainSketch(hashDoubles, words, precision),
};

function plainSketch(hash: typeof hashIntegers, words: Int32Array, precision: number): Uint8Array {
  const entries = new Uint32Array(words.length / 2);
  hash(words, entries);
  return sketchOfEntries(entries, precision);
}

/** Values that are hashed at once; at least as many as the largest sparse sketch has. */
const CHUNK = 8_192;
/** The scratch, behind the first page: words, entries, sorted entries, and counts of places. */
const PAGE = 65_536;
const WORDS = PAGE;
const ENTRIES = WORDS + 8 * CHUNK;
const SORTED = ENTRIES + 4 * CHUNK;
const COUNTS = SORTED + 4 * CHUNK;
const PAGES = Math.ceil((COUNTS + 4 * (2 * CHUNK + 1)) / PAGE);

interface Calls {
  readonly hashIntegers: (words: number, entries: number, count: number) => void;
  readonly hashDoubles: (words: number, entries: number, count: number) => void;
  readonly sortEntries: (entries: number, count: number, sorted: number, counts: number) => number;
}

export function wasmSketches(): SketchKernels {
  const memory = new WebAssembly.Memory({ initial: PAGES, maximum: PAGES, shared: true });
  const bytes = Uint8Array.from(atob(code), (character) => character.charCodeAt(0));
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  const calls = exports as unknown as Calls;
  const words = new Int32Array(memory.buffer, WORDS, 2 * CHUNK);
  const entries = new Uint32Array(memory.buffer, ENTRIES, CHUNK);
  const sketchOf = (hash: Calls['hashIntegers'], all: Int32Array, precision: number): Uint8Array => {
    const count = all.length / 2;
    if (count <= 2 ** precision / 8) {
      words.set(all);
      hash(WORDS, ENTRIES, count);
      const kept = calls.sortEntries(ENTRIES, count, SORTED, COUNTS);
      return sparseBytes(precision, entries.subarray(0, kept));
    }
    const sketch = new Sketch(precision);
    for (let from = 0; from < count; from += CHUNK) {
      const own = Math.min(CHUNK, count - from);
      words.set(all.subarray(2 * from, 2 * (from + own)));
      hash(WORDS, ENTRIES, own);
      for (let i = 0; i < own; i++) sketch.addEntry(entries[i]);
    }
    return sketch.toBytes();
  };
  return {
    sketchOfIntegers: (all, precision) => sketchOf(calls.hashIntegers, all, precision),
    sketchOfDoubles: (all, precision) => sketchOf(calls.hashDoubles, all, precision),
  };
}
