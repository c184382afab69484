/** `selection`: which of several rollups that match answers, and that the answer does not depend on it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openStore } from '../../dist/index.js';
import type { Selection } from '../../dist/index.js';
import { planQuery } from '../../dist/planner/plan-query.js';
import { fakeCatalog, prepare } from '../support/fake-catalog.js';
import { buildTables, openTables, temporaryFolder } from '../support/open-tables.js';
import { orders, yaml } from '../support/small-orders.js';

const member = (name: string, type: string) => ({ name, sql: name, type });

function sales(rollups: readonly object[]): object {
  return {
    cubes: [
      {
        name: 'sales',
        sql_table: 'sales',
        dimensions: [
          member('product', 'string'),
          member('customer', 'string'),
          member('channel', 'string'),
          member('sold_at', 'time'),
        ],
        measures: [{ name: 'count', type: 'count' }],
        pre_aggregations: rollups,
      },
    ],
  };
}

const rollup = (name: string, granularity: string, dimensions: readonly string[], more: object = {}) => ({
  name,
  measures: ['count'],
  dimensions,
  time_dimension: 'sold_at',
  granularity,
  ...more,
});

function selected(selection: Selection, rollups: readonly object[], query: object): string | null {
  const prepared = prepare(sales(rollups), selection);
  return planQuery(prepared, fakeCatalog(prepared, '2024-01-01', '2024-07-01'), query, { now: 0 }).selected;
}

const byMonth = {
  measures: ['sales.count'],
  timeDimensions: [{ dimension: 'sales.sold_at', granularity: 'month' }],
};
const byProduct = { ...byMonth, dimensions: ['sales.product'] };

describe('[X3] selection', () => {
  const wide = rollup('wide', 'day', ['product', 'customer', 'channel']);
  const near = rollup('near', 'day', ['product']);
  const coarse = rollup('coarse', 'month', ['product']);

  test('[B39][X3] first takes the order of definition, whatever the priority', () => {
    expect(selected('first', [wide, near, coarse], byProduct)).toBe('sales.wide');
    expect(selected('first', [wide, { ...near, priority: 90 }], byProduct)).toBe('sales.wide');
  });

  test('[E8][E26] priority takes the highest; 50 is what none says', () => {
    expect(selected('priority', [near, { ...wide, priority: 51 }], byProduct)).toBe('sales.wide');
    expect(selected('priority', [near, { ...wide, priority: 49 }], byProduct)).toBe('sales.near');
  });

  test('[E26] of one priority the number of dimensions that is closest', () => {
    expect(selected('priority', [wide, near], byProduct)).toBe('sales.near');
  });

  test('[X11] then the coarser that suffices, then the order of definition', () => {
    expect(selected('priority', [near, coarse], byProduct)).toBe('sales.coarse');
    const byDay = { ...byProduct, timeDimensions: [{ dimension: 'sales.sold_at', granularity: 'day' }] };
    expect(selected('priority', [near, coarse], byDay)).toBe('sales.near');
    expect(selected('priority', [near, { ...near, name: 'twin' }], byProduct)).toBe('sales.near');
  });

  test('[B18][X3] cost takes the fewest rows after pruning, and the first of those that are equal', () => {
    const months = { partition_granularity: 'month' };
    const cut = rollup('cut', 'day', ['product'], months); // 10 rows in each of 6 partitions
    expect(selected('cost', [cut, near], byProduct)).toBe('sales.near');
    const january = [
      { dimension: 'sales.sold_at', granularity: 'month', dateRange: ['2024-01-01', '2024-01-31'] },
    ];
    expect(selected('cost', [cut, near], { ...byProduct, timeDimensions: january })).toBe('sales.cut');
    expect(selected('cost', [near, coarse], byProduct)).toBe('sales.near');
  });

  test('[B46] a rollup is tried before the original SQL, wherever they stand', () => {
    const original = { name: 'raw', type: 'original_sql', priority: 100 };
    for (const selection of ['first', 'priority', 'cost'] as const) {
      const prepared = prepare(sales([original, near]), selection);
      expect(prepared.rollups.map(({ preAggregation }) => preAggregation.name)).toEqual(['near', 'raw']);
    }
  });

  test('[B40][B41] a rollup of another time dimension or of none is not chosen by any', () => {
    const timeless = { name: 'timeless', measures: ['count'], dimensions: ['product'] };
    for (const selection of ['first', 'priority', 'cost'] as const)
      expect(selected(selection, [timeless, near], byProduct)).toBe('sales.near');
  });
});

const two = yaml.replace(
  '          - name: main\n',
  `          - name: fine
            measures: [count, revenue]
            dimensions: [status, amount]
            time_dimension: created_at
            granularity: second
            priority: 10
          - name: main
`,
);

test.each([
  ['first', 'orders.fine'],
  ['priority', 'orders.main'],
] as const)('the option %s chooses %s', async (selection, rollupId) => {
  const store = await buildTables({ ...orders, yaml: two, options: { selection } });
  const { meta } = await store.query({ measures: ['orders.count'], dimensions: ['orders.status'] });
  expect(meta.preAggregation).toBe(rollupId);
});

test('selection is a key of the configuration too, and its words are checked', async () => {
  const folder = temporaryFolder();
  const config = join(folder, 'granary.config.json');
  const keys = {
    model: 'orders.yml',
    store: 'kept/',
    sources: { default: { type: 'duckdb', init: orders.init } },
  };
  writeFileSync(join(folder, 'orders.yml'), two);
  writeFileSync(config, JSON.stringify({ ...keys, selection: 'priority' }));
  const store = await openStore({ config });
  await store.build();
  const { selection, selected: chosen } = await store.explain({ measures: ['orders.count'] });
  await store.close();
  expect([selection, chosen]).toEqual(['priority', 'orders.main']);
  writeFileSync(config, JSON.stringify({ ...keys, selection: 'best' }));
  await expect(openStore({ config })).rejects.toThrow(
    /selection is not valid.*"first", "priority" or "cost"/s,
  );
});

test('[E8] a priority is a whole number from 1 to 100', async () => {
  for (const priority of ['0', '101', '1.5', 'high']) {
    const wrong = two.replace('priority: 10', `priority: ${priority}`);
    await expect(openTables({ ...orders, yaml: wrong })).rejects.toThrow(/priority/);
  }
});
