import type { SketchColumn } from '../model/batch.js';
import { StoreError } from '../model/errors.js';
import { domainOfBytes } from '../model/sketch-domain.js';
import type { SketchType } from '../model/value.js';
import { rowValues } from './page.js';
import type { Page } from './page.js';
import type { RawValue } from './physical-column.js';
import { sharedBytes, sharedUint32 } from './shared-arrays.js';

/**
 * Lays the sketches of a column one after the other. Nothing is looked at but whether they are of the domain that their
 * column has.
 */
export function sketchColumn(
  name: string,
  pages: readonly Page[],
  rows: number,
  type: SketchType,
): SketchColumn {
  const offsets = sharedUint32(rows + 1);
  let row = 0;
  let end = 0;
  const all = pages.map(rowValues);
  for (const page of all) {
    for (let i = 0; i < page.length; i++, row++) {
      end += lengthOf(page[i]);
      offsets[row + 1] = end;
    }
  }
  const bytes = sharedBytes(end);
  row = 0;
  for (const page of all) {
    for (let i = 0; i < page.length; i++, row++) {
      const sketch = page[i];
      if (!(sketch instanceof Uint8Array)) continue;
      if (domainOfBytes(sketch, 0) !== (type.domain ?? 'airlift')) throw ofOtherDomain(name, row, type);
      bytes.set(sketch, offsets[row]);
    }
  }
  return { kind: 'sketch', type, bytes, offsets };
}

function ofOtherDomain(name: string, row: number, { domain = 'airlift' }: SketchType): StoreError {
  return new StoreError(
    'sketch_invalid',
    `${name}: the sketch of row ${row + 1} is not of domain ${domain}, as its column is.`,
    { next: 'Build the rollup again, or ingest sketches of one domain.' },
  );
}

function lengthOf(sketch: RawValue): number {
  if (!(sketch instanceof Uint8Array)) return 0;
  if (sketch.length > 0) return sketch.length;
  throw new StoreError('sketch_invalid', 'A stored sketch has no bytes.', {
    next: 'A sketch of nothing is NULL: build the rollup again.',
  });
}
