/** The demo's questions as a user of DuckDB would write them, in the order of columns and rows of Granary. */
export interface PeerSql {
  /** Over the files of the rollup that answers; null where it holds sketches, which DuckDB cannot merge. */
  readonly rollup: ((files: string) => string) | null;
  /** Over the views `flights` and `airports` of the raw files. */
  readonly raw: string;
}

/** By the title of the question. */
export const DEMO_SQL: Readonly<Record<string, PeerSql>> = {
  'All flights in one line': {
    rollup: (files) => `
      SELECT sum(flights__count), sum(flights__total_delay) / sum(flights__count), sum(flights__total_distance)
      FROM ${files}`,
    raw: 'SELECT count(*), sum(delay) / count(*), sum(distance) FROM flights',
  },
  'Average delay by week': {
    rollup: (files) => `
      SELECT date_trunc('week', flights__departed_at_day) AS week, sum(flights__total_delay) / sum(flights__count)
      FROM ${files} GROUP BY 1 ORDER BY 1`,
    raw: "SELECT date_trunc('week', date) AS week, sum(delay) / count(*) FROM flights GROUP BY 1 ORDER BY 1",
  },
  'Delays day by day in March': {
    rollup: (files) => `
      SELECT flights__departed_at_day, min(flights__min_delay), max(flights__max_delay), sum(flights__total_delay)
      FROM ${files}
      WHERE flights__departed_at_day >= TIMESTAMP '2001-03-01' AND flights__departed_at_day < TIMESTAMP '2001-04-01'
      GROUP BY 1 ORDER BY 1`,
    raw: `
      SELECT date_trunc('day', date) AS day, min(delay), max(delay), sum(delay) FROM flights
      WHERE date >= TIMESTAMP '2001-03-01' AND date < TIMESTAMP '2001-04-01' GROUP BY 1 ORDER BY 1`,
  },
  'Delayed flights by month': {
    rollup: (files) => `
      SELECT date_trunc('month', flights__departed_at_day) AS month, sum(flights__count)
      FROM ${files} WHERE flights__delayed GROUP BY 1 ORDER BY 1`,
    raw: "SELECT date_trunc('month', date) AS month, count(*) FROM flights WHERE delay > 15 GROUP BY 1 ORDER BY 1",
  },
  'Flights and average delay by state': {
    rollup: (files) => `
      SELECT airports__state, sum(flights__count) AS flights, sum(flights__total_delay) / sum(flights__count) AS delay
      FROM ${files} GROUP BY 1 ORDER BY 2 DESC, 1, 3`,
    raw: `
      SELECT state, count(*), sum(delay) / count(*) FROM flights LEFT JOIN airports ON origin = iata
      GROUP BY 1 ORDER BY 2 DESC, 1, 3`,
  },
  'Top 10 routes in June': {
    rollup: (files) => `
      SELECT flights__origin, flights__destination, sum(flights__count) FROM ${files}
      WHERE flights__departed_at_month >= TIMESTAMP '2001-06-01' AND flights__departed_at_month < TIMESTAMP '2001-07-01'
      GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 10`,
    raw: `
      SELECT origin, destination, count(*) FROM flights
      WHERE date >= TIMESTAMP '2001-06-01' AND date < TIMESTAMP '2001-07-01'
      GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 10`,
  },
  'Where flights into SFO come from': {
    rollup: (files) => `
      SELECT flights__origin, sum(flights__count), sum(flights__total_delay) / sum(flights__count) FROM ${files}
      WHERE flights__destination = 'SFO' GROUP BY 1 ORDER BY 2 DESC, 1, 3`,
    raw: `
      SELECT origin, count(*), sum(delay) / count(*) FROM flights
      WHERE destination = 'SFO' GROUP BY 1 ORDER BY 2 DESC, 1, 3`,
  },
  'Top 10 airports by delayed flights': {
    rollup: (files) => `
      SELECT flights__origin, sum(flights__count) FROM ${files}
      WHERE flights__delayed GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 10`,
    raw: 'SELECT origin, count(*) FROM flights WHERE delay > 15 GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 10',
  },
  'Chicago O’Hare day by day': {
    rollup: (files) => `
      SELECT flights__departed_at_day, sum(flights__count), sum(flights__total_delay) / sum(flights__count)
      FROM ${files} WHERE flights__origin = 'ORD' GROUP BY 1 ORDER BY 1`,
    raw: `
      SELECT date_trunc('day', date) AS day, count(*), sum(delay) / count(*) FROM flights
      WHERE origin = 'ORD' GROUP BY 1 ORDER BY 1`,
  },
  'Distinct routes by month': {
    rollup: null,
    raw: `
      SELECT date_trunc('month', date) AS month, count(DISTINCT origin || '-' || destination) FROM flights
      GROUP BY 1 ORDER BY 1`,
  },
  'Distinct routes of the 10 busiest airports': {
    rollup: null,
    raw: `
      SELECT origin, count(*), count(DISTINCT origin || '-' || destination) FROM flights
      GROUP BY 1 ORDER BY 2 DESC, 1, 3 LIMIT 10`,
  },
};
