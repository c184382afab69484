/** The SQL functions by which DuckDB makes and merges sketches: distinct values in, Airlift bytes out. */
import type { DuckDBConnection, DuckDBDataChunk, DuckDBType, DuckDBVector } from '@duckdb/node-api';
import { lostMarks } from './lost-marks.js';
import type { SketchAccumulator, SketchFunctions } from './source.js';

/**
 * `granary_sketch_strings(VARCHAR[], precision)`, `granary_sketch_integers(BIGINT[], …)`,
 * `granary_sketch_doubles(DOUBLE[], …)` and `granary_sketch_merge(BLOB[], …)`. A NULL list gives NULL.
 */
export async function registerSketchFunctions(
  connection: DuckDBConnection,
  sketches: SketchFunctions,
): Promise<void> {
  const duckdb = await import('@duckdb/node-api');
  const { entryOfString, entryOfInteger, entryOfDouble } = sketches;
  const kinds: readonly [string, DuckDBType, (sketch: SketchAccumulator, value: never) => void][] = [
    ['strings', duckdb.VARCHAR, (sketch, value: string) => sketch.addEntry(entryOfString(value))],
    ['integers', duckdb.BIGINT, (sketch, value: bigint) => sketch.addEntry(entryOfInteger(value))],
    ['doubles', duckdb.DOUBLE, (sketch, value: number) => sketch.addEntry(entryOfDouble(value))],
    [
      'merge',
      duckdb.BLOB,
      (sketch, { bytes }: { readonly bytes: Uint8Array }) => sketch.mergeBytes(bytes, 0, bytes.length),
    ],
  ];
  for (const [kind, type, add] of kinds) {
    connection.registerScalarFunction(
      duckdb.DuckDBScalarFunction.create({
        name: `granary_sketch_${kind}`,
        parameterTypes: [duckdb.LIST(type), duckdb.INTEGER],
        returnType: duckdb.BLOB,
        mainFunction: (info, input, output) => {
          try {
            fillSketches(
              input,
              output,
              sketches,
              add as (sketch: SketchAccumulator, value: unknown) => void,
              (bytes) => new duckdb.DuckDBBlobValue(bytes),
              kind === 'strings',
            );
          } catch (error) {
            info.setError(error instanceof Error ? error.message : String(error)); // thrown into C++ it would end the process
          }
        },
      }),
    );
  }
}

function fillSketches(
  input: DuckDBDataChunk,
  output: DuckDBVector,
  sketches: SketchFunctions,
  add: (sketch: SketchAccumulator, value: unknown) => void,
  blob: (bytes: Uint8Array) => unknown,
  isText: boolean,
): void {
  const lists = input.getColumnVector(0) as DuckDBVector & {
    getItemVector(row: number): DuckDBVector | null;
  };
  const precisions = input.getColumnVector(1);
  for (let row = 0; row < input.rowCount; row++) {
    const items = lists.getItemVector(row);
    if (items === null) {
      output.setItem(row, null);
      continue;
    }
    const sketch = sketches.create(precisions.getItem(row) as number);
    const isLost = lostMarks(items, isText);
    for (let at = 0; at < items.itemCount; at++) {
      const item = items.getItem(at);
      if (item !== null) add(sketch, isLost(at) ? `\uFEFF${String(item)}` : item);
    }
    output.setItem(row, blob(sketch.toBytes()) as never);
  }
  output.flush();
}
