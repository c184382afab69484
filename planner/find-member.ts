/** Names in a query → members of the model. Names are looked up, never built into anything. */
import { assert } from '../model/assert.js';
import type { Position } from '../model/errors.js';
import type { DataModel, Dimension, JoinPath, Measure, Segment, ViewMember } from '../model/schema.js';
import { suggest } from '../model/suggest.js';
import { invalid, show, unknownWord } from './query-error.js';

export type MemberKind = 'measure' | 'dimension' | 'segment' | 'time';

export type FoundMember =
  | { readonly kind: 'measure'; readonly id: string; readonly measure: Measure }
  | { readonly kind: 'dimension'; readonly id: string; readonly dimension: Dimension }
  | { readonly kind: 'segment'; readonly id: string; readonly segment: Segment };

/** A member that a query asks for: of a cube, or of a view by the cube's. */
export type AskedMember = FoundMember & {
  /** As the query says it. */
  readonly name: string;
  /** How the view reaches the cube; fewer than two cubes force nothing. */
  readonly joinPath: JoinPath;
};

export type AskedTimeMember = Extract<AskedMember, { readonly kind: 'dimension' }>;

const NO_PATH: JoinPath = [];

/**
 * @param kinds what may stand here; `time` is a dimension of type time
 * @throws StoreError `query_invalid` with the nearest name
 */
export function findMember(
  model: DataModel,
  name: unknown,
  path: string,
  kinds: readonly MemberKind[],
): AskedMember {
  if (typeof name !== 'string') {
    throw invalid(path, `${show(name)} is not a member`, "Members are written 'cube.member'.");
  }
  const inView = model.views.size === 0 ? null : viewMember(model, name);
  const found = lookUp(model, inView?.member ?? name);
  if (found === null) throw unknownWord(kinds.join(' or '), name, path, memberNames(model, kinds));
  if (!kinds.some((kind) => isOfKind(found, kind))) {
    const near = suggest(name, memberNames(model, kinds));
    const is = found.kind === 'dimension' ? `a dimension of type ${found.dimension.type}` : `a ${found.kind}`;
    const elsewhere = `Put it under \`${found.kind}s\`.`;
    throw invalid(
      path,
      `'${name}' is ${is}, not a ${kinds.join(' or ')}`,
      found.kind !== 'dimension' ? elsewhere : near === null ? '' : `Did you mean '${near}'?`,
    );
  }
  return { ...found, name, joinPath: inView?.joinPath ?? NO_PATH };
}

/** The same for a dimension of type time. */
export function findTime(model: DataModel, name: unknown, path: string): AskedTimeMember {
  const found = findMember(model, name, path, ['time']);
  assert(found.kind === 'dimension', 'a time is a dimension');
  return found;
}

/** Null where the name is not that of a view's member. */
export function viewMember(model: DataModel, name: string): ViewMember | null {
  const dot = name.indexOf('.');
  return model.views.get(name.slice(0, dot))?.members.get(name.slice(dot + 1)) ?? null;
}

/** A member by its name in its cube. */
export function lookUp(model: DataModel, name: string): FoundMember | null {
  return membersOf(model).get(name) ?? null;
}

const KNOWN = new WeakMap<DataModel, ReadonlyMap<string, FoundMember>>();

/** All members of a model by their full names, gathered once: every name of every query is looked up here. */
function membersOf(model: DataModel): ReadonlyMap<string, FoundMember> {
  const known = KNOWN.get(model);
  if (known !== undefined) return known;
  const members = new Map<string, FoundMember>();
  for (const cube of model.cubes.values()) {
    for (const measure of cube.measures.values()) {
      members.set(measure.id, { kind: 'measure', id: measure.id, measure });
    }
    for (const dimension of cube.dimensions.values()) {
      members.set(dimension.id, { kind: 'dimension', id: dimension.id, dimension });
    }
    for (const segment of cube.segments.values()) {
      members.set(segment.id, { kind: 'segment', id: segment.id, segment });
    }
  }
  KNOWN.set(model, members);
  return members;
}

/** Where a member that exists is defined. */
export function memberPosition(model: DataModel, id: string): Position | undefined {
  const found = lookUp(model, id);
  switch (found?.kind) {
    case 'measure':
      return found.measure.position;
    case 'dimension':
      return found.dimension.position;
    case 'segment':
      return found.segment.position;
    case undefined:
      return undefined;
  }
}

function memberNames(model: DataModel, kinds: readonly MemberKind[]): string[] {
  const names: string[] = [];
  for (const cube of model.cubes.values()) {
    if (kinds.includes('measure')) for (const { id } of cube.measures.values()) names.push(id);
    if (kinds.includes('segment')) for (const { id } of cube.segments.values()) names.push(id);
    for (const { id, type } of cube.dimensions.values()) {
      if (kinds.includes('dimension') || (kinds.includes('time') && type === 'time')) names.push(id);
    }
  }
  for (const view of model.views.values()) {
    for (const { id, member } of view.members.values()) {
      const found = lookUp(model, member);
      if (found !== null && kinds.some((kind) => isOfKind(found, kind))) names.push(id);
    }
  }
  return names;
}

function isOfKind(found: FoundMember, kind: MemberKind): boolean {
  if (kind === 'time') return found.kind === 'dimension' && found.dimension.type === 'time';
  return found.kind === kind;
}
