/** The cubes and rows that cube-getting-started.md prints. */
import { tableOf } from './open-tables.js';

const ordersTable = tableOf(
  'orders',
  ['id', 'status', 'completed_at'],
  [
    "1, 'completed', TIMESTAMP '2021-02-15 12:21:11.290'",
    "2, 'completed', TIMESTAMP '2021-02-25 18:15:12.369'",
    "3, 'shipped', TIMESTAMP '2021-03-15 20:40:57.404'",
    "4, 'processing', TIMESTAMP '2021-03-13 10:30:21.360'",
    "5, 'completed', TIMESTAMP '2021-03-10 18:25:32.109'",
  ],
);

/** The six rows of the document, then row 7: product 31 again, in order 1, at the last moment of its day. */
const lineItemsTable = tableOf(
  'line_items',
  ['id', 'product_id', 'order_id', 'quantity', 'price', 'profit_margin', 'created_at'],
  [
    "1, 31, 1, 1, 275, 1.0, TIMESTAMP '2021-01-20 00:00:00'",
    "2, 49, 2, 6, 248, 0.1, TIMESTAMP '2021-01-20 00:00:00'",
    "3, 89, 3, 6, 197, 0.35, TIMESTAMP '2021-01-21 00:00:00'",
    "4, 71, 4, 8, 223, 0.15, TIMESTAMP '2021-01-21 00:00:00'",
    "5, 64, 5, 5, 75, 0.75, TIMESTAMP '2021-01-22 00:00:00'",
    "6, 62, 6, 8, 75, 0.65, TIMESTAMP '2021-01-22 00:00:00'",
  ],
);
const repeatedItem =
  "INSERT INTO line_items VALUES (7, 31, 1, 2, 550, 1.0, TIMESTAMP '2021-01-23 23:59:59.999')";

export const orders = `
      - name: Orders
        sql: SELECT * FROM orders
        measures:
          - name: count
            type: count
            drillMembers: [id, completedAt]
        dimensions:
          - name: status
            sql: status
            type: string
          - name: id
            sql: id
            type: number
            primaryKey: true
          - name: completedAt
            sql: completed_at
            type: time
        preAggregations:
          - name: orderStatuses
            dimensions: [status]
          - name: ordersByCompletedAt
            measures: [count]
            timeDimension: completedAt
            granularity: month
`;

export const lineItems = `
      - name: LineItems
        sql: SELECT * FROM line_items
        joins:
          - name: Orders
            sql: "{CUBE}.order_id = {Orders}.id"
            relationship: belongsTo
        measures:
          - name: count
            type: count
          - name: quantity
            sql: quantity
            type: sum
          - name: price
            sql: price
            type: sum
            format: currency
          - name: cheapest
            sql: price
            type: min
          - name: dearest
            sql: price
            type: max
          - name: countDistinctProducts
            sql: product_id
            type: countDistinctApprox
          - name: exactProducts
            sql: product_id
            type: countDistinct
          - name: pricePerUnit
            sql: "{CUBE.price} / {CUBE.quantity}"
            type: number
          - name: itemsPerProduct
            sql: "{CUBE.count} / {CUBE.exactProducts}"
            type: number
        dimensions:
          - name: id
            sql: id
            type: number
            primaryKey: true
          - name: productId
            sql: product_id
            type: number
          - name: profitMargin
            sql: profit_margin
            type: number
            format: percentage
          - name: createdAt
            sql: created_at
            type: time
        preAggregations:
          - name: byDay
            measures:
              - CUBE.count
              - CUBE.quantity
              - CUBE.price
              - CUBE.cheapest
              - CUBE.dearest
              - CUBE.countDistinctProducts
            dimensions: [productId]
            timeDimension: createdAt
            granularity: day
          - name: ordersOfProducts
            measures: [Orders.count]
            dimensions: [LineItems.productId]
`;

export const shop = { yaml: `cubes:\n${orders}${lineItems}`, init: [ordersTable, lineItemsTable] };
export const shopWithRepeat = { ...shop, init: [...shop.init, repeatedItem] };
