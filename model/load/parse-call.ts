/** An argument of a call in the SQL of a model: `'created_at'`, `2`, `CUBE.created_at` or a call again. */
export type CallArgument =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'path'; readonly steps: readonly string[] }
  | ({ readonly kind: 'call' } & Call)
  /** A function of Python, which only Python can run. */
  | { readonly kind: 'lambda' };

/** `FILTER_PARAMS.orders.status.filter('status')` */
export interface Call {
  readonly steps: readonly string[];
  readonly args: readonly CallArgument[];
}

interface Reader {
  readonly text: string;
  readonly depthMax: number;
  at: number;
}

const PATH = /\s*([_a-zA-Z]\w*(?:\s*\.\s*\w+)*)\s*/y;
const NUMBER = /\s*(\d{1,9})\s*/y;
const QUOTE = /\s*f?("""|'''|"|')/y;
const LAMBDA = /\s*lambda\b/y;

/** Reads a call, which must be all of the text. Null: the text is no call. */
export function parseCall(text: string, depthMax: number): Call | null {
  const reader: Reader = { text, depthMax, at: 0 };
  const call = readPath(reader, 0);
  return call?.kind === 'call' && reader.at === text.length ? call : null;
}

function readPath(reader: Reader, depth: number): CallArgument | null {
  const name = take(reader, PATH);
  if (name === null || depth > reader.depthMax) return null;
  const steps = name.split('.').map((step) => step.trim());
  if (reader.text[reader.at] !== '(') return { kind: 'path', steps };
  reader.at++;
  const args: CallArgument[] = [];
  while (take(reader, /\s*\)\s*/y) === null) {
    if (args.length > 0 && take(reader, /\s*,/y) === null) return null;
    const arg = readArgument(reader, depth);
    if (arg === null) return null;
    args.push(arg);
    if (arg.kind === 'lambda') return { kind: 'call', steps, args };
    take(reader, /\s*,(?=\s*\))/y);
  }
  return { kind: 'call', steps, args };
}

function readArgument(reader: Reader, depth: number): CallArgument | null {
  if (take(reader, LAMBDA) !== null) {
    reader.at = reader.text.length;
    return { kind: 'lambda' };
  }
  const number = take(reader, NUMBER);
  if (number !== null) return { kind: 'number', value: Number(number) };
  const quote = take(reader, QUOTE);
  return quote === null ? readPath(reader, depth + 1) : readText(reader, quote);
}

/** The rest of a text in quotes; a backslash before a character stands for what it does in JSON, else for that. */
function readText(reader: Reader, quote: string): CallArgument | null {
  const { text } = reader;
  const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' };
  let found = '';
  for (let at = reader.at; at < text.length; at++) {
    if (text.startsWith(quote, at)) {
      reader.at = at + quote.length;
      return { kind: 'text', text: found };
    }
    if (text[at] !== '\\') {
      found += text[at];
      continue;
    }
    at++;
    const code = /^u([0-9a-fA-F]{4})/.exec(text.slice(at, at + 5))?.[1];
    found += code === undefined ? (escapes[text[at] ?? ''] ?? text[at] ?? '') : fromCode(code);
    if (code !== undefined) at += 4;
  }
  return null;
}

function fromCode(hex: string): string {
  return String.fromCharCode(Number.parseInt(hex, 16));
}

function take(reader: Reader, pattern: RegExp): string | null {
  pattern.lastIndex = reader.at;
  const match = pattern.exec(reader.text);
  if (match === null) return null;
  reader.at += match[0].length;
  return match[1] ?? '';
}
