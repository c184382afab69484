import type { DuckDBVector } from '@duckdb/node-api';
import { assert } from '../model/assert.js';

const NOTHING_LOST = (): boolean => false;

/**
 * Whether the binding drops a U+FEFF that the text of a row begins with: its decoder takes it for a byte order mark.
 * DuckDB keeps the first four bytes of a text of any length behind its length.
 *
 * @param isText whether the vector is one of texts
 */
export function lostMarks(vector: DuckDBVector, isText: boolean): (row: number) => boolean {
  if (!isText) return NOTHING_LOST;
  const view: unknown = Reflect.get(vector, 'dataView');
  assert(view instanceof DataView, 'a vector of texts has its bytes in a view');
  return (row) =>
    view.getUint32(row * 16, true) >= 3 &&
    view.getUint16(row * 16 + 4) === 0xefbb &&
    view.getUint8(row * 16 + 6) === 0xbf;
}
