/**
 * What it costs to plan: no plan is kept, every run begins with the query as text from outside. The peer is DuckDB
 * planning the SQL that the source would be asked, over empty tables.
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import { formatRatio } from '../cli/format.js';
import { formatTable } from '../cli/table.js';
import type { QueryPlan } from '../model/plan.js';
import { explainQuery } from '../planner/explain-query.js';
import { planQuery } from '../planner/plan-query.js';
import { duckdbDialect } from '../planner/sql/compile-duckdb.js';
import { sourceStatement } from '../planner/sql/source-statement.js';
import { withMemoryDuckdb } from '../sources/memory-duckdb.js';
import type { Size } from './demo-queries.js';
import { judge, printGoals } from './goals.js';
import { race } from './harness.js';
import { type PlanningModel, planningModel, QUERIES } from './planning-model.js';
import type { BenchOutcome } from './question-times.js';

const GOAL_US = 50;
/** Plans in one timed run: the clock is too coarse for one. */
const BATCH = 50;
const BUDGET_MS: Readonly<Record<Size, number>> = { S: 75, M: 1_500, L: 4_000 };
const MODEL = { rollups: 60, partitions: 1_000 };
const CURVES = {
  rollups: [15, 30, 60, 120, 240],
  partitions: [12, 100, 1_000, 10_000],
};

export async function benchPlanning(size: Size, seed: number): Promise<BenchOutcome> {
  return withMemoryDuckdb(async (connection) => {
    const options = { seed, budgetMs: BUDGET_MS[size] };
    const model = planningModel(MODEL);
    const queries = [];
    for (const name of Object.keys(QUERIES)) queries.push(await raceQuery(name, model, connection, options));
    const curves = [];
    for (const rollups of CURVES.rollups) curves.push(await point({ ...MODEL, rollups }, options));
    for (const partitions of CURVES.partitions) curves.push(await point({ ...MODEL, partitions }, options));
    print(queries, curves);
    const ok = [...queries, ...curves].every((measured) => measured.fault === null);
    const goal = judge({
      id: 'planning',
      what: `slowest plan, ${MODEL.rollups} rollups of ${MODEL.partitions} partitions (${size})`,
      bound: 'at most',
      goal: GOAL_US,
      figure: Math.max(...queries.map(({ planUs }) => planUs)),
      unit: 'µs',
    });
    printGoals([goal]);
    return { ok, line: { queries, curves, goals: [goal] } };
  });
}

interface Measured {
  readonly name: string;
  readonly planUs: number;
  readonly p95Us: number;
  readonly fault: string | null;
}

interface RacedQuery extends Measured {
  readonly explainUs: number;
  readonly duckdbUs: number;
}

interface Options {
  readonly seed: number;
  readonly budgetMs: number;
}

async function raceQuery(
  name: string,
  model: PlanningModel,
  connection: DuckDBConnection,
  options: Options,
): Promise<RacedQuery> {
  const sql = await emptySource(model, name, connection);
  const [plan, explain, duckdb] = await race(
    [
      planningPeer(model, name),
      { name: 'explain', run: () => times(BATCH / 10, () => explainOnce(model, name)) },
      { name: 'DuckDB', run: async () => (await connection.prepare(sql)).destroySync() },
    ],
    { ...options, roundsMax: 1_000 },
  );
  return {
    name,
    planUs: (plan.medianMs / BATCH) * 1_000,
    p95Us: (plan.p95Ms / BATCH) * 1_000,
    explainUs: (explain.medianMs / (BATCH / 10)) * 1_000,
    duckdbUs: duckdb.medianMs * 1_000,
    fault: faultOf(planOnce(model, name), model),
  };
}

async function point(size: typeof MODEL, options: Options): Promise<Measured & typeof MODEL> {
  const model = planningModel(size);
  const name = Object.keys(QUERIES)[0];
  const [plan] = await race([planningPeer(model, name)], { ...options, roundsMax: 1_000 });
  return {
    name,
    ...size,
    planUs: (plan.medianMs / BATCH) * 1_000,
    p95Us: (plan.p95Ms / BATCH) * 1_000,
    fault: faultOf(planOnce(model, name), model),
  };
}

function planningPeer(model: PlanningModel, name: string) {
  return { name: 'plan', run: () => times(BATCH, () => planOnce(model, name)) };
}

/** What a run computes is looked at, so that nothing of it can be left out. */
async function times(count: number, run: () => object): Promise<void> {
  for (let turn = 0; turn < count; turn++) if (run() === null) throw new Error('a plan is an object');
}

function planOnce({ prepared, catalog }: PlanningModel, name: string): QueryPlan {
  return planQuery(prepared, catalog, QUERIES[name], { now: 0 });
}

function explainOnce({ prepared, catalog }: PlanningModel, name: string): object {
  return explainQuery(prepared, catalog, QUERIES[name], { now: 0 });
}

/** The last rollup must be chosen, and exactly the partitions of the asked twelve days be read. */
function faultOf(plan: QueryPlan, { last, asked }: PlanningModel): string | null {
  const { pieces, selected } = plan;
  const [piece] = pieces;
  if (selected !== last || pieces.length > 1 || piece.kind !== 'rollup')
    return `${selected ?? 'the source'} answers, not ${last}`;
  const keys = piece.partitions.map(({ key }) => key).join(' ');
  return keys === asked.join(' ') ? null : `reads the partitions ${keys}`;
}

/** Makes empty tables of the model's cubes and gives the SQL that the source would be asked. */
async function emptySource(
  model: PlanningModel,
  name: string,
  connection: DuckDBConnection,
): Promise<string> {
  for (const table of model.tables) await connection.run(table);
  const plan = planQuery(model.prepared, { version: 0, rollups: new Map() }, QUERIES[name], { now: 0 });
  const [piece] = plan.pieces;
  if (piece.kind !== 'source') throw new Error('without rollups the source answers');
  return sourceStatement(model.prepared.model, piece.request, new Map(), duckdbDialect).text;
}

function print(queries: readonly RacedQuery[], curves: readonly (Measured & typeof MODEL)[]): void {
  const us = (value: number): string => value.toFixed(1);
  const right = (title: string) => ({ title, align: 'right' as const });
  console.log(
    formatTable(
      [{ title: 'query' }, ...['plan µs', 'p95', 'explain µs', 'DuckDB plan µs', '× DuckDB'].map(right)],
      queries.map((query) => [
        query.name,
        us(query.planUs),
        us(query.p95Us),
        us(query.explainUs),
        us(query.duckdbUs),
        formatRatio(query.duckdbUs / query.planUs),
      ]),
    ),
  );
  console.log('\n20 cubes');
  console.log(
    formatTable(
      ['rollups', 'partitions of each', 'plan µs', 'p95'].map(right),
      curves.map((at) => [String(at.rollups), String(at.partitions), us(at.planUs), us(at.p95Us)]),
    ),
  );
  for (const { name, fault } of [...queries, ...curves])
    if (fault !== null) console.error(`WRONG  ${name}: ${fault}`);
}
