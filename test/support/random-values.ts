/** Values of every type of column that random tables have, and the times that their models lie in. */
import type { CellType } from './oracle-filter.js';
import type { Tape } from './tape.js';

/** Where the times of a model lie. */
export interface Span {
  readonly from: number;
  readonly days: number;
}

export type Kind = keyof typeof KINDS;

const infinite = ["'NaN'::DOUBLE", "'Infinity'::DOUBLE", "'-Infinity'::DOUBLE", "'-0'::DOUBLE"];

/** Column types with literals of their values. `tame`: the oracle, which counts in doubles, can judge them. */
export const KINDS = {
  text: {
    type: 'string',
    sql: 'VARCHAR',
    tame: true,
    values: [
      "'a'",
      "''",
      "'A'",
      "'é'",
      "'😀'",
      "'ﬀ'",
      "'İ'",
      "'ΑΣ'",
      "'a%_'",
      "'o''x'",
      "' '",
      "'10'",
      "'9'",
      "'\uFFFD'",
      "'👩‍👩‍👧'",
    ],
  },
  name: { type: 'string', sql: 'VARCHAR', tame: true, values: [] },
  serial: { type: 'number', sql: 'INTEGER', tame: true, values: [] },
  small: { type: 'number', sql: 'INTEGER', tame: true, values: ['1', '0', '-3', '2', '7'] },
  flag: { type: 'boolean', sql: 'BOOLEAN', tame: true, values: ['TRUE', 'FALSE'] },
  ts: { type: 'time', sql: 'TIMESTAMP', tame: true, values: [] },
  day: { type: 'time', sql: 'DATE', tame: true, values: [] },
  tz: { type: 'time', sql: 'TIMESTAMPTZ', tame: true, values: [] },
  price: {
    type: 'number',
    sql: 'DECIMAL(10,2)',
    tame: true,
    values: ['1.50', '0', '-0.01', '99999999.99', '2'],
  },
  fine: {
    type: 'number',
    sql: 'DECIMAL(38,10)',
    tame: false,
    values: ['0.0000000001', '-5', '123456789012345678.5'],
  },
  big: {
    type: 'number',
    sql: 'BIGINT',
    tame: false,
    values: [
      '1',
      '9007199254740991',
      '9007199254740993',
      '-9007199254740992',
      '9223372036854775807',
      '(-9223372036854775807 - 1)',
    ],
  },
  /** Each a safe integer, but not two together. */
  brink: {
    type: 'number',
    sql: 'BIGINT',
    tame: false,
    values: ['9007199254740991', '1', '9007199254740989', '9007199254740983', '-3'],
  },
  huge: {
    type: 'number',
    sql: 'HUGEINT',
    tame: false,
    values: ['1', '9223372036854775808', '-9223372036854775809', '90071992547409930000'],
  },
  vast: {
    type: 'number',
    sql: 'HUGEINT',
    tame: false,
    values: ['1', '170141183460469231731687303715884105727', '-170141183460469231731687303715884105727'],
  },
  long: {
    type: 'number',
    sql: 'DECIMAL(38,4)',
    tame: false,
    values: ['0.0001', '1234567890123456789012345678901234.5678', '-1234567890123456789012345678901234.5679'],
  },
  unsigned: { type: 'number', sql: 'UBIGINT', tame: false, values: ['0', '18446744073709551615', '5'] },
  quarter: { type: 'number', sql: 'DOUBLE', tame: true, values: ['0.25', '-1.5', '1024', '0', '1e-3 * 0'] },
  wild: { type: 'number', sql: 'DOUBLE', tame: false, values: ['0.25', '0', ...infinite] },
  rough: { type: 'number', sql: 'DOUBLE', tame: false, values: ['0.1', '1e6', '-1e6', '0.7', '1e-9', '3.3'] },
  /** Of which sums need more than doubles have. */
  steep: { type: 'number', sql: 'DOUBLE', tame: false, values: ['1e300', '0.5', '-3e299', '1', '5e289'] },
  real: { type: 'number', sql: 'FLOAT', tame: false, values: ['0.5', '-2', '0.1', '1024'] },
} as const satisfies Record<
  string,
  { type: CellType; sql: string; tame: boolean; values: readonly string[] }
>;

export function isTame(kind: Kind): boolean {
  return KINDS[kind].tame;
}

const HOUR = 3_600_000;

