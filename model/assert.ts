/** Ends a switch over a union: the compiler proves that nothing is left. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}

/** States what cannot be otherwise. A failure is a bug in Granary, never a fault of the input. */
export function assert(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${what}`);
}
