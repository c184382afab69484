/** The names of a model: what there is to refer to, gathered before any reference is followed. */
import { assert } from '../assert.js';
import { formatPosition } from '../errors.js';
import type { CustomGranularity, MemberId } from '../schema.js';
import { loadGranularities } from './load-granularities.js';
import {
  isWithin,
  nodeAt,
  positionOf,
  stepsOf,
  type Located,
  type LocatedMap,
  type LocatedScalar,
  type Place,
} from './located.js';
import { CONTEXT_VARIABLES } from './parse-template.js';
import type { Problems } from './problems.js';
import type { CubeText, DimensionText, MeasureText, SegmentText, ViewText } from './structure.js';

export interface DeclaredCube {
  readonly name: string;
  readonly text: CubeText;
  readonly node: LocatedMap;
  readonly members: ReadonlyMap<string, DeclaredMember>;
  readonly joins: ReadonlySet<string>;
  readonly hasPrimaryKey: boolean;
}

interface Declared<Kind extends string, Text> {
  readonly kind: Kind;
  readonly id: MemberId;
  readonly text: Text;
  readonly node: LocatedMap;
}

export interface DeclaredDimension extends Declared<'dimension', DimensionText> {
  readonly granularities: ReadonlyMap<string, CustomGranularity>;
}
export type DeclaredMeasure = Declared<'measure', MeasureText>;
export type DeclaredSegment = Declared<'segment', SegmentText>;
export type DeclaredMember = DeclaredDimension | DeclaredMeasure | DeclaredSegment;

/** What every step of loading needs beside its own part of the model. */
export interface Context {
  readonly cubes: ReadonlyMap<string, DeclaredCube>;
  /** The cubes that others extend. */
  readonly parents: ReadonlySet<string>;
  /** RFC 6901 pointer into `DataModel.document` to where the user wrote a part of a cube. */
  readonly pointerTo: (place: Place) => string;
  readonly problems: Problems;
}

/** A file whose structure is right. */
export interface CheckedFile {
  readonly node: Located;
  readonly cubes: readonly CubeText[];
  readonly views: readonly ViewText[];
}

/** All cubes by name. Names that are taken or reserved go to `problems`. */
export function declareCubes(files: readonly CheckedFile[], problems: Problems): Context {
  const cubes = new Map<string, DeclaredCube>();
  const orders = new Map<string, number>();
  for (const file of files) {
    for (const [index, text] of file.cubes.entries()) {
      const node = mapAt(file.node, ['cubes', index]);
      const place = placeOfName(node);
      orders.set(cubeKey(node.place), orders.size);
      const taken = cubes.get(text.name);
      if (taken !== undefined) {
        const first = formatPosition(positionOf(placeOfName(taken.node)));
        problems.add(place, `a second cube \`${text.name}\`; the first is at ${first}`);
      } else if (RESERVED.has(text.name)) {
        problems.add(place, `\`${text.name}\` has a meaning of its own in SQL and cannot name a cube`);
      } else {
        cubes.set(text.name, declareCube(text, node, problems));
      }
    }
  }
  const pointerTo = (place: Place) =>
    `/cubes/${[orders.get(cubeKey(place)), ...stepsOf(place).slice(2)].join('/')}`;
  const parents = new Set([...cubes.values()].flatMap(({ text }) => text.extends ?? []));
  return { cubes, parents, pointerTo, problems };
}

/** The cube in which a place lies. */
function cubeKey(place: Place): string {
  return `${place.source.order}.${stepsOf(place)[1]}`;
}

export const RESERVED: ReadonlySet<string> = new Set(['CUBE', ...CONTEXT_VARIABLES]);

function declareCube(text: CubeText, node: LocatedMap, problems: Problems): DeclaredCube {
  const members = new Map<string, DeclaredMember>();
  const declare = (member: DeclaredMember): void => {
    const place = placeOfName(member.node);
    const { name } = member.text;
    const taken = members.get(name);
    if (taken !== undefined && !isWithin(member.node.place, node.place)) {
      const message = `the name \`${name}\` is taken by a ${member.kind} that \`${text.name}\` inherits`;
      problems.add(placeOfName(taken.node), message);
    } else if (taken !== undefined) {
      problems.add(place, `the name \`${name}\` is taken by a ${taken.kind} of this cube`);
    } else if (RESERVED.has(name)) {
      problems.add(place, `\`${name}\` has a meaning of its own in SQL and cannot name a member`);
    } else {
      members.set(name, member);
    }
  };
  const id = (name: string): MemberId => `${text.name}.${name}`;
  for (const [index, measure] of (text.measures ?? []).entries()) {
    const at = mapAt(node, ['measures', index]);
    declare({ kind: 'measure', id: id(measure.name), text: measure, node: at });
  }
  for (const [index, dimension] of (text.dimensions ?? []).entries()) {
    const at = mapAt(node, ['dimensions', index]);
    const granularities = loadGranularities(dimension, at, problems);
    declare({ kind: 'dimension', id: id(dimension.name), text: dimension, node: at, granularities });
  }
  for (const [index, segment] of (text.segments ?? []).entries()) {
    const at = mapAt(node, ['segments', index]);
    declare({ kind: 'segment', id: id(segment.name), text: segment, node: at });
  }
  const hasPrimaryKey = (text.dimensions ?? []).some((dimension) => dimension.primary_key === true);
  const joins = (text.joins ?? []).map((join) => join.name);
  checkUnique(node, 'joins', joins, problems);
  return { name: text.name, text, node, members, joins: new Set(joins), hasPrimaryKey };
}

/** Adds a problem for every name that the list under `key` holds a second time. */
export function checkUnique(node: Located, key: string, names: readonly string[], problems: Problems): void {
  const seen = new Set<string>();
  for (const [index, name] of names.entries()) {
    if (seen.has(name)) {
      problems.add(
        placeOfName(mapAt(node, [key, index])),
        `the name \`${name}\` is written twice in \`${key}\``,
      );
    }
    seen.add(name);
  }
}

/** The map at a path that the structure guarantees. */
export function mapAt(node: Located, path: readonly PropertyKey[]): LocatedMap {
  const at = nodeAt(node, path);
  assert(at?.kind === 'map', `a map at ${path.join('.')}`);
  return at;
}

export function placeOfName(node: LocatedMap): Place {
  return node.entries.get('name')?.value.place ?? node.place;
}

/** The scalar at a path that the structure guarantees. */
export function scalarAt(node: Located, path: readonly PropertyKey[]): LocatedScalar {
  const at = nodeAt(node, path);
  assert(at?.kind === 'scalar', `a scalar at ${path.join('.')}`);
  return at;
}
