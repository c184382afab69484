import type { Cube, Dimension, Measure, MemberId, Segment } from '../schema.js';
import type { SqlTemplate } from '../sql-template.js';
import { innerParts } from '../sql-parts.js';

/** A member, or the name of a cube for the SQL that its rows are read from. */
export type ReferenceId = MemberId;

/** What SQL refers to, each reference as often as it is written, and how long its own text is. */
export interface ReferenceNode {
  readonly references: readonly ReferenceId[];
  readonly chars: number;
}

/** All members and cubes of the model with what their SQL refers to, in the order of definition. */
export function referenceGraph(cubes: ReadonlyMap<string, Cube>): ReadonlyMap<ReferenceId, ReferenceNode> {
  const graph = new Map<ReferenceId, ReferenceNode>();
  for (const cube of cubes.values()) {
    const members = [cube.dimensions, cube.measures, cube.segments].flatMap((kind) => [...kind.values()]);
    for (const member of members) graph.set(member.id, nodeOf(templatesOf(member)));
    graph.set(cube.name, nodeOf(cube.table.kind === 'query' ? [cube.table.sql] : []));
  }
  return graph;
}

function templatesOf(member: Dimension | Measure | Segment): readonly SqlTemplate[] {
  const others = 'filters' in member ? [member.second, ...member.filters] : [];
  return [member.sql, ...others].filter((template) => template !== null);
}

function nodeOf(templates: readonly SqlTemplate[]): ReferenceNode {
  const references: ReferenceId[] = [];
  let chars = 0;
  for (const part of templates.flatMap((template) => [...innerParts(template.parts)])) {
    // A part of a filter names the member whose filter it is, and refers to nothing.
    if (part.kind === 'member' || part.kind === 'bucket') references.push(part.member);
    else if (part.kind === 'table') references.push(part.cube);
    else if (part.kind === 'text') chars += part.text.length;
  }
  return { references, chars };
}
