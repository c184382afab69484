/** Whether one rollup, tried before another, answers all that the other could (X12). */
import { canBuildFrom } from '../model/civil-time.js';
import { isMergeable } from '../model/aggregates.js';
import { differingCube, keepsRows } from './join-tree.js';
import type { RollupShape } from './rollup-shape.js';

/** Both being built. What only the source may merge is read by its exact groups, so it is never taken over. */
export function isShadowed(later: RollupShape, earlier: RollupShape): boolean {
  return (
    earlier.request.dataSource === later.request.dataSource &&
    keepsRows(earlier.tree, later.tree) &&
    differingCube(earlier.tree, later.tree) === null &&
    isWithin(earlier.multiplied, later.multiplied) &&
    isWithin(new Set(later.states.keys()), earlier.states) &&
    [...later.states.values()].every(({ kind }) => isMergeable(kind)) &&
    isWithin(later.dimensions, earlier.dimensions) &&
    isWithin(later.segments, earlier.segments) &&
    [...later.times].every(([dimension, grains]) =>
      grains.every((grain) => earlier.times.get(dimension)?.some((stored) => canBuildFrom(stored, grain))),
    )
  );
}

function isWithin(part: ReadonlySet<string>, whole: { readonly has: (item: string) => boolean }): boolean {
  return [...part].every((item) => whole.has(item));
}
