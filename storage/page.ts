import type { FlatValues } from './flat-values.js';
import type { RawValue } from './physical-column.js';

/** The rows of one page of a Parquet column. */
export interface Page {
  readonly rows: number;
  /** One for each row that is not NULL, in their order; where there are codes, what these stand for. */
  readonly values: FlatValues;
  /** One for each row that is not NULL. Pages of one column chunk share their `values`. */
  readonly codes: Uint32Array | null;
  /** 1 for each row that is not NULL, 0 for the others; null: none is. */
  readonly valid: Uint8Array | null;
}

/** @param values one for each row; NULL is null or undefined */
export function pageOf(values: ArrayLike<RawValue>): Page {
  const all = Array.from(values);
  const found = all.filter((value) => value !== null && value !== undefined);
  const hasNulls = found.length < all.length;
  const valid = hasNulls
    ? Uint8Array.from(all, (value) => Number(value !== null && value !== undefined))
    : null;
  return { rows: all.length, values: found, codes: null, valid };
}

/** One value for each row, NULL as null. */
export function rowValues({ rows, values, codes, valid }: Page): ArrayLike<RawValue> {
  if (codes === null && valid === null) return values;
  const all = new Array<RawValue>(rows);
  for (let row = 0, at = 0; row < rows; row++) {
    if (valid !== null && valid[row] === 0) all[row] = null;
    else {
      all[row] = values[codes === null ? at : codes[at]];
      at++;
    }
  }
  return all;
}
