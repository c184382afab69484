import { LIMITS } from '../limits.js';
import {
  TOO_DEEP,
  TOO_MANY,
  type Located,
  type LocatedEntry,
  type Place,
  type ValueBudget,
} from './located.js';
import type { Problems } from './problems.js';

/**
 * Gives a plain object the form of a read document. It has no text, so every position is `model:1:1` and errors are
 * told apart by their path. Takes what JSON can say, and `undefined` for an absent entry.
 */
export function locateObject(document: unknown, budget: ValueBudget, problems: Problems): Located {
  const source = { file: 'model', order: 0, text: '', lines: null };
  const root: Place = { source, start: 0, end: 0, parent: null, step: null };
  return locateValue(document, root, 0, budget, problems);
}

/** What stands at a place of an object, `depth` levels deep. */
export function locateValue(
  value: unknown,
  place: Place,
  depth: number,
  budget: ValueBudget,
  problems: Problems,
): Located {
  if (depth > LIMITS.modelDepthMax) problems.stop(place, TOO_DEEP);
  if (--budget.left < 0) problems.stop(place, TOO_MANY);
  if (value === undefined || value === null) return { kind: 'scalar', value: null, place };
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return { kind: 'scalar', value, place };
  }
  if (Array.isArray(value)) {
    // Not `map`, which leaves holes where the array has holes.
    const items = Array.from(value, (item, step) =>
      locateValue(item, { ...place, parent: place, step }, depth + 1, budget, problems),
    );
    return { kind: 'list', items, place };
  }
  if (!isPlainObject(value)) problems.stop(place, `a model is plain data; this is a ${kindOf(value)}`);
  const entries = new Map<string, LocatedEntry>();
  for (const [step, entry] of Object.entries(value)) {
    const key = { ...place, parent: place, step };
    entries.set(step, { key, value: locateValue(entry, key, depth + 1, budget, problems) });
  }
  return { kind: 'map', entries, place };
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function kindOf(value: unknown): string {
  return typeof value === 'object' ? Object.prototype.toString.call(value).slice(8, -1) : typeof value;
}
