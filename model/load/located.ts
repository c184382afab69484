/**
 * A document in which every value knows where the user wrote it. YAML text and plain objects both become this tree;
 * everything after works on the tree alone.
 *
 *     Source ── the text ◄── Place ── offset, and the way from the root ◄── Located ── the value
 */
import type { LineCounter } from 'yaml';

import type { Position } from '../errors.js';
import { LIMITS } from '../limits.js';

/** What a document was read from. `lines` is null for a plain object, which has no text. */
export interface Source {
  readonly file: string;
  /** Of an object: the call that defines it. */
  readonly call?: Position;
  /** Where the file stands among the files of the model. */
  readonly order: number;
  readonly text: string;
  readonly lines: LineCounter | null;
}

export interface Place {
  readonly source: Source;
  /** Half-open range in the text. */
  readonly start: number;
  readonly end: number; // exclusive
  readonly parent: Place | null;
  /** The key or list index under which the parent holds this value, as the user wrote it; null at the root. */
  readonly step: string | number | null;
}

export type Located = LocatedScalar | LocatedList | LocatedMap;

export interface LocatedScalar {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  readonly place: Place;
}

interface LocatedList {
  readonly kind: 'list';
  readonly items: readonly Located[];
  readonly place: Place;
}

export interface LocatedMap {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, LocatedEntry>;
  readonly place: Place;
}

export interface LocatedEntry {
  /** Where the key stands. */
  readonly key: Place;
  readonly value: Located;
}

/** How many values may still be read: shared by all files of a model. */
export interface ValueBudget {
  left: number;
}

export const TOO_DEEP = `nested more than ${LIMITS.modelDepthMax} levels deep`;
export const TOO_MANY = `the model holds more than ${LIMITS.modelValuesMax} values`;

/** Line and column of the place's start; where there is no text, of the call that defines it, else 1:1. */
export function positionOf(place: Place): Position {
  return positionAt(place.source, place.start);
}

/**
 * The position of a fragment of a scalar's text: of its occurrence number `nth`, counted from 0. The scalar's own
 * position where the text spells the fragment in another way (escapes, folded lines).
 */
export function positionWithin(place: Place, fragment: string, nth: number): Position {
  let offset = place.start - 1;
  for (let i = 0; i <= nth; i++) {
    offset = place.source.text.indexOf(fragment, offset + 1);
    if (offset < 0 || offset + fragment.length > place.end) return positionOf(place);
  }
  return positionAt(place.source, offset);
}

function positionAt(source: Source, offset: number): Position {
  if (source.lines === null) return source.call ?? { file: source.file, line: 1, column: 1 };
  const { line, col } = source.lines.linePos(offset);
  return { file: source.file, line: Math.max(line, 1), column: Math.max(col, 1) };
}

/** The keys and indexes from the root to a place. */
export function stepsOf(place: Place): (string | number)[] {
  const steps: (string | number)[] = [];
  for (let at: Place | null = place; at !== null; at = at.parent) if (at.step !== null) steps.push(at.step);
  return steps.reverse();
}

/** Whether a place is another, or lies somewhere below it. */
export function isWithin(place: Place, outer: Place): boolean {
  const steps = stepsOf(place);
  return place.source.order === outer.source.order && stepsOf(outer).every((step, at) => steps[at] === step);
}

/** `cubes[0].measures[2].type`; empty at the root. */
export function pathOf(place: Place): string {
  let path = '';
  for (const step of stepsOf(place)) {
    if (typeof step === 'number') path += `[${step}]`;
    else path += path === '' ? step : `.${step}`;
  }
  return path;
}

/** The value without its places. Own properties only, so that a key `__proto__` is a key like any other. */
export function plainOf(node: Located): unknown {
  switch (node.kind) {
    case 'scalar':
      return node.value;
    case 'list':
      return node.items.map(plainOf);
    case 'map':
      return Object.fromEntries([...node.entries].map(([key, entry]) => [key, plainOf(entry.value)]));
  }
}

/** What stands at a path below a node, or null. */
export function nodeAt(node: Located, path: readonly PropertyKey[]): Located | null {
  let at: Located | undefined = node;
  for (const step of path) {
    if (at?.kind === 'map') at = at.entries.get(String(step))?.value;
    else if (at?.kind === 'list') at = at.items[Number(step)];
    else return null;
  }
  return at ?? null;
}
