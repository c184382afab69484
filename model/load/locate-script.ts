import type { ScriptDefinition, ScriptModel } from '../document.js';
import { locateValue } from './locate-object.js';
import type { Located, LocatedEntry, Place, ValueBudget } from './located.js';
import type { Problems } from './problems.js';

/**
 * Gives what a JavaScript model defines the form of a read document, `{ cubes: [...], views: [...] }`. The position of
 * everything in a definition is that of the call which defines it. `order`: where the file stands in the model.
 */
export function locateScript(
  script: ScriptModel,
  order: number,
  budget: ValueBudget,
  problems: Problems,
): Located {
  const source = { file: script.file, order, text: '', lines: null };
  const place: Place = { source, start: 0, end: 0, parent: null, step: null };
  const entries = new Map<string, LocatedEntry>();
  const add = (step: string, definitions: readonly ScriptDefinition[]) => {
    const [first] = definitions;
    if (first === undefined) return;
    const key: Place = { ...place, source: { ...source, call: first.position }, parent: place, step };
    const items = definitions.map(({ definition, position }, index) => {
      const at = { ...key, source: { ...source, call: position }, parent: key, step: index };
      return locateValue(definition, at, 2, budget, problems);
    });
    entries.set(step, { key, value: { kind: 'list', items, place: key } });
  };
  add('cubes', script.cubes);
  add('views', script.views);
  return { kind: 'map', entries, place };
}
