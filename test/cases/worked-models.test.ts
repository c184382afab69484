/** FX-2 to FX-4: the models, rows and queries of cube-getting-started.md as they are printed, and the answers that it prints. */
import { describe, expect, test } from 'vitest';
import { completed, documentBlocks, literal, tableRows } from '../support/document-blocks.js';
import { buildTables, refusals, tableOf } from '../support/open-tables.js';
import type { Store } from '../support/open-tables.js';
import { loadScript, valuesOf } from '../support/script-twins.js';

const started = documentBlocks('getting-started');

function tableOfDocument(name: string, block: string): string {
  const { columns, rows } = tableRows(block);
  return tableOf(
    name,
    columns,
    rows.map((row) => row.map(literal).join(', ')),
  );
}

const rowsOf = (block: string): string[][] => tableRows(started(block)).rows;
const init = [
  'CREATE SCHEMA IF NOT EXISTS public',
  tableOfDocument('public.orders', started('orders: rows')),
  tableOfDocument('public.line_items', started('lineItems: rows')),
];

/** What the document prints is refused with its place; `right` stands for it from here on. */
function corrected(text: string, printed: string, right: string): string {
  expect(text.split(printed)).toHaveLength(2);
  return text.replace(printed, () => right);
}

const ordersAsPrinted = completed(
  started('orders'),
  started('orderStatuses'),
  started('ordersByCompletedAt'),
);
const orders = ordersAsPrinted.replace('drillMembers: [id, createdAt]', 'drillMembers: [id, completedAt]');

describe('[FX-2] orders', () => {
  const open = (): Promise<Store> => buildTables({ yaml: '', js: orders, init });

  test('[B7] [X17] the drill member that the cube lacks is found', async () => {
    const failure = loadScript(ordersAsPrinted);
    await expect(failure).rejects.toMatchObject({
      code: 'model_invalid',
      position: { file: 'm.js', line: 1 },
    });
    await expect(failure).rejects.toThrow('`Orders` has no member `createdAt`');
    expect(corrected(ordersAsPrinted, '[id, createdAt]', '[id, completedAt]')).toBe(orders);
    await expect(loadScript(orders)).resolves.toBeDefined();
  });

  test('[B9] [B10] [D11] the dropdown has the three statuses of the rows', async () => {
    const store = await open();
    const query = JSON.parse(started('dropdown: query')) as object;
    const { data, meta } = await store.query(query);
    const statuses = new Set(rowsOf('orders: rows').map(([, status]) => status));
    expect(valuesOf(data)).toEqual([...statuses].toSorted().map((status) => [status]));
    expect(meta).toMatchObject({ mode: 'direct', preAggregation: 'Orders.orderStatuses', rowsScanned: 3 });
    expect(await refusals(store, query, 'Orders.ordersByCompletedAt')).toEqual(['dimension_missing']);
  });

  test('[B11] [B12] [B13] [B15] the count of all time is made of the months, which are those that it prints', async () => {
    const store = await open();
    const all = await store.query(JSON.parse(started('completed: query')) as object);
    expect([all.data, all.meta.mode, all.meta.preAggregation]).toEqual([
      [{ 'Orders.count': '5' }],
      'rollup',
      'Orders.ordersByCompletedAt',
    ]);
    const { data, meta } = await store.query({
      measures: ['Orders.count'],
      timeDimensions: [{ dimension: 'Orders.completedAt', granularity: 'month' }],
    });
    expect(data.map((row) => [row['Orders.completedAt'], row['Orders.count']])).toEqual(
      rowsOf('ordersByCompletedAt: rows'),
    );
    expect(meta).toMatchObject({ mode: 'direct', rowsScanned: 2 });
  });

  test('[X18] the text speaks of days and the rollup is of months: days come from the source', async () => {
    const store = await open();
    const query = {
      measures: ['Orders.count'],
      timeDimensions: [{ dimension: 'Orders.completedAt', granularity: 'day' }],
    };
    expect(await refusals(store, query, 'Orders.ordersByCompletedAt')).toEqual(['granularity_too_fine']);
    const { data, meta } = await store.query(query);
    expect(meta).toMatchObject({ mode: 'source', preAggregation: null, partitions: { read: 0, total: 0 } });
    expect(data.map((row) => row['Orders.completedAt.day'])).toEqual(
      ['02-15', '02-25', '03-10', '03-13', '03-15'].map((day) => `2021-${day}T00:00:00.000`),
    );
  });
});

