import type { DuckDBConnection } from '@duckdb/node-api';
import type { Peer } from './harness.js';

/** Rows of JavaScript values, as DuckDB gives them. */
export type PeerRows = readonly (readonly unknown[])[];

export interface DuckdbPeer extends Peer {
  readonly run: () => Promise<PeerRows>;
}

/** A statement prepared once and run to rows of JavaScript values each time. */
export async function duckdbPeer(
  name: string,
  connection: DuckDBConnection,
  sql: string,
): Promise<DuckdbPeer> {
  const prepared = await connection.prepare(sql);
  return { name, run: async () => (await prepared.runAndReadAll()).getRowsJS() };
}

/** The same to row objects, in the cheapest form that the binding has: what a program would race us with. */
export async function duckdbObjects(name: string, connection: DuckDBConnection, sql: string): Promise<Peer> {
  const prepared = await connection.prepare(sql);
  return { name, run: async () => (await prepared.runAndReadAll()).getRowObjects() };
}

/** Rows from outside as the text that Granary writes: whole numbers without a point, times without a zone. */
export function peerText(rows: PeerRows): string[][] {
  return rows.map((row) => row.map(cellText));
}

/** The columns of a Granary row in the order of its annotation, without a time's second name. */
export function granaryText(result: {
  readonly data: readonly Readonly<Record<string, unknown>>[];
  readonly annotation: {
    readonly dimensions: object;
    readonly timeDimensions: Readonly<Record<string, { readonly granularity?: unknown }>>;
    readonly measures: object;
  };
}): string[][] {
  const { dimensions, timeDimensions, measures } = result.annotation;
  const times = Object.keys(timeDimensions).filter((name) => timeDimensions[name].granularity !== undefined);
  const names = [...Object.keys(dimensions), ...times, ...Object.keys(measures)];
  return result.data.map((row) => names.map((name) => cellText(row[name])));
}

/** The first cell in which two answers differ by more than the last digits of a double; null where none does. */
export function firstDifference(expected: readonly string[][], actual: readonly string[][]): string | null {
  if (expected.length !== actual.length) return `${expected.length} rows against ${actual.length}`;
  for (const [at, row] of expected.entries()) {
    for (const [column, cell] of row.entries()) {
      const other = actual[at][column];
      if (cell === other || isRounding(cell, other)) continue;
      return `row ${at + 1}, column ${column + 1}: ${cell} against ${other}`;
    }
  }
  return null;
}

function cellText(value: unknown): string {
  if (value instanceof Date) return value.toISOString().slice(0, -1);
  return typeof value === 'bigint' || typeof value === 'string'
    ? String(value)
    : JSON.stringify(value ?? null);
}

function isRounding(cell: string, other: string | undefined): boolean {
  if (other === undefined || Number.isInteger(Number(cell))) return false;
  return Math.abs(Number(cell) - Number(other)) <= 1e-12 * Math.abs(Number(cell));
}
