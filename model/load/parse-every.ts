/** How often: the words of `every` and `update_window`. */

export type Every =
  | { readonly kind: 'interval' | 'cron' }
  /** `word`: where the fault is a word, it and those that are known. */
  | { readonly kind: 'fault'; readonly message: string; readonly word?: string; readonly words?: string[] };

const EVERY_UNITS = ['second', 'minute', 'hour', 'day', 'week'];
const WINDOW_UNITS = [...EVERY_UNITS, 'month', 'quarter', 'year'];

/**
 * An interval (`1 hour`, `30 minutes`), or a CRON line: minute, hour, day of the month, month and day of the week, and
 * before them the second where there are six fields.
 */
export function parseEvery(text: string): Every {
  const fields = text.trim().split(/\s+/, 8);
  if (fields.length >= 5 && fields.length <= 6) return parseCron(fields);
  return parseInterval(text, EVERY_UNITS, 'an interval such as `1 hour`, or a CRON line of 5 or 6 fields');
}

/** The interval of an `update_window`. */
export function parseWindow(text: string): Every {
  return parseInterval(text, WINDOW_UNITS, 'an interval such as `7 day`');
}

function parseInterval(text: string, units: readonly string[], wanted: string): Every {
  const [, count, unit = ''] = /^\s*(\d{1,9})\s+([a-z]+?)s?\s*$/i.exec(text) ?? [];
  if (count === undefined) return { kind: 'fault', message: `\`${text}\` is not ${wanted}` };
  if (Number(count) === 0) return { kind: 'fault', message: `\`${text}\` is no time at all: at least 1` };
  if (units.includes(unit)) return { kind: 'interval' };
  const message = `unknown unit \`${unit}\`: one of ${units.join(', ')}`;
  return { kind: 'fault', message, word: unit, words: [...units] };
}

interface CronField {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** Other names of `from`, `from + 1` …. */
  readonly names?: readonly string[];
}

const CRON: readonly CronField[] = [
  { name: 'second', from: 0, to: 59 },
  { name: 'minute', from: 0, to: 59 },
  { name: 'hour', from: 0, to: 23 },
  { name: 'day of the month', from: 1, to: 31 },
  {
    name: 'month',
    from: 1,
    to: 12,
    names: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
  },
  // Sunday is 0 and 7.
  { name: 'day of the week', from: 0, to: 7, names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] },
];

function parseCron(fields: readonly string[]): Every {
  const rules = CRON.slice(CRON.length - fields.length);
  for (const [at, rule] of rules.entries()) {
    if (fields[at].split(',').every((item) => isCronItem(item, rule))) continue;
    const { name, from, to } = rule;
    const message = `\`${fields[at]}\` is no ${name} of a CRON line: *, or ${from} to ${to}, with - , and /`;
    return { kind: 'fault', message };
  }
  return { kind: 'cron' };
}

/** `*`, `5`, `1-5`, each with or without a step: `/2`. */
function isCronItem(item: string, rule: CronField): boolean {
  const [range, step, ...more] = item.split('/');
  if (more.length > 0 || (step !== undefined && !/^[1-9]\d{0,3}$/.test(step))) return false;
  if (range === '*') return true;
  const ends = range.split('-').map((end) => cronValue(end, rule));
  if (ends.length > 2 || ends.some((end) => !(end >= rule.from && end <= rule.to))) return false;
  return ends.length === 1 || ends[0] <= ends[1];
}

function cronValue(word: string, { from, names = [] }: CronField): number {
  if (/^\d{1,3}$/.test(word)) return Number(word);
  const at = names.indexOf(word.toLowerCase());
  return at < 0 ? NaN : from + at;
}
