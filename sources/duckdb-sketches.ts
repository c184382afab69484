/**
 * How DuckDB makes and merges sketches: the values of a group in a list, and functions that give Airlift bytes of it.
 *
 * `granary_values(value)` is the aggregate that gathers the list; `granary_sketch_integers(BIGINT[], precision)`,
 * `granary_sketch_doubles(DOUBLE[], …)`, `granary_sketch_strings(VARCHAR[], …)` and `granary_sketch_merge(BLOB[], …)`
 * take it. A NULL list gives NULL.
 */
import type { DuckDBBlobVector, DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';
import type { DuckDBListVector, DuckDBType, DuckDBVector } from '@duckdb/node-api';
import { assert } from '../model/assert.js';
import type { SketchFunctions } from './source.js';

/** The sketch of the list in a row; its values are those from `start` to `end` (exclusive) of all lists. */
type SketchOf = (row: number, start: number, end: number, precision: number) => Uint8Array;

/**
 * The texts of a group come as one, and the length of each: what is read of DuckDB is a call for each long text, and
 * takes more time than all the rest.
 */
const STRINGS =
  'granary_sketch_strings(texts, bits) AS granary_sketch_texts(' +
  "list_transform(texts, lambda text: strlen(text)), bits, encode(array_to_string(texts, '')))";

export async function registerSketchFunctions(
  connection: DuckDBConnection,
  sketches: SketchFunctions,
): Promise<void> {
  const duckdb = await import('@duckdb/node-api');
  const { BIGINT, BLOB, DOUBLE, INTEGER, LIST, DuckDBScalarFunction, DuckDBBlobValue } = duckdb;
  const register = (
    name: string,
    item: DuckDBType,
    others: readonly DuckDBType[],
    sketchesOf: (lists: DuckDBVector, input: DuckDBDataChunk) => SketchOf,
  ): void => {
    connection.registerScalarFunction(
      DuckDBScalarFunction.create({
        name: `granary_sketch_${name}`,
        parameterTypes: [LIST(item), INTEGER, ...others],
        returnType: BLOB,
        mainFunction: (info, input, output) => {
          try {
            fillSketches(input, output, sketchesOf, (bytes) => new DuckDBBlobValue(bytes));
          } catch (error) {
            info.setError(error instanceof Error ? error.message : String(error)); // thrown into C++ it would end the process
          }
        },
      }),
    );
  };
  register('integers', BIGINT, [], (values) => sketchesOfWords(values, sketches.sketchOfIntegers));
  register('doubles', DOUBLE, [], (values) => sketchesOfWords(values, sketches.sketchOfDoubles));
  register('texts', BIGINT, [BLOB], (lengths, input) =>
    sketchesOfTexts(lengths, input.getColumnVector(2) as DuckDBBlobVector, sketches),
  );
  register('merge', BLOB, [], (values) => unionsOf(values as DuckDBBlobVector, sketches));
  await connection.run(`CREATE MACRO ${STRINGS}`);
  await connection.run(`CREATE MACRO ${valuesMacro('distinct')}`);
}

/** The aggregate by which statements gather what sketches are made of. */
export const VALUES_MACRO = 'granary_values';

/**
 * What the macro is: each value once, which takes memory for these alone, or one for each row, which takes a
 * third of the time where few are repeated.
 */
export function valuesMacro(gather: 'distinct' | 'all'): string {
  const list = gather === 'distinct' ? 'list(DISTINCT value)' : 'list(value)';
  return `${VALUES_MACRO}(value) AS ${list} FILTER (WHERE value IS NOT NULL)`;
}

function fillSketches(
  input: DuckDBDataChunk,
  output: DuckDBVector,
  sketchesOf: (lists: DuckDBVector, input: DuckDBDataChunk) => SketchOf,
  blobOf: (bytes: Uint8Array) => unknown,
): void {
  const lists = input.getColumnVector(0) as DuckDBListVector;
  const precisions = input.getColumnVector(1);
  const sketchOf = sketchesOf(lists.childVector, input);
  const validity = validityOf(lists);
  for (let row = 0; row < input.rowCount; row++) {
    // Only of a list that is not NULL are the offsets true.
    if (!validity.itemValid(row)) {
      output.setItem(row, null);
      continue;
    }
    const start = lists.getEntryOffset(row);
    const end = start + lists.getEntryLength(row);
    const bytes = sketchOf(row, start, end, precisions.getItem(row) as number);
    output.setItem(row, blobOf(bytes) as never);
  }
  output.flush();
}

function sketchesOfWords(values: DuckDBVector, sketchOf: SketchFunctions['sketchOfIntegers']): SketchOf {
  const words = wordsOf(values);
  return (_row, start, end, precision) => sketchOf(words.subarray(2 * start, 2 * end), precision);
}

function sketchesOfTexts(
  lengths: DuckDBVector,
  texts: DuckDBBlobVector,
  { entryOfBytes, sketchOfEntries }: SketchFunctions,
): SketchOf {
  const words = wordsOf(lengths);
  return (row, start, end, precision) => {
    const entries = new Uint32Array(end - start);
    const bytes = texts.getItemBytes(row);
    assert(bytes !== null, 'the texts of a list that is not NULL are not NULL');
    let from = 0;
    for (let at = start; at < end; at++) {
      const length = words[2 * at];
      entries[at - start] = entryOfBytes(bytes, from, from + length);
      from += length;
    }
    assert(from === bytes.length, 'the lengths are those of the texts');
    return sketchOfEntries(entries, precision);
  };
}

function unionsOf(parts: DuckDBBlobVector, { create }: SketchFunctions): SketchOf {
  return (_row, start, end, precision) => {
    const sketch = create(precision);
    for (let at = start; at < end; at++) {
      const bytes = parts.getItemBytes(at);
      if (bytes !== null) sketch.mergeBytes(bytes, 0, bytes.length);
    }
    return sketch.toBytes();
  };
}

/** The bits of 64-bit values where DuckDB has them, each its low half before its high; a list holds no NULL. */
function wordsOf(values: DuckDBVector): Int32Array {
  const items: unknown = Reflect.get(values, 'items');
  assert(
    items instanceof BigInt64Array || items instanceof Float64Array,
    'a vector of numbers has its values in an array',
  );
  return new Int32Array(items.buffer, items.byteOffset, 2 * items.length);
}

/** Its one way that does not copy the list. */
function validityOf(lists: DuckDBListVector): { itemValid(row: number): boolean } {
  const validity: unknown = Reflect.get(lists, 'validity');
  assert(
    typeof validity === 'object' && validity !== null && 'itemValid' in validity,
    'a vector knows its NULLs',
  );
  return validity as { itemValid(row: number): boolean };
}
