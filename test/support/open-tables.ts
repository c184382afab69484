import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openStore } from '../../dist/index.js';

export type Store = Awaited<ReturnType<typeof openStore>>;

export interface Tables {
  /** The model as YAML text, one file; it may be empty. */
  readonly yaml: string;
  /** The model as JavaScript, one file, which stands before that in YAML. */
  readonly js?: string;
  /** Statements that make the tables of the default source, which is DuckDB. */
  readonly init: readonly string[];
  /** Further sources by name, each by its statements. */
  readonly sources?: Readonly<Record<string, readonly string[]>>;
  /** An own folder, to open the same store again. */
  readonly folder?: string;
  /** Further options of `openStore`. */
  readonly options?: Readonly<Record<string, unknown>>;
}

/** Opens a store over small tables; it is closed, and its own folder removed, when the test ends. */
export async function openTables(tables: Tables): Promise<Store> {
  const folder = tables.folder ?? temporaryFolder();
  mkdirSync(join(folder, 'model'), { recursive: true });
  writeFileSync(join(folder, 'model', 'model.yml'), tables.yaml);
  if (tables.js !== undefined) writeFileSync(join(folder, 'model', 'model.js'), tables.js);
  const sources = Object.entries({ ...tables.sources, default: tables.init }).map(([name, init]) => [
    name,
    { type: 'duckdb' as const, init: [...init] },
  ]);
  const store = await openStore({
    model: join(folder, 'model'),
    store: join(folder, 'store'),
    sources: Object.fromEntries(sources),
    ...tables.options,
  });
  onTestFinished(() => store.close());
  return store;
}

/** Opens and builds everything. */
export async function buildTables(tables: Tables): Promise<Store> {
  const store = await openTables(tables);
  await store.build();
  return store;
}

/** A folder that is removed when the test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'granary-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** `CREATE TABLE name AS …` from rows of SQL literals. */
export function tableOf(name: string, columns: readonly string[], rows: readonly string[]): string {
  const values = rows.map((row) => `(${row})`).join(', ');
  return `CREATE TABLE ${name} AS SELECT * FROM (VALUES ${values}) AS t(${columns.join(', ')})`;
}

/** The codes for which `explain` refuses a rollup; none when it matches. */
export async function refusals(store: Store, query: unknown, rollup: string): Promise<string[]> {
  const { candidates } = await store.explain(query);
  const candidate = candidates.find(({ id }) => id === rollup);
  if (candidate === undefined) throw new Error(`explain does not list ${rollup}`);
  const codes = candidate.reasons.map(({ code }) => code);
  if (candidate.matched !== (codes.length === 0))
    throw new Error(`${rollup}: matched and reasons contradict`);
  return codes;
}
