import { LIMITS } from '../limits.js';
import { parseCall, type Call } from './parse-call.js';

export type TemplatePiece =
  | { readonly kind: 'text'; readonly text: string }
  /** `fragment` is the reference as it is written, from `{` to `}`. */
  | { readonly kind: 'reference'; readonly steps: readonly string[]; readonly fragment: string }
  | { readonly kind: 'call'; readonly call: Call; readonly fragment: string }
  | { readonly kind: 'fault'; readonly message: string; readonly fragment: string };

const REFERENCE = /^[_a-zA-Z][_a-zA-Z0-9]*(\.[_a-zA-Z][_a-zA-Z0-9]*)*$/;
const QUOTED = /^(?:'([^']*)'|"([^"]*)")$/;
const CALL_START = /\$?\{\s*[_a-zA-Z][\w.\s]*\(/y;

/**
 * Cuts text with references apart: `{CUBE}`, `{orders.id}` and the same with a leading `$` are references, `{f(…)}` is
 * a call, `{'text'}` is the text, `\{` and `\}` are braces. Everything else is text.
 */
export function parseTemplate(text: string): readonly TemplatePiece[] {
  const pieces: TemplatePiece[] = [];
  let pending = '';
  const pattern = /\\([{}])|\{\{|\{%|\$?\{(?:(\s*(?:'[^']*'|"[^"]*")\s*)\}|([^}]*)(\}?))/g;
  let end = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    pending += text.slice(end, match.index);
    const call = parseCallAt(text, match.index);
    const fragment = call?.fragment ?? match[0];
    end = pattern.lastIndex = match.index + fragment.length;
    const [, brace, quoted, inner, close] = match;
    const piece = call ?? brace ?? parseBraces(fragment, (quoted ?? inner)?.trim(), close !== '');
    if (typeof piece === 'string') {
      pending += piece;
      continue;
    }
    if (pending !== '') pieces.push({ kind: 'text', text: pending });
    pending = '';
    pieces.push(piece);
  }
  pending += text.slice(end);
  if (pending !== '') pieces.push({ kind: 'text', text: pending });
  return pieces;
}

/**
 * A reference that stands alone, as in the lists of a pre-aggregation: `count`, `CUBE.count`, `{orders.count}`. Text
 * in quotes inside the braces is the name of a column. Null: neither.
 */
export function parseReference(text: string): { steps: readonly string[] } | { column: string } | null {
  const inner = /^\s*\$?\{([^{}]*)\}\s*$/.exec(text)?.[1]?.trim() ?? text.trim();
  const quoted = QUOTED.exec(inner);
  if (quoted !== null) return { column: quoted[1] ?? quoted[2] ?? '' };
  return REFERENCE.test(inner) ? { steps: inner.split('.') } : null;
}

/** The call in braces that begins here; null: what is here is none. */
function parseCallAt(text: string, start: number): Exclude<TemplatePiece, { kind: 'text' }> | null {
  CALL_START.lastIndex = start;
  if (!CALL_START.test(text)) return null;
  const open = text.indexOf('{', start);
  const close = closingBrace(text, open);
  if (close === null) {
    const fragment = text.slice(start, open + LIMITS.templateCallChars);
    return fault(fragment, 'a call without its `)` and `}`; write `\\{` for a brace in SQL');
  }
  const fragment = text.slice(start, close + 1);
  const call = parseCall(text.slice(open + 1, close).trim(), LIMITS.templateCallDepth);
  if (call !== null) return { kind: 'call', call, fragment };
  return fault(fragment, `\`${fragment}\` is not a call: its arguments are texts in quotes and references`);
}

/** The brace that closes the one at `open`, past braces in braces and texts in quotes. */
function closingBrace(text: string, open: number): number | null {
  let depth = 0;
  let quote = '';
  const end = Math.min(text.length, open + LIMITS.templateCallChars);
  for (let at = open; at < end; at++) {
    const char = text[at] ?? '';
    if (char === '\\') at++;
    else if (quote !== '') quote = char === quote ? '' : quote;
    else if (char === "'" || char === '"') quote = char;
    else if (char === '{') depth++;
    else if (char === '}' && --depth === 0) return at;
  }
  return null;
}

/** A piece, or literal text. */
function parseBraces(fragment: string, inner: string | undefined, closed: boolean): TemplatePiece | string {
  if (inner === undefined) {
    return fault(
      fragment,
      'templates (Jinja) are not supported yet, but `{{ COMPILE_CONTEXT.… }}` in a file in YAML is; JavaScript models compute what they like',
    );
  }
  if (!closed) return fault(fragment, 'a `{` without its `}`; write `\\{` for a brace in SQL');
  const quoted = QUOTED.exec(inner);
  if (quoted !== null) return quoted[1] ?? quoted[2] ?? '';
  const steps = inner.split('.');
  if (CONTEXT_VARIABLES.has(steps[0] ?? '')) return fault(fragment, adviceOn(fragment, steps[0] ?? ''));
  if (REFERENCE.test(inner)) return { kind: 'reference', steps, fragment };
  return fault(fragment, `\`${fragment}\` is not a reference; write \`\\{\` for a brace in SQL`);
}

function adviceOn(fragment: string, variable: string): string {
  const ways: Readonly<Record<string, string>> = {
    FILTER_PARAMS: "`{FILTER_PARAMS.cube.dimension.filter('column')}`",
    FILTER_GROUP: '`{FILTER_GROUP(FILTER_PARAMS.…, FILTER_PARAMS.…)}`',
    SQL_UTILS: "`{SQL_UTILS.convertTz('column')}`",
    COMPILE_CONTEXT: '`{{ COMPILE_CONTEXT.securityContext.key }}` in YAML',
  };
  const context = "`.filter('column')`, `.requiredFilter('column')` or `.unsafeValue()` after the key";
  return `\`${fragment}\` has no meaning by itself: write ${ways[variable] ?? context}`;
}

function fault(fragment: string, message: string): Exclude<TemplatePiece, { kind: 'text' }> {
  return { kind: 'fault', message, fragment };
}

/** Names of the security context: today's, its alias in JavaScript, and that of 2019. */
export const SECURITY_CONTEXTS: ReadonlySet<string> = new Set([
  'SECURITY_CONTEXT',
  'securityContext',
  'USER_CONTEXT',
]);

/** Names that Cube fills in when a query arrives. */
export const CONTEXT_VARIABLES: ReadonlySet<string> = new Set([
  'FILTER_PARAMS',
  'FILTER_GROUP',
  'COMPILE_CONTEXT',
  'SQL_UTILS',
  ...SECURITY_CONTEXTS,
]);
