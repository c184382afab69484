/** rollup_join and rollup_lambda: what is understood, and what is told about those that cannot work. */
import { describe, expect, test } from 'vitest';
import { LANGUAGES, loadIn, type CubeInTwo } from '../support/both-languages.js';
import { joined, ordersRollup, twoSources, usersRollup, withRollups } from '../support/two-sources.js';

async function expectRefused(cubes: readonly CubeInTwo[], ...messages: string[]): Promise<void> {
  for (const language of LANGUAGES) {
    const failure = loadIn(language, cubes);
    await expect(failure).rejects.toMatchObject({
      code: 'model_invalid',
      // The line of the cube in either language.
      position: { file: language === 'YAML' ? 'm.yml' : 'm.js', line: expect.any(Number) },
    });
    for (const message of messages) await expect(failure).rejects.toThrow(message);
  }
}

async function expectWarnings(cubes: readonly CubeInTwo[], ...warnings: [code: string, path: string][]) {
  for (const language of LANGUAGES) {
    const model = await loadIn(language, cubes);
    expect(model.warnings.map(({ code, path }) => [code, snake(path)])).toEqual(warnings);
    for (const { message, position } of model.warnings) {
      expect(message.length).toBeGreaterThan(20);
      expect(position.line).toBeGreaterThan(1);
    }
  }
}

const snake = (path: string) => path.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

describe('rollup_join', () => {
  test.each(LANGUAGES)(
    '[D15] [D18] [D21] [D22] [FX-8] the example of the documents, in %s',
    async (language) => {
      const model = await loadIn(language, twoSources());
      expect(model.warnings).toEqual([]);
      expect(model.cubes.get('orders')?.preAggregations[1]).toMatchObject({
        id: 'orders.orders_with_users_rollup',
        type: 'rollup_join',
        measures: ['orders.count'],
        dimensions: ['users.name'],
      });
    },
  );

  test.each([
    [[], 'exactly two rollups, `rollups` lists 0'],
    [['users.users_rollup'], 'exactly two rollups, `rollups` lists 1'],
    [['users.users_rollup', 'CUBE.orders_rollup', 'CUBE.orders_rollup'], '`rollups` lists 3'],
    [
      ['users.users_rolup', 'CUBE.orders_rollup'],
      'no pre-aggregation `users_rolup`. Did you mean `users_rollup`?',
    ],
    [['user.users_rollup', 'CUBE.orders_rollup'], 'no cube `user`. Did you mean `users`?'],
    [['users.users_rollup', 'CUBE.status'], '`orders` has no pre-aggregation `status`; it has orders_rollup'],
    [['users.users_rollup', 'orders.users.users_rollup'], 'write `cube.pre_aggregation`'],
    [['users.users_rollup', 'users.users_rollup'], '`users.users_rollup` is written twice'],
    [
      ['users.users_rollup', 'CUBE.orders_with_users_rollup'],
      '`orders.orders_with_users_rollup` is of type rollup_join; a rollup_join refers to the type rollup',
    ],
  ])('[D16] its rollups as %j', (rollups, message) =>
    expectRefused(withRollups(ordersRollup, { ...joined, rollups }), message),
  );

  test('[D6] [D15] its rollups by their bare names', async () => {
    const bare = { ...joined, rollups: ['users.users_rollup', 'orders_rollup'] };
    await expectWarnings(withRollups(ordersRollup, bare));
  });

  test('[D16] without `rollups`', () => {
    const { rollups: _, ...without } = joined;
    return expectRefused(withRollups(ordersRollup, without), 'joins exactly two rollups');
  });

  test('[D18] [D19] is not refreshed itself', async () => {
    const scheduled = (value: boolean) => withRollups(ordersRollup, { ...joined, scheduled_refresh: value });
    await expectRefused(scheduled(true), 'a rollup_join is not refreshed', 'remove `scheduled_refresh`');
    await expectWarnings(scheduled(false));
    await expectWarnings(withRollups(ordersRollup, { ...joined, refresh_key: { every: '1 hour' } }), [
      'key_without_effect',
      'cubes[1].pre_aggregations[1].refresh_key',
    ]);
  });

  test('[D15] [D20] within one data source it is told that a rollup does', () =>
    expectWarnings(twoSources({ users: { data_source: 'mssql' } }), [
      'rollup_join_in_one_source',
      'cubes[1].pre_aggregations[1].rollups',
    ]));

  test.each([
    ['{CUBE}.user_id = {users}.id', 'compare dimensions, not columns, as in `{CUBE.user_id} = {users.id}`'],
    ['{CUBE.user_id} = {users}.id', 'compare dimensions, not columns'],
    ['{CUBE.user_id} = 1', 'compare dimensions, not columns'],
    [
      '{CUBE.id} = {users.id}',
      'the join from `orders` to `users` compares `orders.id`, which none of the rollups lists: add it to `dimensions`',
    ],
  ])('[D21] the join by %s', (sql, message) =>
    expectRefused(
      twoSources({ orders: { joins: [{ name: 'users', relationship: 'many_to_one', sql }] } }),
      message,
    ),
  );

  test('[D21] a join within one of its rollups is none between them', () => {
    const both = { ...ordersRollup, dimensions: ['user_id', 'users.id'] };
    const names = {
      name: 'names',
      measures: ['users.count'],
      dimensions: ['users.name', 'users.id', 'user_id'],
    };
    const of = { ...joined, rollups: ['CUBE.names', 'CUBE.orders_rollup'] };
    return expectRefused(withRollups(both, names, of), 'there is nothing to join');
  });

  test('[D21] the joined cube needs a primary key', () =>
    expectRefused(
      twoSources({
        users: {
          dimensions: [
            { name: 'id', sql: 'id', type: 'number' },
            { name: 'name', sql: 'name', type: 'string' },
          ],
        },
      }),
      '`users` needs a primary key to be joined: mark `users.id` with `primary_key: true`',
    ));

  test('[D15] what neither rollup stores, and what needs no join', async () => {
    await expectRefused(
      withRollups(ordersRollup, { ...joined, measures: ['CUBE.revenue'] }),
      'none of the rollups stores `orders.revenue`',
    );
    await expectRefused(
      withRollups(ordersRollup, { ...joined, dimensions: ['CUBE.status'] }),
      'there is nothing to join',
    );
    await expectRefused(
      twoSources({ orders: { joins: [] } }),
      'no join leads from one of the cubes orders, users to all others',
    );
  });
});

