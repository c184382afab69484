import type { DashboardQuery } from '../index.js';

const time = (granularity: 'hour' | 'day' | 'week' | 'month', dateRange?: readonly [string, string]) => [
  { dimension: 'flights.departed_at', granularity, ...(dateRange === undefined ? {} : { dateRange }) },
];
const equals = (member: string, value: string) => [{ member, operator: 'equals', values: [value] }];

/** Twelve questions about the flights of the demo. The last is finer than any rollup of its model. */
export const FLIGHT_QUESTIONS: readonly DashboardQuery[] = [
  {
    title: 'All flights in one line',
    query: { measures: ['flights.count', 'flights.average_delay', 'flights.total_distance'] },
  },
  {
    title: 'Average delay by week',
    query: { measures: ['flights.average_delay'], timeDimensions: time('week') },
  },
  {
    title: 'Delays day by day in March',
    query: {
      measures: ['flights.min_delay', 'flights.max_delay', 'flights.total_delay'],
      timeDimensions: time('day', ['2001-03-01', '2001-03-31']),
    },
  },
  {
    title: 'Delayed flights by month',
    query: { measures: ['flights.count'], segments: ['flights.delayed'], timeDimensions: time('month') },
  },
  {
    title: 'Flights and average delay by state',
    query: { measures: ['flights.count', 'flights.average_delay'], dimensions: ['airports.state'] },
  },
  {
    title: 'Top 10 routes in June',
    query: {
      measures: ['flights.count'],
      dimensions: ['flights.origin', 'flights.destination'],
      timeDimensions: [{ dimension: 'flights.departed_at', dateRange: ['2001-06-01', '2001-06-30'] }],
      order: { 'flights.count': 'desc' },
      limit: 10,
    },
  },
  {
    title: 'Where flights into SFO come from',
    query: {
      measures: ['flights.count', 'flights.average_delay'],
      dimensions: ['flights.origin'],
      filters: equals('flights.destination', 'SFO'),
    },
  },
  {
    title: 'Top 10 airports by delayed flights',
    query: {
      measures: ['flights.count'],
      dimensions: ['flights.origin'],
      segments: ['flights.delayed'],
      order: { 'flights.count': 'desc' },
      limit: 10,
    },
  },
  {
    title: 'Chicago O’Hare day by day',
    query: {
      measures: ['flights.count', 'flights.average_delay'],
      timeDimensions: time('day'),
      filters: equals('flights.origin', 'ORD'),
    },
  },
  {
    title: 'Distinct routes by month',
    query: { measures: ['flights.distinct_routes'], timeDimensions: time('month') },
  },
  {
    title: 'Distinct routes of the 10 busiest airports',
    query: {
      measures: ['flights.count', 'flights.distinct_routes'],
      dimensions: ['flights.origin'],
      order: { 'flights.count': 'desc' },
      limit: 10,
    },
  },
  {
    title: 'Flights by hour on Valentine’s Day',
    query: { measures: ['flights.count'], timeDimensions: time('hour', ['2001-02-14', '2001-02-14']) },
  },
];
