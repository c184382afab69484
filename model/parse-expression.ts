import type { Expression } from './expression.js';
import { LIMITS } from './limits.js';
import type { SqlPart } from './sql-template.js';

/**
 * Reads the SQL of a calculated measure as arithmetic over members: `+ - * / %`, signs, brackets, decimal numbers,
 * NULL, nullif, coalesce, abs, and casts to real numbers, which real arithmetic need not do. Null for any other
 * SQL, also for what it cannot be sure of: the source then computes the measure.
 */
export function parseExpression(parts: readonly SqlPart[]): Expression | null {
  const tokens = tokenize(parts);
  if (tokens === null) return null;
  const reader: Reader = { tokens, next: 0, terms: 0 };
  const expression = readSum(reader);
  return reader.next === tokens.length ? expression : null;
}

/** A word (lower case), an operator, a number or a reference. */
type Token =
  | { readonly kind: 'word' | 'symbol'; readonly text: string }
  | Extract<Expression, { kind: 'number' | 'measure' }>;

const SPACE = /\s+/y;
const NUMBER = /(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?/iy;
const WORD = /[a-z_]\w*/iy;
const SYMBOL = /::|[-+*/%(),]/y;
/** Two operators in one that are none of ours: comments and the integer division. */
const FOREIGN = /--|\/\*|\/\//;

function tokenize(parts: readonly SqlPart[]): Token[] | null {
  const tokens: Token[] = [];
  for (const part of parts) {
    if (part.kind === 'member') {
      tokens.push({ kind: 'measure', measure: part.member });
    } else if (part.kind !== 'text' || !tokenizeText(part.text, tokens)) {
      return null;
    }
  }
  return tokens;
}

function tokenizeText(text: string, tokens: Token[]): boolean {
  if (FOREIGN.test(text)) return false;
  let at = 0;
  const take = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null) return null;
    at += match[0].length;
    return match[0];
  };
  while (at < text.length) {
    if (take(SPACE) !== null) continue;
    const number = take(NUMBER);
    if (number !== null) {
      if (!Number.isFinite(Number(number))) return false;
      tokens.push({ kind: 'number', value: Number(number) });
      continue;
    }
    const word = take(WORD);
    const token = word ?? take(SYMBOL);
    if (token === null) return false;
    tokens.push({ kind: word === null ? 'symbol' : 'word', text: token.toLowerCase() });
  }
  return true;
}

/** A walk over the tokens by recursive descent; each reader takes what it reads, or gives null for the whole. */
interface Reader {
  readonly tokens: readonly Token[];
  next: number;
  /** Terms begun so far: bounds the recursion and the depth of the tree. */
  terms: number;
}

function readSum(reader: Reader): Expression | null {
  return readChain(reader, ['+', '-'], readProduct);
}

function readProduct(reader: Reader): Expression | null {
  return readChain(reader, ['*', '/', '%'], readSigned);
}

type Operator = Extract<Expression, { kind: 'binary' }>['operator'];

/** `a - b - c` is `(a - b) - c`. */
function readChain(
  reader: Reader,
  operators: readonly Operator[],
  readOperand: (reader: Reader) => Expression | null,
): Expression | null {
  let left = readOperand(reader);
  for (;;) {
    const operator = operators.find((symbol) => take(reader, 'symbol', symbol));
    if (left === null || operator === undefined) return left;
    const right = readOperand(reader);
    if (right === null) return null;
    left = { kind: 'binary', operator, left, right };
  }
}

function readSigned(reader: Reader): Expression | null {
  reader.terms++;
  if (reader.terms > LIMITS.expressionTermsMax) return null;
  if (take(reader, 'symbol', '+')) return readSigned(reader);
  if (take(reader, 'symbol', '-')) {
    const operand = readSigned(reader);
    return operand === null ? null : { kind: 'negate', operand };
  }
  const expression = readPrimary(reader);
  while (expression !== null && take(reader, 'symbol', '::')) {
    if (!takeRealType(reader)) return null;
  }
  return expression;
}

function readPrimary(reader: Reader): Expression | null {
  const token = reader.tokens[reader.next];
  if (token === undefined) return null;
  reader.next++;
  if (token.kind === 'number' || token.kind === 'measure') return token;
  switch (token.text) {
    case '(':
      return closed(reader, readSum(reader));
    case 'null':
      return { kind: 'null' };
    case 'cast':
      return readCast(reader);
    case 'abs':
      return readCall(reader, token.text, 1, 1);
    case 'nullif':
      return readCall(reader, token.text, 2, 2);
    case 'coalesce':
      return readCall(reader, token.text, 1, Infinity);
    default:
      return null;
  }
}

function readCast(reader: Reader): Expression | null {
  if (!take(reader, 'symbol', '(')) return null;
  const operand = readSum(reader);
  if (operand === null || !take(reader, 'word', 'as') || !takeRealType(reader)) return null;
  return closed(reader, operand);
}

/** A type with digits, such as `NUMERIC(10, 2)`, would round: it is none of these. */
const REAL_TYPES = ['double', 'float', 'float8', 'real', 'numeric', 'decimal'];

function takeRealType(reader: Reader): boolean {
  const type = REAL_TYPES.find((word) => take(reader, 'word', word));
  if (type === 'double') take(reader, 'word', 'precision');
  return type !== undefined;
}

function readCall(
  reader: Reader,
  name: Extract<Expression, { kind: 'call' }>['name'],
  argsMin: number,
  argsMax: number,
): Expression | null {
  if (!take(reader, 'symbol', '(')) return null;
  const args: Expression[] = [];
  do {
    const arg = readSum(reader);
    if (arg === null) return null;
    args.push(arg);
  } while (take(reader, 'symbol', ','));
  if (args.length < argsMin || args.length > argsMax) return null;
  return closed(reader, { kind: 'call', name, args });
}

function closed(reader: Reader, expression: Expression | null): Expression | null {
  return take(reader, 'symbol', ')') ? expression : null;
}

function take(reader: Reader, kind: 'word' | 'symbol', text: string): boolean {
  const token = reader.tokens[reader.next];
  if (token === undefined || token.kind !== kind || token.text !== text) return false;
  reader.next++;
  return true;
}
