/** What a serving file tells of the order of its rows: who reads the file alone can skip by it. */
import type { DictionaryColumn, StoredBatch } from '../model/batch.js';
import { LIMITS } from '../model/limits.js';

/**
 * Entries of the schema's metadata. `granary.runs`: the first row of each code of the first sort column, and the
 * number of rows; `granary.zones`: of each other sort column, the least and the greatest code of each block. Codes
 * are those of the column, where NULL is the number of its values.
 */
export function blockMetadata(
  { rows, columns }: StoredBatch,
  sortColumns: readonly string[],
): Readonly<Record<string, string>> {
  const keys = sortColumns.map((name) => [name, columns.get(name)] as const);
  const zones: Record<string, readonly number[]> = {};
  let runs: readonly number[] = [];
  for (const [at, [name, column]] of keys.entries()) {
    if (column?.kind !== 'dictionary') continue;
    if (at > 0) zones[name] = zonesOf(column, rows);
    else if (column.values.length <= LIMITS.servingRunsMax) runs = runsOf(column, rows);
  }
  return { 'granary.runs': JSON.stringify(runs), 'granary.zones': JSON.stringify(zones) };
}

/** Codes ascend. */
function runsOf({ codes, values, hasNulls }: DictionaryColumn, rows: number): readonly number[] {
  const runs: number[] = [];
  const top = values.length - 1 + Number(hasNulls);
  for (let row = 0; row < rows; row++) while (runs.length <= codes[row]) runs.push(row);
  while (runs.length <= top + 1) runs.push(rows);
  return runs;
}

function zonesOf({ codes }: DictionaryColumn, rows: number): readonly number[] {
  const zones: number[] = [];
  for (let from = 0; from < rows; from += LIMITS.blockRows) {
    const to = Math.min(from + LIMITS.blockRows, rows);
    let [least, greatest] = [Infinity, 0];
    for (let row = from; row < to; row++) {
      const code = codes[row];
      if (code < least) least = code;
      if (code > greatest) greatest = code;
    }
    zones.push(least, greatest);
  }
  return zones;
}
