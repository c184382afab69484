/** original_sql and autoRollup are understood, and every type that cannot be executed is listed and refused by name. */
import { describe, expect, test } from 'vitest';
import { openTables, refusals, tableOf } from '../support/open-tables.js';
import { LANGUAGES, loadIn } from '../support/both-languages.js';
import { joined, ordersRollup, twoSources, withRollups } from '../support/two-sources.js';

async function expectRefused(rollup: object, message: string): Promise<void> {
  for (const language of LANGUAGES) {
    const failure = loadIn(language, withRollups(rollup, ordersRollup));
    await expect(failure).rejects.toMatchObject({ code: 'model_invalid', position: { line: 3 } });
    await expect(failure).rejects.toThrow(message);
  }
}

const raw = { name: 'raw', type: 'original_sql' };
const auto = { name: 'auto', type: 'auto_rollup', max_pre_aggregations: 20 };

describe('original_sql', () => {
  test.each(LANGUAGES)('[C8] [D12] [D14] [D56] alone, and partitioned by a time, in %s', async (language) => {
    const time = { time_dimension: 'created_at', partition_granularity: 'month' };
    const reuse = { ...ordersRollup, use_original_sql_pre_aggregations: true };
    const model = await loadIn(language, withRollups(raw, { ...raw, ...time, name: 'parts' }, reuse));
    expect(model.warnings).toEqual([]);
    expect(model.cubes.get('orders')?.preAggregations).toMatchObject([
      { type: 'original_sql', partitionGranularity: null, timeDimensions: [] },
      { type: 'original_sql', partitionGranularity: 'month', timeDimensions: [] },
      { type: 'rollup' },
    ]);
  });

  test.each(LANGUAGES)('[D13] outside of the data source, with a warning, in %s', async (language) => {
    const model = await loadIn(language, withRollups({ ...raw, external: true }));
    expect(model.warnings).toMatchObject([
      { code: 'original_sql_external', message: expect.stringContaining('remove') },
    ]);
  });

  test.each([
    [{ measures: ['count'] }, '`measures` belongs to the type rollup or rollup_join or rollup_lambda'],
    [{ dimensions: ['status'] }, 'an original_sql stores the rows of the cube as they are'],
    [{ segments: [] }, '`segments` belongs to the type rollup'],
    [{ rollups: ['orders_rollup'] }, '`rollups` belongs to the type rollup_join or rollup_lambda'],
    [{ time_dimension: 'created_at' }, 'add a `partition_granularity`'],
    [{ partition_granularity: 'month' }, 'partitions need a `time_dimension`'],
  ])('[D12] with %j is refused', (keys, message) => expectRefused({ ...raw, ...keys }, message));
});

describe('autoRollup', () => {
  test.each(LANGUAGES)(
    '[C23] [C26] [C27] [C33] with its limit and its refresh key, in %s',
    async (language) => {
      const refresh_key = { sql: 'SELECT MAX(created_at) FROM orders' };
      const parts = { ...auto, name: 'parts', partition_granularity: 'month', refresh_key };
      const model = await loadIn(language, withRollups(auto, parts));
      expect(model.warnings).toEqual([]);
      expect(model.cubes.get('orders')?.preAggregations).toMatchObject([
        { type: 'auto_rollup', partitionGranularity: null },
        { type: 'auto_rollup', partitionGranularity: 'month' },
      ]);
    },
  );

  test.each([
    [{ ...auto, max_pre_aggregations: 0 }, 'at least 1'],
    [{ ...auto, max_pre_aggregations: 1.5 }, 'expected a whole number'],
    [{ ...auto, measures: ['count'] }, 'an auto_rollup chooses its members by the queries'],
    [{ ...auto, time_dimension: 'created_at', granularity: 'day' }, '`time_dimension` belongs to the type'],
    [{ ...ordersRollup, max_pre_aggregations: 20 }, '`max_pre_aggregations` belongs to the type auto_rollup'],
    [
      { ...ordersRollup, union_with_source_data: true },
      '`union_with_source_data` belongs to the type rollup_lambda',
    ],
    [{ ...ordersRollup, rollups: ['users.users_rollup'] }, 'a rollup stores its own members'],
  ])('[C27] [D24] %j is refused', (rollup, message) => expectRefused({ ...rollup, name: 'x' }, message));
});

test('[C26] [D12] [D15] [D24] [X23] what cannot be executed is listed, refused, skipped by a build, and warned of', async () => {
  const lambda = { name: 'lambda', type: 'rollup_lambda', rollups: ['orders_rollup'] };
  const cubes = twoSources({
    users: { data_source: 'default' },
    orders: { data_source: 'default', pre_aggregations: [ordersRollup, joined, raw, auto, lambda] },
  });
  const store = await openTables({
    yaml: JSON.stringify({ cubes }),
    init: [
      tableOf('users', ['id', 'first_name', 'last_name'], ["1, 'Ada', 'King'"]),
      tableOf('orders', ['id', 'user_id', 'status', 'created_at'], ["1, 1, 'new', TIMESTAMP '2024-01-01'"]),
    ],
  });
  const types = ['orders_with_users_rollup', 'raw', 'auto', 'lambda'].map((name) => `orders.${name}`);
  for (const id of types) {
    expect(await refusals(store, { measures: ['orders.count'] }, id)).toEqual(['type_not_executable']);
  }
  const report = await store.build();
  const skipped = report.rollups.filter(({ outcome }) => outcome === 'skipped');
  expect(skipped.map(({ preAggregation, reason }) => [preAggregation, reason])).toEqual([
    ['orders.orders_with_users_rollup', 'type rollup_join is not executable yet'],
    ['orders.raw', 'type original_sql is not executable yet'],
    ['orders.auto', 'type auto_rollup is not executable yet'],
    ['orders.lambda', 'type rollup_lambda is not executable yet'],
  ]);
  const { rollups, modelWarnings } = await store.status();
  expect(rollups.map(({ id, state }) => [id, state])).toEqual([
    ['users.users_rollup', 'built'],
    ['orders.orders_rollup', 'built'],
    ...types.map((id) => [id, 'type_not_executable']),
  ]);
  expect(modelWarnings.map(({ code }) => code)).toEqual(['rollup_join_in_one_source', 'lambda_not_first']);
  const { data, meta } = await store.query({ measures: ['orders.count'], dimensions: ['orders.status'] });
  expect(data).toEqual([{ 'orders.status': 'new', 'orders.count': '1' }]);
  expect(meta.preAggregation).toBe('orders.orders_rollup');
});
