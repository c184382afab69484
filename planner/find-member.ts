/** Names in a query → members of the model. Names are looked up, never built into anything. */
import { assert } from '../model/assert.js';
import type { Position } from '../model/errors.js';
import type { DataModel, Dimension, Measure, Segment } from '../model/schema.js';
import { suggest } from '../model/suggest.js';
import { invalid, show, unknownWord } from './query-error.js';

export type MemberKind = 'measure' | 'dimension' | 'segment' | 'time';

export type FoundMember =
  | { readonly kind: 'measure'; readonly id: string; readonly measure: Measure }
  | { readonly kind: 'dimension'; readonly id: string; readonly dimension: Dimension }
  | { readonly kind: 'segment'; readonly id: string; readonly segment: Segment };

/**
 * @param kinds what may stand here; `time` is a dimension of type time
 * @throws StoreError `query_invalid` with the nearest name
 */
export function findMember(
  model: DataModel,
  name: unknown,
  path: string,
  kinds: readonly MemberKind[],
): FoundMember {
  if (typeof name !== 'string') {
    throw invalid(path, `${show(name)} is not a member`, "Members are written 'cube.member'.");
  }
  const found = lookUp(model, name);
  const wanted = kinds.join(' or ');
  if (found === null) throw unknownWord(wanted, name, path, memberNames(model, kinds));
  if (!kinds.some((kind) => isOfKind(found, kind))) {
    const near = suggest(name, memberNames(model, kinds));
    const is = found.kind === 'dimension' ? `a dimension of type ${found.dimension.type}` : `a ${found.kind}`;
    const elsewhere = `Put it under \`${found.kind}s\`.`;
    throw invalid(
      path,
      `'${name}' is ${is}, not a ${wanted}`,
      found.kind !== 'dimension' ? elsewhere : near === null ? '' : `Did you mean '${near}'?`,
    );
  }
  return found;
}

/** The same for a dimension of type time. */
export function findTime(model: DataModel, name: unknown, path: string): Dimension {
  const found = findMember(model, name, path, ['time']);
  assert(found.kind === 'dimension', 'a time is a dimension');
  return found.dimension;
}

export function lookUp(model: DataModel, name: string): FoundMember | null {
  const dot = name.indexOf('.');
  const cube = model.cubes.get(name.slice(0, dot));
  if (dot < 0 || cube === undefined) return null;
  const member = name.slice(dot + 1);
  const measure = cube.measures.get(member);
  if (measure !== undefined) return { kind: 'measure', id: measure.id, measure };
  const dimension = cube.dimensions.get(member);
  if (dimension !== undefined) return { kind: 'dimension', id: dimension.id, dimension };
  const segment = cube.segments.get(member);
  return segment === undefined ? null : { kind: 'segment', id: segment.id, segment };
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
  return names;
}

function isOfKind(found: FoundMember, kind: MemberKind): boolean {
  if (kind === 'time') return found.kind === 'dimension' && found.dimension.type === 'time';
  return found.kind === kind;
}
