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
import type { Page } from './page.js';

const PLAIN_DICTIONARY = 2;
const RLE_DICTIONARY = 8;

/**
 * The pages of data; null: one is encoded in a way that is not known here.
 * @param pages of one column chunk, in their order
 * @throws StoreError `corrupt`
 */
export function flatPages(pages: readonly CheckedPage[], element: SchemaElement): readonly Page[] | null {
  const decoded: Page[] = [];
  let dictionary: FlatValues | null = null;
  for (const page of pages) {
    const { encoding, values, data } = page;
    if (page.isDictionary) {
      // Its own encoding is PLAIN, whichever of its two names the header says.
      dictionary = flatValues(element, 0, data, values);
      if (dictionary === null) return null;
      continue;
    }
    const present = page.levels === null ? null : validRows(page.levels, values);
    const own = present === null ? values : countValid(present);
    const valid = own === values ? null : present;
    if (encoding === RLE_DICTIONARY || encoding === PLAIN_DICTIONARY) {
      if (dictionary === null && own > 0) return null;
      const known = dictionary ?? [];
      decoded.push({ rows: values, values: known, codes: readCodes(data, own, known.length), valid });
    } else {
      const found = flatValues(element, encoding, data, own);
      if (found === null) return null;
      decoded.push({ rows: values, values: found, codes: null, valid });
    }
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

/** @param known how many values there are codes for */
function readCodes(data: Uint8Array, count: number, known: number): Uint32Array {
  const codes = new Uint32Array(count);
  if (count > 0) readRuns(data.subarray(1), data[0] ?? 0, codes);
  for (let i = 0; i < count; i++) {
    if (codes[i] < known) continue;
    throw new StoreError('corrupt', `a page has the code ${codes[i]} of ${known}.`, {
      next: 'Build the rollup again.',
    });
  }
  return codes;
}
