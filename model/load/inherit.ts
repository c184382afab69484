/**
 * `extends`: a cube takes over what another has, a view what another view has, by Cube's rules. What is taken over
 * keeps its place in the parent and means the child: `{CUBE}` and bare names are resolved in the cube that inherits.
 *
 *     single keys ── the child's, else the parent's; `sql` and `sql_table` of the child stand for both of the parent
 *     lists of named things ── one list by name; an entry of the child replaces the parent's as a whole
 *     pre_aggregations ── likewise, the child's first: that is the order of matching
 */
import { LIMITS } from '../limits.js';
import type { Located, LocatedEntry, LocatedMap, Place } from './located.js';
import { parseReference } from './parse-template.js';
import type { Problems } from './problems.js';

/** Documents in which everything that cubes and views inherit is written out. Takes what `normalise` gives. */
export function inherit(documents: readonly Located[], problems: Problems): Located[] {
  const budget = { left: LIMITS.modelValuesMax };
  const cubes = complete(definitionsIn(documents, 'cubes'), 'cube', budget, problems);
  const views = complete(definitionsIn(documents, 'views'), 'view', budget, problems);
  if (cubes.size + views.size === 0) return [...documents];
  return documents.map((document) => {
    if (document.kind !== 'map') return document;
    const entries = new Map(document.entries);
    replaceItems(entries, 'cubes', cubes);
    replaceItems(entries, 'views', views);
    return { ...document, entries };
  });
}

type Completed = Map<LocatedMap, LocatedMap>;
type Kind = 'cube' | 'view';

const TABLE_KEYS = ['sql', 'sql_table'];
const NAMED_LISTS = new Set(['joins', 'measures', 'dimensions', 'segments', 'hierarchies']);
/** Of a view: its entries have no names to meet under. */
const JOINED_LISTS = new Set(['cubes', 'folders']);

function definitionsIn(documents: readonly Located[], key: string): LocatedMap[] {
  return documents.flatMap((document) => {
    const list = document.kind === 'map' ? document.entries.get(key)?.value : undefined;
    return list?.kind === 'list' ? list.items.filter((item) => item.kind === 'map') : [];
  });
}

function replaceItems(entries: Map<string, LocatedEntry>, key: string, completed: Completed): void {
  const entry = entries.get(key);
  if (entry?.value.kind !== 'list') return;
  const items = entry.value.items.map((item) => (item.kind === 'map' ? (completed.get(item) ?? item) : item));
  entries.set(key, { ...entry, value: { ...entry.value, items } });
}

/** Every definition that extends another, by itself, as it is with what it inherits. */
function complete(
  definitions: readonly LocatedMap[],
  kind: Kind,
  budget: { left: number },
  problems: Problems,
): Completed {
  const byName = new Map<string, LocatedMap>();
  for (const definition of definitions) {
    const name = nameOf(definition);
    if (name !== null && !byName.has(name)) byName.set(name, definition);
  }
  const completed: Completed = new Map();
  const inCircles = new Set<LocatedMap>();
  for (const definition of definitions) {
    const line = lineOf(definition, byName, kind, inCircles, problems);
    for (const [index, child] of [...line.entries()].reverse()) {
      const parent = line[index + 1];
      if (parent === undefined || completed.has(child)) continue;
      const whole = merge(child, completed.get(parent) ?? parent);
      budget.left -= sizeOf(whole) - sizeOf(child);
      if (budget.left < 0) {
        problems.stop(
          extendsOf(child)?.place ?? child.place,
          `more than ${LIMITS.modelValuesMax} values are inherited`,
        );
      }
      completed.set(child, whole);
    }
  }
  return completed;
}

/**
 * A definition, its parent, the parent of that … Only the definition itself where the line is at fault: each fault is
 * told at the `extends` that makes it.
 */
function lineOf(
  start: LocatedMap,
  byName: ReadonlyMap<string, LocatedMap>,
  kind: Kind,
  inCircles: Set<LocatedMap>,
  problems: Problems,
): LocatedMap[] {
  const line = [start];
  for (let at = start; ;) {
    const word = extendsOf(at);
    if (word === null) return line;
    const parent = byName.get(word.name);
    if (parent === undefined) {
      const hint = problems.hint(word.name, byName.keys());
      if (at === start) problems.add(word.place, `there is no ${kind} \`${word.name}\`${hint}`);
      return [start];
    }
    if (line.includes(parent)) {
      if (parent === start && !inCircles.has(start)) {
        for (const member of line) inCircles.add(member);
        const names = [...line, start].map(nameOf).join(' → ');
        problems.add(word.place, `${kind}s extend each other in a circle: ${names}`);
      }
      return [start];
    }
    if (line.length > LIMITS.modelExtendsMax) {
      const place = extendsOf(start)?.place ?? start.place;
      problems.add(place, `extends more than ${LIMITS.modelExtendsMax} ${kind}s, one over the other`);
      return [start];
    }
    line.push(parent);
    at = parent;
  }
}

/** The name under `extends`; null where there is none, or none that could be a name. */
function extendsOf(definition: LocatedMap): { readonly name: string; readonly place: Place } | null {
  const value = definition.entries.get('extends')?.value;
  if (value?.kind !== 'scalar' || typeof value.value !== 'string') return null;
  const reference = parseReference(value.value);
  const name = reference !== null && 'steps' in reference ? reference.steps.join('.') : value.value;
  return { name, place: value.place };
}

function nameOf(node: Located): string | null {
  const name = node.kind === 'map' ? node.entries.get('name')?.value : undefined;
  return name?.kind === 'scalar' && typeof name.value === 'string' ? name.value : null;
}

function merge(child: LocatedMap, parent: LocatedMap): LocatedMap {
  const entries = new Map<string, LocatedEntry>();
  const hasTable = TABLE_KEYS.some((key) => child.entries.has(key));
  for (const [key, entry] of parent.entries) {
    if (key === 'extends' || (hasTable && TABLE_KEYS.includes(key))) continue;
    entries.set(key, entry);
  }
  for (const [key, entry] of child.entries) {
    const inherited = entries.get(key)?.value;
    const own = entry.value;
    if (own.kind !== 'list' || inherited?.kind !== 'list') entries.set(key, entry);
    else
      entries.set(key, { ...entry, value: { ...own, items: mergeItems(key, own.items, inherited.items) } });
  }
  const word = child.entries.get('extends');
  if (word !== undefined) {
    entries.set('extends', {
      ...word,
      value: { kind: 'scalar', value: nameOf(parent), place: word.value.place },
    });
  }
  return { ...child, entries };
}

function mergeItems(key: string, own: readonly Located[], inherited: readonly Located[]): readonly Located[] {
  if (JOINED_LISTS.has(key)) return [...inherited, ...own];
  const byName = new Map([...own].reverse().map((item) => [nameOf(item), item]));
  if (key === 'pre_aggregations') return [...own, ...inherited.filter((item) => !byName.has(nameOf(item)))];
  if (!NAMED_LISTS.has(key)) return own;
  const items = inherited.map((item) => byName.get(nameOf(item)) ?? item);
  const placed = new Set(items);
  return [...items, ...own.filter((item) => !placed.has(item))];
}

/** The number of values in a node, itself included. */
function sizeOf(node: Located): number {
  let size = 1;
  if (node.kind === 'list') for (const item of node.items) size += sizeOf(item);
  else if (node.kind === 'map') for (const { value } of node.entries.values()) size += sizeOf(value);
  return size;
}
