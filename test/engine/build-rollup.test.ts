import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, test } from 'vitest';
import { buildRollup } from '../../dist/engine/build-rollup.js';
import type { BuildTools } from '../../dist/engine/build-rollup.js';
import type { IndexMeta, PartitionMeta } from '../../dist/model/catalog.js';
import { StoreError } from '../../dist/model/errors.js';
import type { BuildColumn, BuildTask } from '../../dist/model/plan.js';
import { stageRows } from '../../dist/sources/duckdb-stage.js';
import type { StagedTimes } from '../../dist/sources/source.js';
import { nodeDisk } from '../../dist/storage/node-disk.js';
import { openStorage } from '../../dist/storage/open-storage.js';
import { temporaryFolder } from '../support/open-tables.js';

const key = (name: string): BuildColumn => ({ name, role: { kind: 'dimension' }, precision: null });
const measure = (name: string, merge: 'sum' | 'max', state?: readonly string[]): BuildColumn => ({
  name,
  role: { kind: 'measure', merge },
  precision: null,
  ...(state === undefined ? {} : { state }),
});
const moments = ['v$count', 'v$mean', 'v$m2'];
const columns: readonly BuildColumn[] = [
  key('a'),
  key('b'),
  measure('n', 'sum'),
  measure('price', 'sum'),
  measure('weight', 'sum'),
  measure('last', 'max'),
  ...moments.map((name): BuildColumn => ({
    ...key(name),
    role: { kind: 'measure', merge: 'moments' },
    state: moments,
  })),
];
const indexes: readonly IndexMeta[] = [
  { name: null, type: 'regular', sortColumns: ['a', 'b'], listed: 2 },
  { name: 'by_b', type: 'regular', sortColumns: ['b', 'a'], listed: 1 },
  { name: 'all_of_a', type: 'aggregate', sortColumns: ['a'], listed: 1 },
];
const ALL = `
  SELECT CASE WHEN i % 5 = 0 THEN NULL ELSE i % 5 END AS a, i AS b, 1::BIGINT AS n, (i * 1.25)::DECIMAL(9,2) AS price,
    1 / (i + 1) - 1e12 * (i % 2) + 1e12 * (i % 3 % 2) AS weight, 'x' || i AS last,
    2::BIGINT AS "v$count", 1e6 + i AS "v$mean", i / 7 AS "v$m2"
  FROM range(500) AS t(i)`;

const taskOf = (): BuildTask =>
  ({
    rollup: 'a.b',
    dataSource: 'default',
    columns,
    indexes,
    partitionGranularity: null,
    sourceRange: null,
    sourceHasNullTimes: false,
    buildRange: null,
    partitionColumn: null,
    partitions: [{ key: 'all', range: null, request: { states: [] } }],
    kept: [],
  }) as unknown as BuildTask;

const toolsOf = (source: BuildTools['source']): Omit<BuildTools, 'staging'> => ({
  source,
  statementOf: async () => ({ text: '', params: [] }),
  receipt: { source: '', writer: 'test' },
  now: () => 5,
  concurrency: 1,
});

/** Builds one partition with a writer that writes one of its indexes from other rows than the others. */
async function build(at: number, changed: string): Promise<PartitionMeta[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const storage = await openStorage({ disk: nodeDisk, directory: join(temporaryFolder(), 'store') });
  const staging = await storage.stage('a');
  const stage = async (text: string): ReturnType<typeof stageRows> =>
    stageRows(await instance.connect(), 'test', { text, params: [] }, undefined);
  const [right, wrong] = [await stage(ALL), await stage(changed)];
  const source = {
    stage: async () => ({
      ...right,
      async part(times: StagedTimes | null) {
        const [own, other] = [await right.part(times), await wrong.part(times)];
        return {
          rows: own.rows,
          writeIndex: (path: string, index: IndexMeta, wanted: readonly BuildColumn[]) =>
            (index === indexes[at] ? other : own).writeIndex(path, index, wanted),
        };
      },
    }),
  };
  const built = buildRollup(taskOf(), { ...toolsOf(source), staging });
  await built.catch(() => null);
  await wrong.drop();
  instance.closeSync();
  return built;
}

