import { existsSync, mkdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type ColumnChoice,
  type DashboardQuery,
  type InferredModel,
  type ModelDocument,
  type Selection,
  type SourceConfig,
  StoreError,
  type TableProfile,
  inferModel,
  inferQueries,
  profileFiles,
  readModelDocument,
  writeSampleOrders,
} from '../index.js';
import { FLIGHT_QUESTIONS } from './demo-queries.js';
import { readConfig } from './read-config.js';

/** Where the made-up orders go. */
export const DEMO_FILE = 'orders.parquet';
const SAMPLE_ORDERS = 500_000;
const SAMPLE_SEED = 1;

/** What `granary try` works on: tables, a model for them, and questions. */
export interface TrySubject {
  readonly title: string;
  readonly document: ModelDocument;
  readonly sources: Readonly<Record<string, SourceConfig>>;
  /** Of several rollups of an inferred model the cheapest answers: nobody has thought about their order. */
  readonly selection: Selection;
  readonly questions: readonly DashboardQuery[];
  /** The measure that counts the rows of the main table. */
  readonly rowCount: string;
  /** Measures that may differ by rounding. */
  readonly doubles: ReadonlySet<string>;
  /** Where the model was inferred. */
  readonly columns: readonly SubjectColumn[];
  /** What looks wrong with the files, as sentences. */
  readonly warnings: readonly string[];
}

export interface SubjectColumn extends ColumnChoice {
  readonly cube: string;
  readonly type: string;
  readonly distinct: number;
  readonly nulls: number;
}

/**
 * Looks at files and infers a model.
 * @throws StoreError `file_missing`, `source_failed`
 */
export async function fileSubject(path: string, title = basename(resolve(path))): Promise<TrySubject> {
  const inferred = inferModel(await profileFiles(path));
  const main = inferred.cubes.find((cube) => cube.rollups.length > 0) ?? inferred.cubes[0];
  if (main.table.rows === 0) {
    throw new StoreError('source_failed', `${path} holds no rows.`, {
      next: 'Give a file with at least one row of data.',
    });
  }
  return {
    title,
    document: inferred.document,
    sources: { default: { type: 'duckdb', init: inferred.cubes.map(viewStatement) } },
    selection: 'cost',
    questions: inferQueries(inferred),
    rowCount: `${main.name}.count`,
    doubles: doubleMeasures(inferred),
    columns: inferred.cubes.flatMap(({ name, table, choices }) =>
      choices.map((choice, at) => ({ ...choice, cube: name, ...pickFacts(table.columns[at]) })),
    ),
    warnings: inferred.cubes.flatMap(({ table }) => singleColumnWarning(table)),
  };
}

/** The flights of the repository with their own model; in an installed package made-up orders, written to `folder`. */
export async function demoSubject(folder: string): Promise<TrySubject> {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const config = join(root, 'data', 'flights', 'granary.config.json');
  const flights = join(root, 'node_modules', 'vega-datasets', 'data', 'flights-3m.parquet');
  if (existsSync(config) && existsSync(flights)) return flightsSubject(config);
  const orders = join(folder, DEMO_FILE);
  mkdirSync(folder, { recursive: true });
  await writeSampleOrders(orders, SAMPLE_ORDERS, SAMPLE_SEED);
  return fileSubject(orders, 'made-up orders');
}

async function flightsSubject(configPath: string): Promise<TrySubject> {
  const config = readConfig(configPath);
  return {
    title: 'three million flights',
    document: await readModelDocument(config.model),
    sources: config.sources,
    selection: 'first',
    questions: FLIGHT_QUESTIONS,
    rowCount: 'flights.count',
    doubles: new Set(),
    columns: [],
    warnings: [],
  };
}

/** A delimiter that was not found leaves its mark in the name of the only column. */
function singleColumnWarning({ table, columns }: TableProfile): string[] {
  const [{ name }] = columns;
  if (columns.length > 1 || !/[,;|\t]/.test(name)) return [];
  return [
    `${table} was read as one column, ${JSON.stringify(name)}: its delimiter was not found. ` +
      'Check that every line has the same number of fields.',
  ];
}

function viewStatement({ name, table }: InferredModel['cubes'][number]): string {
  return `CREATE VIEW "${name}" AS SELECT * FROM ${table.sql}`;
}

function doubleMeasures({ cubes }: InferredModel): Set<string> {
  return new Set(
    cubes.flatMap(({ name, measures }) =>
      measures.filter((measure) => measure.double).map((measure) => `${name}.${measure.name}`),
    ),
  );
}

function pickFacts({ type, distinct, nulls }: { type: string; distinct: number; nulls: number }): {
  type: string;
  distinct: number;
  nulls: number;
} {
  return { type, distinct, nulls };
}
