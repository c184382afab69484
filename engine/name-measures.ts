import type { MeasureState } from '../model/aggregates.js';
import { errorOf, StoreError } from '../model/errors.js';

/** An error of a source that computed these states; a number that is out of range is said to be one of their measures. */
export function nameMeasures(error: unknown, states: readonly MeasureState[]): unknown {
  if (!(error instanceof StoreError) || error.code !== 'value_out_of_range') return error;
  const ids = [...new Set(states.filter(canOverflow).map(({ measure }) => measure.id))];
  if (ids.length === 0) return error;
  const shown = ids.slice(0, SHOWN).join(', ');
  return errorOf(ids.length > SHOWN ? `${shown}, …` : shown, error);
}

const SHOWN = 5;

function canOverflow({ kind }: MeasureState): boolean {
  return kind === 'sum' || kind === 'moments' || kind === 'comoments' || kind === 'raw';
}
