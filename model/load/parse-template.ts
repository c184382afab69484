export type TemplatePiece =
  | { readonly kind: 'text'; readonly text: string }
  /** `fragment` is the reference as it is written, from `{` to `}`. */
  | { readonly kind: 'reference'; readonly steps: readonly string[]; readonly fragment: string }
  | { readonly kind: 'fault'; readonly message: string; readonly fragment: string };

const REFERENCE = /^[_a-zA-Z][_a-zA-Z0-9]*(\.[_a-zA-Z][_a-zA-Z0-9]*)*$/;
const QUOTED = /^(?:'([^']*)'|"([^"]*)")$/;

/**
 * Cuts text with references apart: `{CUBE}`, `{orders.id}` and the same with a leading `$` are references, `{'text'}`
 * is the text, `\{` and `\}` are braces. Everything else is text.
 */
export function parseTemplate(text: string): readonly TemplatePiece[] {
  const pieces: TemplatePiece[] = [];
  let pending = '';
  const pattern = /\\([{}])|\{\{|\{%|\$?\{(?:(\s*(?:'[^']*'|"[^"]*")\s*)\}|([^}]*)(\}?))/g;
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    pending += text.slice(end, match.index);
    end = match.index + match[0].length;
    const [fragment, brace, quoted, inner, close] = match;
    const piece = brace ?? parseBraces(fragment, (quoted ?? inner)?.trim(), close !== '');
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

/** A piece, or literal text. */
function parseBraces(fragment: string, inner: string | undefined, closed: boolean): TemplatePiece | string {
  if (inner === undefined) return fault(fragment, 'templates (Jinja) are not supported yet');
  if (!closed) return fault(fragment, 'a `{` without its `}`; write `\\{` for a brace in SQL');
  const quoted = QUOTED.exec(inner);
  if (quoted !== null) return quoted[1] ?? quoted[2] ?? '';
  const steps = inner.split('.');
  if (CONTEXT_VARIABLES.has(/^\w*/.exec(inner)?.[0] ?? '')) {
    return fault(fragment, `not supported yet: ${steps[0]}`);
  }
  if (REFERENCE.test(inner)) return { kind: 'reference', steps, fragment };
  return fault(fragment, `\`${fragment}\` is not a reference; write \`\\{\` for a brace in SQL`);
}

function fault(fragment: string, message: string): TemplatePiece {
  return { kind: 'fault', message, fragment };
}

/** Names that Cube fills in when a query arrives. */
export const CONTEXT_VARIABLES: ReadonlySet<string> = new Set([
  'FILTER_PARAMS',
  'FILTER_GROUP',
  'SECURITY_CONTEXT',
  'COMPILE_CONTEXT',
  'SQL_UTILS',
  'USER_CONTEXT',
]);