test('[H8] files that hold the same rows are sealed, one for each index', async () => {
  const [{ files }] = await build(-1, ALL);
  expect(files.map(({ rows }) => rows)).toEqual([500, 500, 5]);
});

const change = (sql: string): string => `SELECT * REPLACE (${sql}) FROM (${ALL})`;

test.each<[string, number, string, RegExp]>([
  ['the default index lost a row', 0, `${ALL} WHERE i <> 77`, /499 rows instead of 500/],
  ['a regular index lost a row', 1, `${ALL} WHERE i <> 77`, /499 rows instead of 500/],
  ['a regular index has a row twice', 1, `${ALL} UNION ALL ${ALL} WHERE i = 77`, /501 rows instead of 500/],
  [
    'an aggregating index lost a row',
    2,
    `${ALL} WHERE i <> 77`,
    /all_of_a holds n 99 where the default index makes 100, in the group \["2"\]/,
  ],
  ['an aggregating index lost the group of NULL', 2, `${ALL} WHERE i % 5 > 0`, /all_of_a lacks 1 groups/],
  [
    'an aggregating index has a group too many',
    2,
    `${ALL} UNION ALL SELECT 9, * EXCLUDE (a) FROM (${ALL} WHERE i = 1)`,
    /all_of_a has 1 groups/,
  ],
  [
    'a decimal differs by its last digit',
    2,
    change('CASE WHEN b = 3 THEN price + 0.01 ELSE price END::DECIMAL(9,2) AS price'),
    /price/,
  ],
  [
    'a double differs by more than additions can',
    2,
    change('CASE WHEN b = 3 THEN weight + 100000 ELSE weight END AS weight'),
    /weight/,
  ],
  ['a maximum differs', 2, change('CASE WHEN b = 99 THEN NULL ELSE last END AS last'), /last/],
  ['a moment differs', 2, change('CASE WHEN b = 3 THEN "v$m2" + 10 ELSE "v$m2" END AS "v$m2"'), /v\$m2/],
])('a partition is not published when %s', async (_name, at, changed, message) => {
  await expect(build(at, changed)).rejects.toMatchObject({
    code: 'build_failed',
    message: expect.stringMatching(message),
  });
});

test('rows are dropped only when nothing is written from them any more, after a failure too', async () => {
  const instance = await DuckDBInstance.create(':memory:');
  const storage = await openStorage({ disk: nodeDisk, directory: join(temporaryFolder(), 'store') });
  const staging = await storage.stage('a');
  const rows = await stageRows(await instance.connect(), 'test', { text: ALL, params: [] }, undefined);
  const events: string[] = [];
  const source = {
    stage: async () => ({
      ...rows,
      async part(times: StagedTimes | null) {
        const part = await rows.part(times);
        return {
          rows: part.rows,
          async writeIndex(path: string, index: IndexMeta, wanted: readonly BuildColumn[]) {
            const written = await part.writeIndex(path, index, wanted);
            if (index === indexes[1]) await new Promise((resolve) => setTimeout(resolve, 50));
            events.push(`wrote ${index.name}`);
            return written;
          },
        };
      },
      async drop() {
        events.push('dropped');
        await rows.drop();
      },
    }),
  };
  const failing = {
    ...staging,
    async seal(): Promise<never> {
      events.push('failed');
      throw new Error('the disk is full');
    },
  };
  const built = buildRollup(taskOf(), { ...toolsOf(source), staging: failing });
  await expect(built).rejects.toThrow('the disk is full');
  instance.closeSync();
  expect(events).toEqual(['wrote null', 'failed', 'wrote by_b', 'dropped']);
});

