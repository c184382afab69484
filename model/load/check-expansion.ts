import { LIMITS } from '../limits.js';
import type { Context } from './declare.js';
import { placeOfSql } from './find-cycles.js';
import type { ReferenceId, ReferenceNode } from './reference-graph.js';

/** What a member becomes when every reference is replaced by what it refers to. */
interface Expansion {
  /** Members on the longest way down, the member itself counted. */
  readonly depth: number;
  /** References that are followed on the way to the columns, each as often as it is met. */
  readonly references: number;
  readonly chars: number;
}

/**
 * Adds a problem for every member whose SQL grows out of bounds when its references are filled in; only the first of a
 * chain, for those above it grow by it. The graph has no circles.
 */
export function checkExpansion(graph: ReadonlyMap<ReferenceId, ReferenceNode>, context: Context): void {
  const known = new Map<ReferenceId, Expansion>();
  for (const start of graph.keys()) {
    const way = [start];
    for (let at = way.at(-1); at !== undefined; at = way.at(-1)) {
      const node = graph.get(at) ?? NOTHING;
      const open = known.has(at) ? [] : node.references.filter((reference) => !known.has(reference));
      // Each once: a member that is met again is known by then.
      if (open.length > 0) way.push(...new Set(open));
      else way.pop();
      if (open.length > 0 || known.has(at)) continue;
      const expansion = expand(node, known);
      const fault = faultOf(expansion);
      if (fault !== null) addFault(at, fault, context);
      known.set(at, fault === null ? expansion : LEAF);
    }
  }
}

const NOTHING: ReferenceNode = { references: [], chars: 0 };
const LEAF: Expansion = { depth: 1, references: 0, chars: 0 };

function expand(node: ReferenceNode, known: ReadonlyMap<ReferenceId, Expansion>): Expansion {
  let [depth, references, chars] = [1, 0, node.chars];
  for (const reference of node.references) {
    const inner = known.get(reference) ?? LEAF;
    depth = Math.max(depth, inner.depth + 1);
    references += inner.references + 1;
    chars += inner.chars;
  }
  return { depth, references, chars };
}

function faultOf({ depth, references, chars }: Expansion): string | null {
  if (depth > LIMITS.memberDepthMax) {
    return `its references go more than ${LIMITS.memberDepthMax} members deep`;
  }
  if (references > LIMITS.memberReferencesMax) {
    return `with its references filled in, its SQL holds more than ${LIMITS.memberReferencesMax} of them`;
  }
  if (chars > LIMITS.memberSqlCharsMax) {
    return `with its references filled in, its SQL is longer than ${LIMITS.memberSqlCharsMax} characters`;
  }
  return null;
}

function addFault(id: ReferenceId, fault: string, context: Context): void {
  const place = placeOfSql(id, context);
  if (place !== null)
    context.problems.add(place, `${fault}: refer to fewer, or write a column of the source`);
}
