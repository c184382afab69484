import type { StoreStatus } from '../index.js';
import { formatCount } from './format.js';
import { printNote } from './print.js';

/** One line on stderr where the model has rollups that are not built as it defines them today. */
export function noteUnbuilt({ rollups }: StoreStatus): void {
  const count = rollups.filter(({ state }) => state === 'not_built' || state === 'definition_changed').length;
  if (count === 0) return;
  printNote(`${count === 1 ? '1 rollup is' : `${formatCount(count)} rollups are`} not built: granary build`);
}
