import { StoreError } from '../errors.js';

const USE = /\{\{-?\s*COMPILE_CONTEXT((?:\.\w+)+)\s*-?\}\}/g;
/** What means nothing of its own in YAML or in SQL: words, names of tables, dates, paths. */
const PLAIN = /^[\p{L}\p{N}_ ./@+-]*$/u;

/**
 * Text in YAML with the values of `{{ COMPILE_CONTEXT.securityContext.env }}` in their places; Cube's alias
 * `security_context` is the same. All else that looks like a template stays as it is.
 * @throws StoreError `model_invalid` where there is no value, or none that may stand in text
 */
export function fillCompileContext(
  file: string,
  text: string,
  compileContext: Readonly<Record<string, unknown>>,
): string {
  return text.replace(USE, (use: string, path: string, offset: number) => {
    const value = valueAt(compileContext, path.slice(1).split('.'));
    if (typeof value === 'boolean' || Number.isFinite(value)) return String(value);
    if (typeof value === 'string' && PLAIN.test(value)) return value;
    const isText = typeof value === 'string';
    const what = isText ? 'holds characters that mean something in YAML or SQL' : 'is no text or number';
    const next = isText
      ? 'Give letters, digits and _ . / @ + - only.'
      : `Open the store with a compileContext that has${path} in it.`;
    throw new StoreError('model_invalid', `\`${use}\`: COMPILE_CONTEXT${path} ${what}.`, {
      position: positionIn(file, text, offset),
      next,
    });
  });
}

function valueAt(root: unknown, keys: readonly string[]): unknown {
  let at = root;
  for (const key of keys) {
    if (typeof at !== 'object' || at === null) return undefined;
    const name = !Object.hasOwn(at, key) && key === 'security_context' ? 'securityContext' : key;
    if (!Object.hasOwn(at, name)) return undefined;
    at = (at as Readonly<Record<string, unknown>>)[name];
  }
  return at;
}

function positionIn(file: string, text: string, offset: number) {
  const lines = text.slice(0, offset).split('\n');
  return { file, line: lines.length, column: (lines.at(-1) ?? '').length + 1 };
}
