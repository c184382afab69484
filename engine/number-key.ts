import type { DictionaryColumn } from '../model/batch.js';
import type { Value } from '../model/value.js';
import type { GlobalDictionary } from './global-dictionaries.js';

/** The values of one key, numbered alike in all slices of a scan. */
export interface KeyNumbering {
  /** For each slice, the slots of its codes. */
  readonly tables: readonly Int32Array[];
  /** For each slot, its value. */
  readonly values: readonly Value[];
  /** Whose numbers the slots are; null: they are of this scan alone. */
  readonly dictionary: GlobalDictionary | null;
}

export interface KeySource {
  readonly dictionary: GlobalDictionary;
  /** One for each slice. */
  readonly columns: readonly KeyColumn[];
}

interface KeyColumn {
  readonly column: DictionaryColumn;
  /** 1 for the codes that rows of the slice can have; null: all. */
  readonly admitted: Uint8Array | null;
}

/**
 * Numbers by the global dictionary, which costs nothing once the dictionary is made. Compact: numbers only the
 * values that are admitted in some slice, which costs a step for each code.
 */
export function numberKey({ dictionary, columns }: KeySource, compact: boolean): KeyNumbering {
  const ids = columns.map(({ column }) => dictionary.idsOf(column));
  if (!compact) return { tables: ids, values: dictionary.values, dictionary };
  /** By global id: the slot + 1, or 0. */
  const slots = new Int32Array(dictionary.values.length);
  const values: Value[] = [];
  const tables = ids.map((table, slice) => {
    const { admitted } = columns[slice];
    return table.map((id, code) => {
      if (admitted !== null && admitted[code] === 0) return 0;
      if (slots[id] === 0) slots[id] = values.push(dictionary.values[id]);
      return slots[id] - 1;
    });
  });
  return { tables, values, dictionary: null };
}
