/**
 * Events with what troubles statistics: NULL, NaN, infinities, groups of one, of none and of equals, and times that
 * differ by less than a millisecond. As rows for the oracle, as a table, and as the measures of a model.
 */
import type { OracleMeasure } from './oracle-measure.js';
import { tableOf } from './open-tables.js';

export interface Event {
  readonly id: number;
  readonly kind: string | null;
  readonly x: number | null;
  readonly y: number | null;
  readonly whole: number | null;
  readonly word: string | null;
  readonly ok: boolean | null;
  /** Milliseconds; the table has microseconds behind them. */
  readonly at: number | null;
}

const KINDS = ['many', 'many', 'many', 'flat', 'none', 'nan', 'endless', null] as const;
const WORDS = ['b', 'a', 'B', '', 'éclair', '😀', '\uff5e'];
const START = Date.UTC(2024, 0, 1);

/** 400 events over a year; those of one kind are of a single row. */
export const events: readonly Event[] = Array.from({ length: 400 }, (_, id): Event => {
  const kind = id === 0 ? 'one' : KINDS[(id * 7) % KINDS.length];
  const noise = ((id * 7919) % 1013) / 1013;
  return {
    id,
    kind,
    x: xOf(id, kind, noise),
    y: id % 11 === 10 ? null : kind === 'endless' && id % 5 === 0 ? Infinity : 3 * noise - (id % 17) * 1e-3,
    whole: id % 9 === 8 ? null : ((id * 37) % 101) - 50,
    word: id % 6 === 5 ? null : WORDS[(id * 5) % WORDS.length],
    ok: kind === 'flat' ? true : id % 4 === 3 ? null : id % 3 === 0,
    at: id % 23 === 22 ? null : START + (((id * 131) % 73) * 5 * 24 + (id % 2)) * 3_600_000,
  };
});

function xOf(id: number, kind: string | null, noise: number): number | null {
  if (kind === 'none' || id % 13 === 12) return null;
  if (kind === 'flat') return 0.1;
  if (kind === 'nan' && id % 50 === 5) return NaN;
  // Far from 0, so that Σx² would lose all digits of the variance.
  return 1e9 + noise;
}

export const eventsTable = tableOf(
  'events',
  ['id', 'kind', 'x', 'y', 'whole', 'word', 'ok', 'moment'],
  events.map(({ id, kind, x, y, whole, word, ok, at }) =>
    [
      id,
      text(kind, 'VARCHAR'),
      double(x),
      double(y),
      `CAST(${whole} AS INTEGER)`,
      text(word, 'VARCHAR'),
      `CAST(${ok} AS BOOLEAN)`,
      // Microseconds that run against the order of the rows of one millisecond.
      text(
        at === null ? null : `${new Date(at).toISOString().slice(0, -1)}${999 - (id % 1000)}`,
        'TIMESTAMP',
      ),
    ].join(', '),
  ),
);

function text(value: string | null, type: string): string {
  return `CAST(${value === null ? 'NULL' : `'${value}'`} AS ${type})`;
}

function double(value: number | null): string {
  return value === null ? 'CAST(NULL AS DOUBLE)' : `CAST('${value}' AS DOUBLE)`;
}

/** The measures of a cube over the table, which has the time dimension `at`. */
export const eventMeasures = [
  { name: 'count', type: 'count' },
  { name: 'variance', type: 'variance', sql: 'x' },
  { name: 'stddev', type: 'stddev', sql: '{CUBE}.x' },
  { name: 'whole_stddev', type: 'stddev', sql: 'whole' },
  { name: 'covariance', type: 'covariance', sql: 'x', sql2: 'y' },
  { name: 'correlation', type: 'correlation', sql: 'x', sql2: '{CUBE}.y' },
  { name: 'first_word', type: 'first', sql: 'word' },
  { name: 'last_word', type: 'last', sql: 'word' },
  { name: 'first_x', type: 'first', sql: 'x' },
  { name: 'last_x', type: 'last', sql: 'x' },
  { name: 'last_whole', type: 'last', sql: 'whole' },
  { name: 'first_ok', type: 'first', sql: 'ok' },
  { name: 'last_at', type: 'last', sql: 'moment' },
  { name: 'all_ok', type: 'bool_and', sql: 'ok' },
  { name: 'any_ok', type: 'boolOr', sql: 'ok' },
  { name: 'good_variance', type: 'variance', sql: 'y', filters: [{ sql: 'ok' }] },
  { name: 'last_good_word', type: 'last', sql: 'word', filters: [{ sql: '{CUBE}.ok' }] },
  { name: 'per_row', type: 'number', sql: '{whole_stddev} / {count}' },
];

const at = (event: Event): number | null => event.at;

/** What the measures are. */
export const eventOracle: Readonly<Record<string, OracleMeasure<Event>>> = {
  count: { kind: 'count' },
  variance: { kind: 'variance', of: (event) => event.x },
  stddev: { kind: 'stddev', of: (event) => event.x },
  whole_stddev: { kind: 'stddev', of: (event) => event.whole },
  covariance: { kind: 'covariance', of: (event) => event.x, other: (event) => event.y },
  correlation: { kind: 'correlation', of: (event) => event.x, other: (event) => event.y },
  first_word: { kind: 'first', of: (event) => event.word, at },
  last_word: { kind: 'last', of: (event) => event.word, at },
  first_x: { kind: 'first', of: (event) => event.x, at },
  last_x: { kind: 'last', of: (event) => event.x, at },
  last_whole: { kind: 'last', of: (event) => event.whole, at },
  first_ok: { kind: 'first', of: (event) => event.ok, at },
  last_at: { kind: 'last', of: (event) => event.at, at },
  all_ok: { kind: 'all', of: (event) => event.ok },
  any_ok: { kind: 'any', of: (event) => event.ok },
  good_variance: { kind: 'variance', of: (event) => (event.ok === true ? event.y : null) },
  last_good_word: { kind: 'last', of: (event) => (event.ok === true ? event.word : null), at },
  per_row: {
    kind: 'calculated',
    from: ['whole_stddev', 'count'],
    of: (stddev, count) => (stddev === null || count === null || count === 0 ? null : stddev / count),
  },
};
