/**
 * A store of which every row tells in which round it was built. The source holds one number, the round, for each of
 * some months and kinds; a rollup has a partition for each month. So one look tells whether what a reader sees was
 * published at once: all rows are there, and all of one round.
 */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { openStore } from '../../../dist/index.js';
import type { Store } from '../../support/open-tables.js';

export interface Rounds {
  /** Of `openStore`; plain JSON, so that another process opens the same store. */
  readonly options: { readonly store: string; readonly [key: string]: unknown };
  /** What the source holds from now on. */
  setRound(round: number): void;
  /** Rows of the rollup. */
  readonly rows: number;
}

export interface RoundsOptions {
  /** Default: the folder `store` in `folder`. */
  readonly store?: string;
  readonly months?: number;
  /** Rows of each month. */
  readonly kinds?: number;
}

export function roundsStore(folder: string, options: RoundsOptions = {}): Rounds {
  const { store = join(folder, 'store'), months = 2, kinds = 3 } = options;
  const file = join(folder, 'round.csv');
  mkdirSync(folder, { recursive: true });
  const setRound = (round: number): void => {
    writeFileSync(`${file}.new`, `round\n${round}\n`);
    renameSync(`${file}.new`, file);
  };
  setRound(0);
  const ticks = `
    CREATE VIEW ticks AS
    SELECT round, 'kind ' || k AS kind, TIMESTAMP '2024-01-01' + to_months(m::INT) AS at
    FROM read_csv('${file}', header = true, columns = {'round': 'BIGINT'}), range(${months}) m(m), range(${kinds}) k(k)`;
  const init = ['SET threads = 1', ticks];
  const model = join(folder, 'model.yml');
  writeFileSync(model, MODEL);
  return {
    options: { store, model, threads: 1, sources: { default: { type: 'duckdb', init } } },
    setRound,
    rows: months * kinds,
  };
}

const MODEL = `
  cubes:
    - name: ticks
      sql_table: ticks
      measures:
        - { name: count, type: count }
        - { name: lowest, sql: round, type: min }
        - { name: highest, sql: round, type: max }
      dimensions:
        - { name: kind, sql: kind, type: string }
        - { name: at, sql: at, type: time }
      pre_aggregations:
        - name: main
          measures: [count, lowest, highest]
          dimensions: [kind]
          time_dimension: at
          granularity: day
          partition_granularity: month`;

export const ROUND_QUERY = { measures: ['ticks.count', 'ticks.lowest', 'ticks.highest'] };

/** The round that the rollup holds. Fails when rows are missing or of several rounds. */
export function roundIn(data: readonly Readonly<Record<string, unknown>>[], rows: number): number {
  const [row = {}] = data;
  expect(row).toEqual({
    'ticks.count': String(rows),
    'ticks.lowest': row['ticks.highest'],
    'ticks.highest': row['ticks.highest'],
  });
  return Number(row['ticks.highest']);
}

/** Of an open store; the source may not help. */
async function roundOf(store: Store, rows: number): Promise<number> {
  return roundIn((await store.query(ROUND_QUERY, { policy: 'rollupOnly' })).data, rows);
}

/** Opens the store as a new process would: all of it is intact. Gives the round that it serves. */
export async function expectWhole({ options, rows }: Rounds, when: string): Promise<number> {
  const store = await openStore(options);
  try {
    expect((await store.status()).warnings, when).toEqual([]);
    const { ok, problems } = await store.verify();
    expect({ ok, problems }, when).toEqual({ ok: true, problems: [] });
    return await roundOf(store, rows);
  } finally {
    await store.close();
  }
}
