import type { Located, LocatedEntry, LocatedMap } from './located.js';
import type { Problems } from './problems.js';

/**
 * Brings the many spellings of a model to one: keys in snake_case and by their present names, named things as lists of
 * maps with `name`, types and relationships by their present names. Empty entries are dropped, as if they were not written. Every value keeps
 * its place.
 */
export function normalise(document: Located, problems: Problems): Located {
  return normaliseNode(document, FILE, problems);
}

/** Which keys hold named things, written as a list of `- name:` or as a map from the name. */
interface Shape {
  readonly [key: string]: Shape;
}

const NOTHING_NAMED: Shape = {};
const FILE: Shape = {
  cubes: {
    joins: NOTHING_NAMED,
    measures: NOTHING_NAMED,
    dimensions: { granularities: NOTHING_NAMED },
    segments: NOTHING_NAMED,
    hierarchies: NOTHING_NAMED,
    pre_aggregations: { indexes: NOTHING_NAMED },
  },
  views: NOTHING_NAMED,
};

/** Keys whose values are words of the format, which have an old spelling in camelCase too. */
const KEYS_OF_WORDS = new Set(['type', 'relationship']);

const RELATIONSHIPS_OF_OLD: ReadonlyMap<string, string> = new Map([
  ['belongs_to', 'many_to_one'],
  ['has_many', 'one_to_many'],
  ['has_one', 'one_to_one'],
]);

/** Keys of 2019 and what they are called today. */
const NAMES_OF_TODAY: ReadonlyMap<string, string> = new Map([
  ['measure_references', 'measures'],
  ['dimension_references', 'dimensions'],
  ['segment_references', 'segments'],
  ['time_dimension_reference', 'time_dimension'],
  ['rollup_references', 'rollups'],
  ['drill_member_references', 'drill_members'],
]);

function normaliseNode(node: Located, shape: Shape, problems: Problems): Located {
  switch (node.kind) {
    case 'scalar':
      return node;
    case 'list':
      return { ...node, items: node.items.map((item) => normaliseNode(item, NOTHING_NAMED, problems)) };
    case 'map':
      return normaliseMap(node, shape, problems);
  }
}

function normaliseMap(node: LocatedMap, shape: Shape, problems: Problems): LocatedMap {
  const entries = new Map<string, LocatedEntry>();
  const present = [...node.entries].filter(
    ([, { value }]) => value.kind !== 'scalar' || value.value !== null,
  );
  const names = new Set(present.map(([written]) => snakeCase(written)));
  // Beside a key of today the old ones stay as they are, and are then refused.
  const isMixed = ['time_dimensions', ...NAMES_OF_TODAY.values()].some((name) => names.has(name));
  for (const [written, entry] of present) {
    const name = snakeCase(written);
    const snake = isMixed ? name : (NAMES_OF_TODAY.get(name) ?? name);
    // Two spellings of one key: the second stays as it is written and is then refused as unknown.
    const key = entries.has(snake) ? written : snake;
    entries.set(key, { key: entry.key, value: normaliseEntry(key, entry.value, shape, problems) });
  }
  return { ...node, entries };
}

function normaliseEntry(key: string, value: Located, shape: Shape, problems: Problems): Located {
  if (key === 'meta') return value;
  if (Object.hasOwn(shape, key)) return normaliseNamed(value, shape[key] ?? NOTHING_NAMED, problems);
  if (KEYS_OF_WORDS.has(key) && value.kind === 'scalar' && typeof value.value === 'string') {
    const word = snakeCase(value.value);
    return { ...value, value: RELATIONSHIPS_OF_OLD.get(word) ?? word };
  }
  return normaliseNode(value, NOTHING_NAMED, problems);
}

function normaliseNamed(node: Located, shape: Shape, problems: Problems): Located {
  switch (node.kind) {
    case 'scalar':
      return node;
    case 'list':
      return { ...node, items: node.items.map((item) => normaliseNode(item, shape, problems)) };
    case 'map': {
      const items = [...node.entries].map(([name, entry]) => nameEntry(name, entry, shape, problems));
      return { kind: 'list', items, place: node.place };
    }
  }
}

function nameEntry(name: string, { key, value }: LocatedEntry, shape: Shape, problems: Problems): Located {
  // `count:` with nothing after it is a member with no keys.
  const isEmpty = value.kind === 'scalar' && value.value === null;
  const entries = value.kind === 'map' ? [...value.entries] : [];
  if (value.kind !== 'map' && !isEmpty) return value;
  const inner = entries.find(([written]) => written === 'name')?.[1];
  if (inner !== undefined) problems.add(inner.key, `the name is \`${name}\` already, by its key`);
  const named: LocatedEntry = { key, value: { kind: 'scalar', value: name, place: key } };
  const all = new Map<string, LocatedEntry>([...entries, ['name', named]]);
  return normaliseMap({ kind: 'map', entries: all, place: value.place }, shape, problems);
}

function snakeCase(word: string): string {
  return word.replace(/(?<=[a-z0-9])[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
