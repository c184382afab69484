/** The values of a filter → constants of the type that they are compared with. */
import { unreachable } from '../model/assert.js';
import { parseNumberLiteral } from '../model/filter.js';
import type { Literal } from '../model/filter.js';
import { LIMITS } from '../model/limits.js';
import type { DimensionType } from '../model/schema.js';
import { dateHint, parseTime } from '../model/time-range.js';
import { toUtc } from '../model/timezone.js';
import type { Clock } from './normalise-range.js';
import { invalid, show } from './query-error.js';

/** The first value; operators that compare take no other. */
export function firstLiteral(values: unknown, type: DimensionType, clock: Clock, path: string): Literal {
  const [value] = valueTexts(values, path);
  if (value === null) throw invalid(path, 'null cannot be compared', 'Use set or notSet.');
  return parseLiteral(value, type, clock, path);
}

/** Each engine would make something else of it: a substring of a pair, a replacement character. */
const NO_TEXT = 'No text in a table does: give whole characters.';

/** The values as texts: Cube takes strings, numbers and booleans alike. */
export function valueTexts(values: unknown, path: string): (string | null)[] {
  const list: readonly unknown[] = Array.isArray(values)
    ? Array.from<unknown>(values)
    : values === undefined
      ? []
      : [values];
  if (list.length === 0) throw invalid(path, 'values are missing', 'Give at least one value.');
  if (list.length > LIMITS.queryFiltersMax) {
    throw invalid(path, `${list.length} values are more than ${LIMITS.queryFiltersMax}`, 'Filter in parts.');
  }
  return list.map((value) => {
    if (value === null) return null;
    if (typeof value === 'string') {
      if (/\p{Surrogate}/u.test(value))
        throw invalid(path, `${show(value)} holds half of a surrogate pair`, NO_TEXT);
      return value;
    }
    if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')
      return String(value);
    throw invalid(path, `${show(value)} is not a string, number, boolean or null`, '');
  });
}

export function parseLiteral(text: string, type: DimensionType, clock: Clock, path: string): Literal {
  switch (type) {
    case 'string':
      return { kind: 'string', value: text };
    case 'number': {
      const number = parseNumberLiteral(text);
      if (number === null) throw invalid(path, `${show(text)} is not a number`, 'Write it as in "12.5".');
      return { kind: 'number', ...number };
    }
    case 'boolean': {
      const word = text.toLowerCase();
      if (word === 'true' || word === '1') return { kind: 'boolean', value: true };
      if (word === 'false' || word === '0') return { kind: 'boolean', value: false };
      throw invalid(path, `${show(text)} is not true or false`, 'Use "true" or "false".');
    }
    case 'time': {
      const time = parseTime(text);
      if (time === null)
        throw invalid(path, `can't parse date: ${show(text)}`, dateHint(text) ?? 'Use an ISO date or time.');
      return {
        kind: 'time',
        value: time.kind === 'utc' ? time.ms : toUtc(time.ms, clock.timezone, 'earlier'),
      };
    }
    default:
      return unreachable(type);
  }
}