/** The document leaves out the pre-aggregations that its measures are to show: these are ours. */
const byDay = `cube(\`LineItems\`, {
  measures: {
    margins: { sql: \`profit_margin\`, type: \`sum\` },
    products: { sql: \`product_id\`, type: \`countDistinct\` },
  },
  dimensions: {
    productId: { sql: \`product_id\`, type: \`number\` },
  },
  preAggregations: {
    byDay: {
      measures: [quantity, price, margins, cost, countDistinctProducts, products],
      timeDimension: createdAt,
      granularity: \`day\`,
    },
    byMargin: { measures: [price], dimensions: [profitMargin], timeDimension: createdAt, granularity: \`day\` },
    ordersOfProducts: { measures: [Orders.count], dimensions: [productId] },
  },
});
`;
const itemsAsPrinted = completed(
  started('lineItems'),
  started('quantity and price'),
  started('profitMargin'),
  started('cost'),
  started('countDistinctApprox'),
  byDay,
);
const items = itemsAsPrinted.replace('${CUBE.price} /', () => '${CUBE}.price /');
const time = (granularity: string) => [{ dimension: 'LineItems.createdAt', granularity }];
const from = (rollup: string, mode = 'direct') => ({ mode, preAggregation: `LineItems.${rollup}` });

const openItems = (...more: string[]): Promise<Store> =>
  buildTables({ yaml: '', js: `${orders}\n${items}`, init: [...init, ...more] });

describe('[FX-3] line items', () => {
  test('[B28] [B30] quantity and price add up by day to what it prints, and over all days', async () => {
    const store = await openItems();
    const measures = ['LineItems.quantity', 'LineItems.price'];
    const { data, meta } = await store.query({ measures, timeDimensions: time('day') });
    expect(
      data.map((row) => [
        String(row['LineItems.createdAt']).replace('T', ' ').replace('.000', '.000000'),
        ...measures.map((name) => row[name]),
      ]),
    ).toEqual(rowsOf('by day: rows'));
    expect(meta).toMatchObject(from('byDay'));
    const month = await store.query({ measures, timeDimensions: time('month') });
    expect(measures.map((name) => month.data[0]?.[name])).toEqual(['34', '1093']);
    expect(month.meta).toMatchObject(from('byDay', 'rollup'));
  });

  test('[B35] [B36] [B37] distinct products merge as sketches only, as a product that is sold on two days shows', async () => {
    const again = "INSERT INTO public.line_items VALUES (7, 31, 1, 2, 550, 1, TIMESTAMP '2021-01-23')";
    const store = await openItems(again);
    const exact = { measures: ['LineItems.products'] };
    const days = await store.query({ ...exact, timeDimensions: time('day') });
    expect(days.data.map((row) => row['LineItems.products'])).toEqual(['2', '2', '2', '1']);
    expect(days.meta).toMatchObject(from('byDay'));
    const month = { ...exact, timeDimensions: time('month') };
    expect(await refusals(store, month, 'LineItems.byDay')).toEqual(['measure_not_additive']);
    const fromSource = await store.query(month);
    expect([fromSource.data[0]?.['LineItems.products'], fromSource.meta.mode]).toEqual(['6', 'source']);

    const sketch = { measures: ['LineItems.countDistinctProducts'] };
    const merged = await store.query({ ...sketch, timeDimensions: time('month') });
    expect(merged.data.map((row) => row['LineItems.countDistinctProducts'])).toEqual(['6']);
    expect(merged.meta).toMatchObject({ ...from('byDay', 'rollup'), exact: false });
    const all = await store.query(sketch);
    expect(valuesOf(all.data)).toEqual([['6']]);
    expect(all.meta).toMatchObject(from('myRollup'));
  });

  test('[B26] [B27] [B21] the order that is missing is NULL, and orders by their items are multiplied', async () => {
    const store = await openItems();
    const byStatus = { measures: ['LineItems.quantity'], dimensions: ['Orders.status'] };
    const { data, meta } = await store.query(byStatus);
    expect(valuesOf(data)).toEqual([
      ['completed', '12'],
      ['processing', '8'],
      [null, '8'],
      ['shipped', '6'],
    ]);
    expect(meta.mode).toBe('source');
    const multiplied = { measures: ['Orders.count'], dimensions: ['LineItems.productId'] };
    expect(await refusals(store, multiplied, 'LineItems.ordersOfProducts')).toContain('measure_multiplied');
    const counted = await store.query({ ...multiplied, order: [['LineItems.productId', 'asc']] });
    expect(counted.meta.mode).toBe('source');
    expect(counted.data.map((row) => row['Orders.count'])).toEqual(['1', '1', '0', '1', '1', '1']);
  });
});

