/** The names of tables as Cube gives them, so that whoever reads them with Cube's tools finds what they expect. */
import { createHash } from 'node:crypto';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz012345';

/**
 * Cube's version word: the first five bytes of the MD5 of the JSON text, lowest bits first, five bits to a
 * letter. A letter is written only while bits above it are set, so that words may be shorter than eight letters.
 */
export function tableVersion(content: unknown): string {
  const digest = createHash('md5').update(JSON.stringify(content)).digest();
  let word = '';
  let bits = 0;
  let pending = 0; // how many bits of the digest lie below the next byte
  for (const byte of digest.subarray(0, 5)) {
    bits |= byte << pending;
    pending += 8;
    while (bits >>> 5 !== 0) {
      word += ALPHABET[bits & 31];
      bits >>>= 5;
      pending -= 5;
    }
  }
  return word + ALPHABET[bits & 31];
}

export interface TableName {
  readonly schema: string;
  readonly cube: string;
  readonly preAggregation: string;
  /** Key of the partition; default the table of all. */
  readonly partition?: string;
  /** Word of the data. */
  readonly content: string;
  /** Word of the definition. */
  readonly structure: string;
  /** Milliseconds since the epoch. */
  readonly updatedAt: number;
}

/** `<schema>.<cube>_<pre-aggregation>[<date>]_<content>_<structure>_<seconds in base 32>` */
export function tableNameOf(name: TableName): string {
  const seconds = Math.floor(name.updatedAt / 1000).toString(32);
  const table = tablePrefix(name.schema, name.cube, name.preAggregation);
  return `${table}${name.partition ?? ''}_${name.content}_${name.structure}_${seconds}`;
}

/** `<schema>.<cube>_<pre-aggregation>`, in snake case: the name by which an answer tells what it used. */
export function tablePrefix(schema: string, cube: string, preAggregation: string): string {
  return `${schema}.${snakeCase(cube)}_${snakeCase(preAggregation)}`;
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`).replace(/^_/, '');
}