describe('rollup_lambda', () => {
  const monthly = { ...ordersRollup, name: 'monthly', partition_granularity: 'month' };
  const daily = { ...ordersRollup, name: 'daily', partition_granularity: 'day' };
  const lambda = (...rollups: string[]) => ({ name: 'lambda', type: 'rollup_lambda', rollups });

  test('[D23] [D24] [D72] [X19] is accepted at every place, with a warning behind others', async () => {
    const fresh = { ...lambda('orders.orders_rollup'), union_with_source_data: true };
    await expectWarnings(withRollups(fresh, ordersRollup));
    await expectWarnings(
      withRollups(fresh, { ...lambda('CUBE.orders_rollup'), name: 'second' }, ordersRollup),
    );
    await expectWarnings(withRollups(ordersRollup, fresh), [
      'lambda_not_first',
      'cubes[1].pre_aggregations[1].type',
    ]);
  });

  test.each([
    ['no rollups', [], 'should reference at least one rollup: list it under `rollups`'],
    ['an unknown one', ['monthy'], '`orders` has no pre-aggregation `monthy`. Did you mean `monthly`?'],
    [
      'itself',
      ['lambda'],
      '`orders.lambda` is of type rollup_lambda; a rollup_lambda refers to the type rollup',
    ],
    ['a coarser one behind a finer', ['daily', 'monthly'], 'partition `orders.monthly` by day or finer'],
    ['one without partitions', ['monthly', 'plain'], '`orders.plain` needs a `partition_granularity`'],
    [
      'other dimensions',
      ['monthly', 'fewer'],
      'the dimensions of `orders.fewer` (status) do not have the names',
    ],
    ['other measures', ['monthly', 'sums'], 'the measures of `orders.sums` (revenue) do not have the names'],
    [
      'another time',
      ['monthly', 'hourly'],
      '(created_at.hour) do not have the names of those of `orders.monthly`',
    ],
  ])('[D24] of %s', (_name, rollups, message) =>
    expectRefused(
      withRollups(
        lambda(...rollups),
        monthly,
        daily,
        { ...ordersRollup, name: 'plain' },
        { ...monthly, name: 'fewer', dimensions: ['status'] },
        { ...monthly, name: 'sums', measures: ['revenue'] },
        { ...monthly, name: 'hourly', granularity: 'hour' },
      ),
      message,
    ),
  );

  test('[D24] finer partitions may follow coarser ones', () =>
    expectWarnings(withRollups(lambda('monthly', 'daily'), monthly, daily)));

  test.each([
    ['refresh_key', { every: '1 hour' }],
    ['partition_granularity', 'month'],
    ['external', true],
    ['build_range_start', { sql: 'SELECT 1' }],
    ['indexes', [{ name: 'i', columns: ['status'] }]],
  ])('[D24] %s belongs to its rollups', (key, value) =>
    expectRefused(
      withRollups({ ...lambda('orders_rollup'), ...{ [key]: value } }, ordersRollup),
      `\`${key}\` belongs to the type rollup`,
      'a rollup_lambda stores nothing: write it in the rollups that it unites',
    ),
  );

  test('[D24] members of its own are among those of its rollups', async () => {
    await expectWarnings(withRollups({ ...lambda('orders_rollup'), measures: ['count'] }, ordersRollup));
    await expectRefused(
      withRollups({ ...lambda('orders_rollup'), measures: ['revenue'] }, ordersRollup),
      '`orders.orders_rollup`, which it refers to, has no `revenue`',
    );
  });

  test('[D72] rows of the source follow a rollup of its own cube only', () =>
    expectRefused(
      withRollups({ ...lambda('users.users_rollup'), union_with_source_data: true }),
      'which must be one of `orders`; `users.users_rollup` is not',
    ));
});

test('[D15] [D24] what combines a rollup with a fault is not blamed for it', async () => {
  const wrong = { ...ordersRollup, measures: ['cuont'] };
  for (const language of LANGUAGES) {
    const failure: unknown = await loadIn(language, withRollups(wrong, joined)).catch(
      (error: unknown) => error,
    );
    expect((failure as Error).message.split('\n')).toHaveLength(1);
    expect(failure).toMatchObject({ message: expect.stringContaining('no member `cuont`') });
  }
});

test('[D2] [X23] a rollup without a member of its own cube is told of', () => {
  const foreign = { name: 'foreign', measures: ['users.count'], dimensions: ['users.name'] };
  return expectWarnings(withRollups(foreign, ordersRollup), [
    'member_of_other_cube_only',
    'cubes[1].pre_aggregations[0].name',
  ]);
});

test('[D18] [D19] the rollups of a join keep their own refresh keys', () =>
  expectWarnings(
    twoSources({
      users: { pre_aggregations: [{ ...usersRollup, refresh_key: { every: '1 day' } }] },
      orders: { pre_aggregations: [{ ...ordersRollup, scheduled_refresh: true }, joined] },
    }),
  ));
