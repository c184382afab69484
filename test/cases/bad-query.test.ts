/** A malformed query ends in a typed error that says where and what next, and harms nothing. */
import { expect, test } from 'vitest';
import { StoreError } from '../../dist/index.js';
import { buildTables, openTables } from '../support/open-tables.js';
import { byStatus, byStatusRows, expectIntact, orders } from '../support/small-orders.js';

const filter = (rest: object): object => ({ measures: ['orders.count'], filters: [rest] });
const time = (rest: object): object => ({
  measures: ['orders.count'],
  timeDimensions: [{ dimension: 'orders.created_at', ...rest }],
});
const status = { member: 'orders.status', operator: 'equals', values: ['new'] };
const nested = (depth: number): object => (depth === 0 ? status : { and: [nested(depth - 1)] });

const cases: [name: string, query: unknown, says: RegExp][] = [
  ['no query', undefined, /query/],
  ['null', null, /query/],
  ['a text', '{"measures":["orders.count"]}', /query/],
  ['a list', [byStatus], /query/],
  ['nothing asked', {}, /measures, dimensions or timeDimensions/],
  ['an unknown key', { measure: ['orders.count'] }, /measures/],
  ['an unknown measure', { measures: ['orders.cuont'] }, /measures\[0\].*orders\.count/],
  ['an unknown cube', { measures: ['order.count'] }, /orders\.count/],
  ['an unknown dimension', { dimensions: ['orders.statsu'] }, /dimensions\[0\].*orders\.status/],
  ['an unknown segment', { ...byStatus, segments: ['orders.larg'] }, /segments\[0\].*orders\.large/],
  [
    'an unknown filter member',
    filter({ ...status, member: 'orders.statuss' }),
    /filters\[0\].*orders\.status/,
  ],
  ['an unknown operator', filter({ ...status, operator: 'equal' }), /filters\[0\].*equals/],
  ['a dimension among the measures', { measures: ['orders.status'] }, /measures\[0\]/],
  ['a measure among the dimensions', { dimensions: ['orders.count'] }, /dimensions\[0\]/],
  ['a time dimension of type string', { timeDimensions: ['orders.status'] }, /timeDimensions\[0\]/],
  ['measures that are no list', { measures: 'orders.count' }, /measures/],
  ['a measure that is no text', { measures: [7] }, /measures\[0\]/],
  ['filters that are no list', { ...byStatus, filters: 'status = new' }, /filters/],
  ['a filter that is null', { ...byStatus, filters: [null] }, /filters\[0\]/],
  [
    'a filter without values',
    filter({ member: 'orders.status', operator: 'equals' }),
    /filters\[0\].*values/,
  ],
  ['a filter value that is an object', filter({ ...status, values: [{}] }), /filters\[0\]/],
  ['a number that is none', filter({ member: 'orders.amount', operator: 'gt', values: ['ten'] }), /ten/],
  [
    'a date that is none',
    filter({ member: 'orders.created_at', operator: 'afterDate', values: ['soon'] }),
    /soon/,
  ],
  ['an empty group', filter({ or: [] }), /filters\[0\]/],
  [
    'a group of a measure and a dimension',
    filter({ or: [status, { member: 'orders.count', operator: 'gt', values: ['1'] }] }),
    /filters\[0\]/,
  ],
  ['an unknown granularity', time({ granularity: 'fortnight' }), /timeDimensions\[0\].*fortnight/],
  [
    'a range that runs backwards',
    time({ dateRange: ['2024-02-01', '2024-01-01'] }),
    /timeDimensions\[0\].*backwards/,
  ],
  ['a range that is no date', time({ dateRange: ['2024-02-30T99:00'] }), /timeDimensions\[0\]/],
  ['a day that does not exist', time({ dateRange: ['2024-02-30', '2024-03-01'] }), /timeDimensions\[0\]/],
  [
    'a range of three',
    time({ dateRange: ['2024-01-01', '2024-01-02', '2024-01-03'] }),
    /timeDimensions\[0\]/,
  ],
  ['an order that is a number', { ...byStatus, order: 7 }, /order/],
  ['an unknown direction', { ...byStatus, order: { 'orders.count': 'down' } }, /order/],
  ['an order by what is not asked', { ...byStatus, order: { 'orders.amount': 'asc' } }, /order/],
  ['a negative limit', { ...byStatus, limit: -1 }, /limit/],
  ['a limit and an offset, both negative', { ...byStatus, limit: -1, offset: -1 }, /limit|offset/],
  ['a negative offset', { ...byStatus, offset: -1 }, /offset/],
  ['half a row', { ...byStatus, limit: 1.5 }, /limit/],
  ['a limit that is a text', { ...byStatus, limit: '10' }, /limit/],
  ['a limit that is no number', { ...byStatus, limit: Number.NaN }, /limit/],
  ['an unknown time zone', { ...byStatus, timezone: 'Mars/Olympus' }, /timezone.*Mars/],
  ['a time zone that is a number', { ...byStatus, timezone: 2 }, /timezone/],
  ['a total that is a text', { ...byStatus, total: 'yes' }, /total/],
  ['the prototype as a cube', { measures: ['__proto__.count'] }, /measures\[0\]/],
  ['the prototype as a member', { measures: ['orders.__proto__'] }, /measures\[0\]/],
  ['a method as a member', { dimensions: ['orders.toString'] }, /dimensions\[0\]/],
  ['a constructor as a cube', { dimensions: ['constructor.name'] }, /dimensions\[0\]/],
  ['a method as an operator', filter({ ...status, operator: 'hasOwnProperty' }), /filters\[0\]/],
  [
    'the prototype as a key',
    JSON.parse('{"measures":["orders.count"],"__proto__":{"limit":1}}'),
    /__proto__/,
  ],
  ['10,001 filters', { ...byStatus, filters: Array.from({ length: 10_001 }, () => status) }, /10000/],
  ['filters nested 1,000 deep', { ...byStatus, filters: [nested(1_000)] }, /100/],
];

test.for(cases)('%s', async ([, query, says]) => {
  const store = await openTables(orders);
  for (const call of [store.query(query), store.explain(query)]) {
    const error = await call.then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(StoreError);
    expect(error).toMatchObject({ code: 'query_invalid' });
    expect((error as StoreError).message).toMatch(says);
  }
});

test('10,000 filters, and filters nested 99 deep, are answered', async () => {
  const store = await buildTables(orders);
  const many = { ...byStatus, filters: Array.from({ length: 10_000 }, () => status) };
  expect((await store.query(many)).data).toEqual([byStatusRows[1]]);
  expect((await store.query({ ...byStatus, filters: [nested(99)] })).data).toEqual([byStatusRows[1]]);
});

test('SQL in a value is a value', async () => {
  const store = await buildTables(orders);
  const attack = "'; DROP TABLE orders; --";
  const filters = [{ member: 'orders.status', operator: 'equals', values: [attack] }];
  for (const dimensions of [['orders.status'], ['orders.amount']]) {
    expect((await store.query({ measures: ['orders.count'], dimensions, filters })).data).toEqual([]);
  }
  expect(
    (await store.query({ measures: ['orders.count'], dimensions: ['orders.amount'] })).data,
  ).toHaveLength(3);
  await expectIntact(store);
});
