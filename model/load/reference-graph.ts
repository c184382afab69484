import type { Cube, Dimension, Measure, MemberId, Segment, SqlTemplate } from '../schema.js';

/** What the SQL of a member refers to, each reference as often as it is written, and how long its own text is. */
export interface ReferenceNode {
  readonly references: readonly MemberId[];
  readonly chars: number;
}

/** All members of the model with what their SQL refers to, in the order of definition. */
export function referenceGraph(cubes: ReadonlyMap<string, Cube>): ReadonlyMap<MemberId, ReferenceNode> {
  const graph = new Map<MemberId, ReferenceNode>();
  for (const cube of cubes.values()) {
    const members = [cube.dimensions, cube.measures, cube.segments].flatMap((kind) => [...kind.values()]);
    for (const member of members) graph.set(member.id, nodeOf(member));
  }
  return graph;
}

function nodeOf(member: Dimension | Measure | Segment): ReferenceNode {
  const templates: (SqlTemplate | null)[] = [member.sql, ...('filters' in member ? member.filters : [])];
  const references: MemberId[] = [];
  let chars = 0;
  for (const part of templates.flatMap((template) => template?.parts ?? [])) {
    if (part.kind === 'member') references.push(part.member);
    else if (part.kind === 'text') chars += part.text.length;
  }
  return { references, chars };
}