test('partitions that do not fit into memory together are brought one by one, each of them once', async () => {
  const instance = await DuckDBInstance.create(':memory:');
  const storage = await openStorage({ disk: nodeDisk, directory: join(temporaryFolder(), 'store') });
  const staging = await storage.stage('a');
  const day = 86_400_000;
  const partitions = [4, 3, 2, 1, 0].map((at) => ({
    key: `p${at}`,
    range: { from: at * day, to: (at + 1) * day },
    request: { states: [] },
  }));
  const stages: string[] = [];
  const source = {
    async stage({ text }: { text: string }) {
      const keys = text.split(' ');
      stages.push(text);
      const rows = await stageRows(
        await instance.connect(),
        'test',
        {
          text: `SELECT * REPLACE (make_timestamp(b % ${keys.length} * ${day} * 1000) AS b) FROM (${ALL})`,
          params: [],
        },
        undefined,
      );
      let parts = 0;
      return {
        ...rows,
        async part(times: StagedTimes | null) {
          const part = await rows.part(times);
          if (keys.length === 1 || ++parts === 1) return part;
          throw new StoreError('out_of_memory', 'too much.', { next: 'Take less.' });
        },
      };
    },
  };
  const done: string[] = [];
  const built = await buildRollup(
    { ...taskOf(), partitionColumn: 'b', partitions, indexes: [indexes[0]] } as unknown as BuildTask,
    {
      ...toolsOf(source),
      staging,
      statementOf: async (asked) => ({ text: asked.map(({ key }) => key).join(' '), params: [] }),
      onPartition: (meta) => done.push(meta.key),
    },
  );
  instance.closeSync();
  expect(stages).toEqual(['p4', 'p3', 'p2 p1 p0', 'p1', 'p0']);
  expect(done).toEqual(['p4', 'p3', 'p2', 'p1', 'p0']);
  expect(built.map((meta) => meta.key)).toEqual(['p4', 'p3', 'p2', 'p1', 'p0']);
});

test('rows of a statement that lie in none of its partitions, or in two, are not published', async () => {
  const instance = await DuckDBInstance.create(':memory:');
  const storage = await openStorage({ disk: nodeDisk, directory: join(temporaryFolder(), 'store') });
  const day = 86_400_000;
  const text = `SELECT * REPLACE (make_timestamp((b % 2 + 1) * ${day} * 1000) AS b) FROM (${ALL})`;
  const from = async (shift: number, length: number): Promise<PartitionMeta[]> => {
    const staging = await storage.stage(`a${shift}${length}`);
    const source = {
      stage: async () => {
        const rows = await stageRows(await instance.connect(), 'test', { text, params: [] }, undefined);
        return {
          ...rows,
          part: (times: StagedTimes | null) =>
            rows.part(times && { ...times, from: times.from - shift, to: times.to - shift + length }),
        };
      },
    };
    const partitions = [4, 3, 2, 1, 0].map((at) => ({
      key: `p${at}`,
      range: { from: at * day, to: (at + 1) * day },
      request: { states: [] },
    }));
    return buildRollup(
      { ...taskOf(), partitionColumn: 'b', partitions, indexes: [indexes[0]] } as unknown as BuildTask,
      { ...toolsOf(source), staging },
    );
  };
  // Two partitions come alone, with all rows; the three others hold two days.
  expect((await from(0, 0)).map(({ receipt }) => receipt?.groups)).toEqual([500, 500, 250, 250, 0]);
  await expect(from(day, 0)).rejects.toMatchObject({
    code: 'build_failed',
    message: expect.stringMatching(/^a\.b: 250 rows of one statement lie in none of their partitions/),
  });
  await expect(from(0, 1)).rejects.toMatchObject({
    code: 'build_failed',
    message: expect.stringMatching(/^a\.b: 500 rows of one statement lie in two partitions/),
  });
  instance.closeSync();
});
