import { columnMemory, isInColumnMemory, type Numbers } from '../../storage/column-memory.js';
import { plainKernels } from './plain-kernels.js';
import { clearBytes, wasmKernels } from './wasm-kernels.js';

/**
 * What is done to all rows of a chunk. Arrays hold `count` elements from `from` on, or from 0 where there is no `from`;
 * each kernel is told beside its twin in plain-kernels.ts.
 */
export type Kernels = typeof plainKernels;

let fastest: Kernels | null = null;

/** In WebAssembly, for arrays in the column memory; others, and all where there is none, are left to the twins. */
export function kernels(): Kernels {
  if (fastest === null) {
    const memory = columnMemory();
    fastest = memory === null ? plainKernels : wasmKernels(memory);
  }
  return fastest;
}

/** Fills an array with zeros: in shared memory `fill` goes byte by byte. */
export function clearMemory(array: Numbers): void {
  const memory = columnMemory();
  if (memory !== null && isInColumnMemory(array)) clearBytes(memory, array);
  else array.fill(0);
}
