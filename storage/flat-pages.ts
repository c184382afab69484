/**
 * The pages of a column without nesting, decoded at once into arrays. What it does not know it leaves alone, for a
 * reader that knows all of Parquet and makes an object of each value.
 */
import type { SchemaElement } from 'hyparquet';
import { StoreError } from '../model/errors.js';
import { readRuns } from './bit-runs.js';
import type { CheckedPage } from './check-pages.js';
import { flatValues } from './flat-values.js';
import type { FlatValues } from './flat-values.js';
import type { RawValue } from './physical-column.js';

const PLAIN_DICTIONARY = 2;
const RLE_DICTIONARY = 8;

/**
 * The values of each page of data, NULL as null; null: a page is encoded in a way that is not known here.
 * @param pages of one column chunk, in their order
 * @throws StoreError `corrupt`
 */
export function flatPages(
  pages: readonly CheckedPage[],
  element: SchemaElement,
): readonly ArrayLike<RawValue>[] | null {
  const decoded: ArrayLike<RawValue>[] = [];
  let dictionary: FlatValues | null = null;
  for (const page of pages) {
    const { encoding, values, data } = page;
    if (page.isDictionary) {
      // Its own encoding is PLAIN, whichever of its two names the header says.
      dictionary = flatValues(element, 0, data, values);
      if (dictionary === null) return null;
      continue;
    }
    const valid = page.levels === null ? null : validRows(page.levels, values);
    const own = valid === null ? values : countValid(valid);
    const isCoded = encoding === RLE_DICTIONARY || encoding === PLAIN_DICTIONARY;
    const found = isCoded ? codedValues(dictionary, data, own) : flatValues(element, encoding, data, own);
    if (found === null) return null;
    decoded.push(valid === null || own === values ? found : withNulls(found, valid));
  }
  return decoded;
}

/** For each row 1 or, of NULL, 0. */
function validRows(levels: Uint8Array, rows: number): Uint8Array {
  const valid = new Uint8Array(rows);
  if (rows > 0) readRuns(levels, 1, valid);
  return valid;
}

function countValid(valid: Uint8Array): number {
  let count = 0;
  for (let row = 0; row < valid.length; row++) count += valid[row];
  return count;
}

function codedValues(dictionary: FlatValues | null, data: Uint8Array, count: number): FlatValues | null {
  if (count === 0) return [];
  if (dictionary === null) return null;
  const codes = new Uint32Array(count);
  readRuns(data.subarray(1), data[0] ?? 0, codes);
  const values = dictionary instanceof Float64Array ? new Float64Array(count) : new Array<RawValue>(count);
  for (let i = 0; i < count; i++) {
    const code = codes[i];
    if (code >= dictionary.length) {
      throw new StoreError('corrupt', `a page has the code ${code} of ${dictionary.length}.`, {
        next: 'Build the rollup again.',
      });
    }
    values[i] = dictionary[code] as never;
  }
  return values;
}

function withNulls(found: FlatValues, valid: Uint8Array): ArrayLike<RawValue> {
  const values = new Array<RawValue>(valid.length);
  for (let row = 0, at = 0; row < valid.length; row++) values[row] = valid[row] === 1 ? found[at++] : null;
  return values;
}