export const DAY = 24 * HOUR;

export const spans: readonly Span[] = [
  { from: Date.UTC(2021, 2, 1), days: 40 },
  { from: Date.UTC(2021, 9, 30), days: 9 },
  { from: Date.UTC(1969, 11, 29), days: 5 },
  { from: Date.UTC(2023, 10, 1), days: 400 },
  { from: Date.UTC(1960, 0, 1), days: 5000 },
  { from: Date.UTC(2021, 3, 3), days: 1 },
  { from: Date.UTC(2018, 9, 31), days: 8 },
  { from: Date.UTC(2024, 1, 26), days: 6 },
  { from: Date.UTC(2020, 11, 20), days: 20 },
  { from: Date.UTC(2021, 2, 20), days: 12 },
];

/** Over a February of 28 days in a year that four divides, and over one of 29 in a century. */
export const leapSpans: readonly Span[] = [
  { from: Date.UTC(2100, 0, 25), days: 40 },
  { from: Date.UTC(2000, 1, 10), days: 36 },
];

export function literal(tape: Tape, kind: Kind, span: Span): string {
  if (kind === 'name') return `'n${tape.below(1000)}'`;
  if (kind === 'serial') return String(tape.below(10_000));
  if (KINDS[kind].type !== 'time') return tape.pick<string>(KINDS[kind].values);
  const ms = moment(tape, span);
  if (kind === 'day') return `DATE '1970-01-01' + (${Math.floor(ms / DAY)})`;
  const micros = `${ms}000 + ${tape.pick([0, 0, 999])}`;
  return kind === 'ts' ? `make_timestamp(${micros})` : `CAST(make_timestamp(${micros}) AS TIMESTAMPTZ)`;
}

/** The milliseconds since the epoch that a literal of a time tells. */
export function msOfLiteral(text: string): number {
  const days = /\((-?\d+)\)$/.exec(text);
  if (days !== null) return Number(days[1]) * DAY;
  return Number(/make_timestamp\((-?\d+)000 /.exec(text)?.[1]);
}

/** Times that a clock shows twice when it is set back, as the instant of the first pass. */
export const repeats: readonly { readonly zone: string; readonly first: number; readonly wall: string }[] = [
  { zone: 'Australia/Lord_Howe', first: Date.UTC(2021, 3, 3, 14, 45), wall: '2021-04-04T01:45:00.000' },
  { zone: 'America/New_York', first: Date.UTC(2021, 10, 7, 5, 15), wall: '2021-11-07T01:15:00.000' },
  { zone: 'Europe/Berlin', first: Date.UTC(2021, 9, 31, 0, 30), wall: '2021-10-31T02:30:00.000' },
  { zone: 'America/New_York', first: Date.UTC(2023, 10, 5, 5, 40), wall: '2023-11-05T01:40:00.000' },
];

/** Instants at which the clocks of New York, Lord Howe, São Paulo or Berlin change, and ends of days and years. */
const edges = [
  ...repeats.flatMap(({ zone, first }) => [
    first,
    first + (zone === 'Australia/Lord_Howe' ? HOUR / 2 : HOUR),
  ]),
  Date.UTC(2021, 2, 14, 7),
  Date.UTC(2021, 3, 3, 15),
  Date.UTC(2021, 10, 7, 5, 30),
  Date.UTC(2023, 10, 5, 6),
  Date.UTC(2021, 2, 1, 18, 15),
  Date.UTC(2018, 10, 4, 3),
  Date.UTC(2021, 2, 28, 1),
  Date.UTC(2024, 1, 29),
  Date.UTC(2024, 2, 1),
  Date.UTC(2020, 11, 28),
  Date.UTC(2021, 0, 1),
  Date.UTC(2021, 0, 4),
];

/** A time within the span, often at an edge of something. */
export function moment(tape: Tape, { from, days }: Span): number {
  const inside = from + tape.below(12) * Math.floor((days * DAY) / 12) + tape.below(3) * 12_345_678;
  const edge = edges.filter((time) => time >= from && time < from + days * DAY);
  const times = [
    Math.floor(inside / DAY) * DAY,
    inside,
    Math.floor(inside / DAY) * DAY - 1,
    Math.floor(inside / HOUR) * HOUR,
    ...edge,
    ...edge.map((time) => time - 1),
  ];
  return tape.pick(times);
}

export function isoDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
