/**
 * The rule by which a sketch puts hashes into registers. `airlift`: the first bits of a hash are its bucket, and a
 * register counts leading zeros. `pghll`: the last bits, and trailing zeros. Registers of two domains have nothing in
 * common and are never merged.
 */
export type SketchDomain = 'airlift' | 'pghll';

/** The domain of stored bytes, which differ in the first: a tag below 16 is Airlift's, PostgreSQL's version is 1. */
export function domainOfBytes(bytes: Uint8Array, start: number): SketchDomain {
  return bytes[start] >>> 4 === 1 ? 'pghll' : 'airlift';
}