describe('[FX-4] the margin', () => {
  test('[B34] [X17] the sum inside a sum is found', async () => {
    const failure = loadScript(`${orders}\n${itemsAsPrinted}`);
    await expect(failure).rejects.toMatchObject({ code: 'model_invalid', position: { file: 'm.js' } });
    await expect(failure).rejects.toThrow('an aggregate cannot hold the measure `LineItems.price`');
    await expect(failure).rejects.toThrow('as in `{CUBE}.price`');
    expect(corrected(itemsAsPrinted, '${CUBE.price} /', '${CUBE}.price /')).toBe(items);
  });

  test('[B32] its sum is 1.1 and gives a price of 762.2045…, not of 523', async () => {
    const store = await openItems();
    const measures = ['quantity', 'price', 'margins', 'cost'].map((name) => `LineItems.${name}`);
    const { data, meta } = await store.query({ measures, timeDimensions: time('day') });
    expect(meta).toMatchObject(from('byDay'));
    const [quantity, price, margin, cost] = measures.map((name) => Number(data[0]?.[name]));
    const [printed] = rowsOf('sum of margins: rows');
    expect([quantity, price, margin]).toEqual(printed.slice(1).map(Number));
    expect(cost).toBeCloseTo(362.9545454545454, 10);
    expect(cost + cost * margin).toBeCloseTo(762.2045454545454, 10);
    expect(price).toBe(523);
  });

  test('[B33] as a dimension it gives the cost of every item', async () => {
    const store = await openItems();
    const query = {
      measures: ['LineItems.price'],
      dimensions: ['LineItems.profitMargin'],
      timeDimensions: time('day'),
      order: [
        ['LineItems.createdAt', 'asc'],
        ['LineItems.price', 'desc'],
      ],
    };
    const { data, meta } = await store.query(query);
    expect(meta).toMatchObject(from('byMargin'));
    const costs = data.map(
      (row) => Number(row['LineItems.price']) / (1 + Number(row['LineItems.profitMargin'])),
    );
    // Two items of one price and one day: the order of their margins is not asked for.
    expect(costs.slice(0, 2)).toEqual([137.5, 248 / 1.1]);
    expect(
      costs
        .slice(2)
        .toSorted((a, b) => a - b)
        .map((cost) => cost.toFixed(4)),
    ).toEqual(['42.8571', '45.4545', '145.9259', '193.9130']);
    expect(await refusals(store, query, 'LineItems.byDay')).toEqual(['dimension_missing']);
  });

  test('[B34] the cost is additive: it is stored by day and merged', async () => {
    const store = await openItems();
    const query = { measures: ['LineItems.cost'], timeDimensions: time('day') };
    const { data, meta } = await store.query(query);
    expect(data.map((row) => Number(row['LineItems.cost']).toFixed(4))).toEqual([
      '362.9545',
      '339.8390',
      '88.3117',
    ]);
    expect(meta).toMatchObject(from('byDay'));
    const all = await store.query({ measures: ['LineItems.cost'] });
    expect(Number(all.data[0]?.['LineItems.cost'])).toBeCloseTo(791.1052, 4);
    expect(all.meta).toMatchObject(from('byDay', 'rollup'));
  });
});
