import type { DataModel, DimensionType, Measure } from '../model/schema.js';
import { lookUp } from './find-member.js';
import type { FoundMember } from './find-member.js';
import { isTruth } from './leaf-states.js';

/**
 * The type of a measure's values as far as the model tells it: a number, as in Cube, but for true and false and for the
 * first and last value of a dimension.
 */
export function measureType(model: DataModel, measure: Measure): DimensionType {
  if (isTruth(measure)) return 'boolean';
  const [part, ...others] = measure.sql?.parts ?? [];
  if ((measure.type !== 'first' && measure.type !== 'last') || part?.kind !== 'member' || others.length > 0)
    return 'number';
  const found = lookUp(model, part.member);
  return found?.kind === 'dimension' ? found.dimension.type : 'number';
}

/** What values of the member are compared with. */
export function memberType(model: DataModel, found: FoundMember): DimensionType {
  switch (found.kind) {
    case 'measure':
      return measureType(model, found.measure);
    case 'dimension':
      return found.dimension.type;
    case 'segment':
      return 'boolean';
  }
}
