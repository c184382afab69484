import { PRECISION_DEFAULT } from '../../model/aggregates.js';
import { domainOfBytes } from '../../model/sketch-domain.js';
import type { SketchType } from '../../model/value.js';
import { declaredPrecision, otherDomain } from './sketch-state.js';

/**
 * The type of the union of sketches of two types: the coarser precision.
 * @throws StoreError `sketch_invalid` for two domains, naming `column`
 */
export function unifySketches(column: string, a: SketchType, b: SketchType): SketchType {
  const [one, other] = [a.domain ?? 'airlift', b.domain ?? 'airlift'];
  if (one !== other) throw otherDomain(column, one, other);
  return a.precision <= b.precision ? a : b;
}

/** The type of the union of stored sketches, which tell it themselves. */
export function typeOfSketches(column: string, sketches: Iterable<Uint8Array | null>): SketchType {
  let common: SketchType | null = null;
  for (const bytes of sketches) {
    if (bytes === null) continue;
    const domain = domainOfBytes(bytes, 0);
    const precision = declaredPrecision(bytes, 0, bytes.length);
    const type: SketchType = { kind: 'sketch', precision, ...(domain === 'airlift' ? {} : { domain }) };
    common = common === null ? type : unifySketches(column, common, type);
  }
  return common ?? { kind: 'sketch', precision: PRECISION_DEFAULT };
}
