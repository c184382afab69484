import type { SqlPart, SqlTemplate } from '../schema.js';
import type { Context, DeclaredCube } from './declare.js';
import { CROSSES_ITSELF, pathOf } from './load-join-paths.js';
import { positionOf, positionWithin, type LocatedScalar } from './located.js';
import { parseTemplate, type TemplatePiece } from './parse-template.js';
import { resolveReference, type Target } from './resolve-reference.js';

/** Why a target may not be referred to in a template; null when it may. */
export type Rule = (target: Target) => string | null;

/** Resolves the references of SQL that `home` owns. Those that are unknown or against the rule are problems. */
export function loadTemplate(
  node: LocatedScalar,
  home: DeclaredCube,
  rule: Rule,
  context: Context,
): SqlTemplate {
  const parts: SqlPart[] = [];
  const seen = new Map<string, number>();
  for (const piece of parseTemplate(String(node.value))) {
    if (piece.kind === 'text') {
      parts.push(piece);
      continue;
    }
    const nth = seen.get(piece.fragment) ?? 0;
    seen.set(piece.fragment, nth + 1);
    const part = loadPiece(piece, home, rule, context);
    if (typeof part === 'string') {
      const { problems } = context;
      const at = problems.isFull ? undefined : positionWithin(node.place, piece.fragment, nth);
      problems.add(node.place, part, at);
    } else {
      parts.push(part);
    }
  }
  return { parts, position: positionOf(node.place) };
}

/** A part, or what is wrong with the piece. */
function loadPiece(
  piece: Exclude<TemplatePiece, { kind: 'text' }>,
  home: DeclaredCube,
  rule: Rule,
  context: Context,
): SqlPart | string {
  if (piece.kind === 'fault') return piece.message;
  const target = resolveReference(piece.steps, home, context);
  if (target.kind === 'unknown') return target.message;
  const complaint = rule(target);
  if (complaint !== null) return complaint;
  const path = pathOf(target.kind === 'cube' ? piece.steps : piece.steps.slice(0, -1), home, context);
  if (new Set(path).size < path.length) return CROSSES_ITSELF;
  const way = path.length < 2 ? {} : { path };
  return target.kind === 'cube'
    ? { kind: 'cube', cube: target.cube.name, ...way }
    : { kind: 'member', member: target.id, ...way };
}
