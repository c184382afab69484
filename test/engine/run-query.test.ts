/** Pieces of one query run at once, and end together. */
import { expect, test } from 'vitest';
import { prepareQuery, runQuery } from '../../dist/engine/run-query.js';
import type { QueryTools } from '../../dist/engine/run-query.js';
import { StoreError } from '../../dist/model/errors.js';
import { planQuery } from '../../dist/planner/plan-query.js';
import type { Piece, QueryPlan } from '../../dist/model/plan.js';
import { fakeCatalog, prepare } from '../support/fake-catalog.js';

const prepared = prepare({
  cubes: [
    {
      name: 't',
      sql_table: 't',
      measures: [{ name: 'count', type: 'count' }],
      dimensions: [{ name: 'at', sql: 'at', type: 'time' }],
      pre_aggregations: [{ name: 'daily', measures: ['count'], time_dimension: 'at', granularity: 'day' }],
    },
  ],
});

/** A piece of the source for each edge beside one of a rollup, which holds the 2nd of January to the 9th. */
function hybridPlan(): QueryPlan {
  const dateRange = ['2024-01-01T12:00:00.000', '2024-01-10T11:59:59.999'];
  const query = { measures: ['t.count'], timeDimensions: [{ dimension: 't.at', dateRange }] };
  const plan = planQuery(prepared, fakeCatalog(prepared, '2023-12-01', '2024-03-01'), query, { now: 0 });
  const pieces = plan.pieces.flatMap((piece): Piece[] =>
    piece.kind === 'rollup' ? [piece] : piece.boxes.map((box) => ({ ...piece, boxes: [box] })),
  );
  expect(pieces.map(({ kind }) => kind)).toEqual(['rollup', 'source', 'source']);
  return { ...plan, pieces };
}

type Ask = (at: number, signal: AbortSignal) => Promise<number>;

/** @param ask gives the count of the first edge and of the second. The rollup is empty. */
function toolsOf(ask: Ask, signal?: AbortSignal): QueryTools {
  let asked = 0;
  const tools = {
    storage: { readPartition: async () => ({ rows: 0, columns: new Map(), bytes: 0 }) },
    dictionariesOf: () => ({ of: () => ({ values: [] }) }),
    scan: { pool: null },
    narrowing: true,
    source: () => ({
      query: async (_: unknown, stop: AbortSignal) => {
        const count = await ask(asked++, stop);
        return { rows: 1, columns: [{ name: 't__count', type: { kind: 'integer' }, values: [count] }] };
      },
    }),
    statement: async () => ({ text: '', params: [] }),
    numbers: 'native',
    signal,
  };
  return tools as unknown as QueryTools;
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new StoreError('aborted', 'stopped.')), { once: true });
  });
}

test('pieces run side by side, and their counts are added', async () => {
  let both = (): void => undefined;
  const met = new Promise<void>((resolve) => (both = resolve));
  const answer = await runQuery(
    prepareQuery(hybridPlan()),
    // The first waits for the second.
    toolsOf(async (at) => {
      if (at === 1) both();
      await met;
      return at + 3;
    }),
  );
  expect(answer.data).toEqual([{ 't.count': 7 }]);
  expect(answer.rowsScanned).toBe(0);
});

test('when a piece fails the others are stopped, and the query ends with its error after them', async () => {
  let stopped = 0;
  const refused = new StoreError('source_failed', 'no such table.');
  const tools = toolsOf(async (at, signal) => {
    if (at === 1) throw refused;
    try {
      return await untilAborted(signal);
    } finally {
      await Promise.resolve();
      stopped += 1;
    }
  });
  await expect(runQuery(prepareQuery(hybridPlan()), tools)).rejects.toBe(refused);
  expect(stopped).toBe(1);
});

test('the signal of the caller stops all pieces', async () => {
  const caller = new AbortController();
  let waiting = 0;
  const tools = toolsOf(async (_, signal) => {
    waiting += 1;
    if (waiting === 2) caller.abort();
    signal.throwIfAborted();
    await untilAborted(signal);
    return 0;
  }, caller.signal);
  await expect(runQuery(prepareQuery(hybridPlan()), tools)).rejects.toThrow();
  expect(waiting).toBe(2);
});
