import { findGrain } from '../schema.js';
import type { SqlPart, SqlTemplate } from '../sql-template.js';
import type { Context, DeclaredCube } from './declare.js';
import { loadCall } from './load-call.js';
import { CROSSES_ITSELF, pathOf } from './load-join-paths.js';
import { positionOf, positionWithin, type LocatedScalar } from './located.js';
import { parseTemplate, type TemplatePiece } from './parse-template.js';
import { resolveReference, type Target } from './resolve-reference.js';

/** Why a target may not be referred to in a template; null when it may. */
export type Rule = (target: Target) => string | null;

/** Where SQL stands, which decides what it may name. */
export interface Site {
  readonly home: DeclaredCube;
  readonly rule: Rule;
  /** Whether it is the `sql` of a cube, which is read before there are any members. */
  readonly isTable: boolean;
  /** How many values of a filter it may name: `{0}`, `{1}`. */
  readonly values?: number;
}

/** Resolves the references of SQL that `home` owns. Those that are unknown or against the rule are problems. */
export function loadTemplate(
  node: LocatedScalar,
  home: DeclaredCube,
  rule: Rule,
  context: Context,
  isTable = false,
): SqlTemplate {
  const site: Site = { home, rule, isTable };
  const parts: SqlPart[] = [];
  const seen = new Map<string, number>();
  for (const piece of parseTemplate(String(node.value))) {
    const loaded = loadPiece(piece, site, context);
    if (typeof loaded !== 'string') {
      parts.push(...loaded);
      continue;
    }
    const fragment = piece.kind === 'text' ? piece.text : piece.fragment;
    const nth = seen.get(fragment) ?? 0;
    seen.set(fragment, nth + 1);
    const { problems } = context;
    const at = problems.isFull ? undefined : positionWithin(node.place, fragment, nth);
    problems.add(node.place, loaded, at);
  }
  return { parts, position: positionOf(node.place) };
}

/** The parts of SQL inside a call, or what is wrong with the first that is wrong. */
export function loadText(text: string, site: Site, context: Context): readonly SqlPart[] | string {
  const parts: SqlPart[] = [];
  for (const piece of parseTemplate(text)) {
    const loaded = loadPiece(piece, site, context);
    if (typeof loaded === 'string') return loaded;
    parts.push(...loaded);
  }
  return parts;
}

/** Parts, or what is wrong with the piece. */
function loadPiece(piece: TemplatePiece, site: Site, context: Context): readonly SqlPart[] | string {
  if (piece.kind === 'text') return [piece];
  if (piece.kind === 'call') return loadCall(piece.call, site, context);
  if (piece.kind === 'fault') return loadValue(piece.fragment, site) ?? piece.message;
  const bucket = loadBucket(piece.steps, site, context);
  if (bucket !== null) return bucket;
  const target = resolveReference(piece.steps, site.home, context);
  if (target.kind === 'unknown') return target.message;
  const complaint = site.rule(target);
  if (complaint !== null) return complaint;
  const path = pathOf(target.kind === 'cube' ? piece.steps : piece.steps.slice(0, -1), site.home, context);
  if (new Set(path).size < path.length) return CROSSES_ITSELF;
  const way = path.length < 2 ? {} : { path };
  return target.kind === 'cube'
    ? [{ kind: 'cube', cube: target.cube.name, ...way }]
    : [{ kind: 'member', member: target.id, ...way }];
}

/** `{0}`, the first value of a filter, where a function of JavaScript took it. */
function loadValue(fragment: string, { values = 0 }: Site): readonly SqlPart[] | null {
  const index = Number(/^\{(\d{1,9})\}$/.exec(fragment)?.[1] ?? values);
  return index < values ? [{ kind: 'argument', index }] : null;
}

/** `{CUBE.created_at.month}`: a time dimension with a granularity. Null: something else. */
function loadBucket(
  steps: readonly string[],
  { home, rule }: Site,
  context: Context,
): readonly SqlPart[] | string | null {
  if (steps.length < 2 || resolveReference(steps, home, context).kind !== 'unknown') return null;
  const own = steps.slice(0, -1);
  const target = resolveReference(own, home, context);
  if (target.kind !== 'dimension' || target.text.type !== 'time') return null;
  const granularity = findGrain(target, steps.at(-1));
  if (granularity === undefined) return null;
  const path = pathOf(own.slice(0, -1), home, context);
  if (new Set(path).size < path.length) return CROSSES_ITSELF;
  const way = path.length < 2 ? {} : { path };
  return rule(target) ?? [{ kind: 'bucket', member: target.id, granularity, ...way }];
}
