/** The errors of a query, alike in all its parts. */
import { StoreError } from '../model/errors.js';
import { LIMITS } from '../model/limits.js';
import { suggest } from '../model/suggest.js';

export function invalid(path: string, what: string, next: string): StoreError {
  return new StoreError('query_invalid', `${path}: ${what}.`, next === '' ? {} : { next });
}

export function unknownWord(
  kind: string,
  word: unknown,
  path: string,
  candidates: readonly string[],
): StoreError {
  const near = typeof word === 'string' ? suggest(word, candidates) : null;
  const some = `Known: ${candidates.slice(0, 8).join(', ')}${candidates.length > 8 ? ', …' : ''}.`;
  return invalid(path, `unknown ${kind} ${show(word)}`, near === null ? some : `Did you mean '${near}'?`);
}

/** A value of the query as it may stand in a message: short, on one line. */
export function show(value: unknown): string {
  const text = jsonText(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

function jsonText(value: unknown): string {
  const plain = (_key: string, inner: unknown): unknown =>
    typeof inner === 'bigint' ? String(inner) : inner;
  try {
    return JSON.stringify(value, plain) ?? String(value);
  } catch {
    return 'a value that is no JSON'; // it refers to itself
  }
}

export function record(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw invalid(path, `${show(value)} is not an object`, '');
}

export function tooMany(path: string, count: number): StoreError {
  return invalid(
    path,
    `${count} entries are more than ${LIMITS.queryMembersMax}`,
    'Ask for fewer at a time.',
  );
}
