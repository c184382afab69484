/** Random events with cumulative measures over random windows, for DuckDB and for the oracle. */
import type { CubeFilter, CubeGranularity, CubeQuery } from './cube-query.js';
import { tableOf } from './open-tables.js';
import type { OracleModel } from './oracle.js';
import type { OracleMeasure } from './oracle-measure.js';
import type { OracleWindow } from './oracle-windows.js';
import { Tape } from './tape.js';

export interface EventRow {
  readonly kind: string | null;
  readonly amount: number | null;
  readonly user: number;
  readonly at: number | null;
}

export interface WindowEvents {
  readonly rows: readonly EventRow[];
  readonly init: readonly string[];
  readonly cube: { readonly name: string; readonly [key: string]: unknown };
  readonly oracle: OracleModel<EventRow>;
  readonly windows: Readonly<Record<string, OracleWindow>>;
}

const HOUR = 3_600_000;
const TYPES = ['sum', 'count', 'min', 'max', 'count_distinct_approx', 'avg', 'count_distinct'] as const;
const UNITS = ['day', 'hour', 'week', 'month', 'quarter', 'year'] as const;
const AVERAGE: OracleMeasure<EventRow> = {
  kind: 'calculated',
  from: ['events.total', 'events.amounts'],
  of: (total, amounts) => (total === null ? null : total / Number(amounts)),
};

export function windowEvents(tape: Tape): WindowEvents {
  const rows = tape.times(300, () => randomRow(tape));
  const windows = tape.times(8, () => randomWindow(tape));
  const types = windows.map((_, at) => TYPES[at % TYPES.length]);
  const measures = windows.map((window, at) => ({
    name: `m${at}`,
    type: types[at],
    ...(types[at] === 'count' ? {} : { sql: sqlOf(types[at]) }),
    rolling_window: textOf(window),
  }));
  return {
    rows,
    init: [tableOf('events', ['kind', 'amount', 'user_id', 'seen_at'], rows.map(literal))],
    cube: {
      name: 'events',
      sql_table: 'events',
      measures: [
        { name: 'count', type: 'count' },
        { name: 'total', type: 'sum', sql: 'amount' },
        ...measures,
      ],
      dimensions: [
        { name: 'kind', sql: 'kind', type: 'string' },
        { name: 'at', sql: 'seen_at', type: 'time' },
      ],
      segments: [{ name: 'large', sql: '{CUBE}.amount > 20' }],
    },
    oracle: {
      dimensions: {
        'events.kind': { type: 'string', of: ({ kind }) => kind },
        'events.at': { type: 'time', of: ({ at }) => at },
      },
      measures: {
        'events.count': { kind: 'count' },
        'events.total': TOTAL,
        'events.amounts': { kind: 'count', of: ({ amount }) => amount },
        ...Object.fromEntries(types.map((type, at) => [`events.m${at}`, oracleMeasure(type)])),
      },
      segments: { 'events.large': ({ amount }) => amount !== null && amount > 20 },
    },
    windows: Object.fromEntries(windows.map((window, at) => [`events.m${at}`, window])),
  };
}

const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe'];

/** By one time dimension with a range of days, some of them about the changes of clocks. */
export function windowQuery(tape: Tape, { windows }: WindowEvents): CubeQuery {
  const granularity = tape.pick<CubeGranularity | undefined>(['day', 'week', 'month', 'hour', undefined]);
  const first = Date.UTC(2024, 2, tape.pick([1, 9, 10, 29, 30, 31, 20]));
  const days = granularity === 'hour' ? 1 + tape.below(3) : 1 + tape.below(40);
  const dateRange = [first, first + (days - 1) * 24 * HOUR].map((day) =>
    new Date(day).toISOString().slice(0, 10),
  );
  const kind: CubeFilter = { member: 'events.kind', operator: 'equals', values: ['a', 'b'] };
  return {
    measures: [...tape.some(Object.keys(windows), 3, 1), ...tape.some(['events.count', 'events.total'], 1)],
    ...(tape.chance(50) && { dimensions: ['events.kind'] }),
    ...(tape.chance(20) && { segments: ['events.large'] }),
    ...(tape.chance(20) && { filters: [kind] }),
    timeDimensions: [{ dimension: 'events.at', dateRange, ...(granularity && { granularity }) }],
    timezone: tape.chance(40) ? 'UTC' : tape.pick(ZONES),
  };
}

const TOTAL: OracleMeasure<EventRow> = {
  kind: 'sum',
  of: ({ amount }) => (amount === null ? null : BigInt(amount)),
};

function oracleMeasure(type: (typeof TYPES)[number]): OracleMeasure<EventRow> {
  switch (type) {
    case 'count':
      return { kind: 'count' };
    case 'sum':
      return TOTAL;
    case 'avg':
      return AVERAGE;
    case 'min':
    case 'max':
      return { kind: type, of: ({ amount }) => amount };
    default:
      return { kind: type === 'count_distinct' ? 'distinct' : 'approx', of: (row: EventRow) => row.user };
  }
}

function sqlOf(type: (typeof TYPES)[number]): string {
  return type.startsWith('count_distinct') ? 'user_id' : 'amount';
}

function randomRow(tape: Tape): EventRow {
  const about = tape.pick([Date.UTC(2024, 2, 31), Date.UTC(2024, 2, 10), Date.UTC(2024, 3, 6)]);
  const near = about + (tape.below(96) - 48) * HOUR;
  const far = Date.UTC(2023, 10, 20) + tape.below(150 * 24) * HOUR;
  const at = (tape.chance(40) ? near : far) + tape.below(60) * 60_000;
  return {
    kind: tape.pick(['a', 'b', 'c', null]),
    amount: tape.chance(10) ? null : tape.below(50),
    user: tape.below(20),
    at: tape.chance(5) ? null : at,
  };
}

function randomWindow(tape: Tape): OracleWindow {
  if (tape.chance(25)) return { toDate: tape.pick(['month', 'week', 'year', 'day']) };
  const step = (): string =>
    tape.chance(20) ? 'unbounded' : `${tape.pick([1, 2, 7, 30])} ${tape.pick(UNITS)}`;
  const offset = tape.pick(['end', 'start'] as const);
  const ends = tape.pick(['trailing', 'leading', 'both']);
  return {
    ...(ends !== 'leading' && { trailing: step() }),
    ...(ends !== 'trailing' && { leading: step() }),
    ...(tape.chance(50) && { offset }),
  };
}

/** As a model writes it. */
function textOf({ toDate, ...window }: OracleWindow): object {
  return toDate === undefined ? window : { type: 'to_date', granularity: toDate };
}

function literal({ kind, amount, user, at }: EventRow): string {
  const time = at === null ? 'NULL' : `TIMESTAMP '${new Date(at).toISOString().slice(0, -1)}'`;
  return `${kind === null ? 'NULL' : `'${kind}'`}, ${amount}, ${user}, ${time}`;
}
