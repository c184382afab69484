import type { RandomModel } from './random-model.js';

type Row = Readonly<Record<string, unknown>>;

/** The rows of an answer with every rough number that is near enough replaced by the expected one. */
export function settleRows(model: RandomModel, rows: readonly Row[], expected: readonly Row[]): object[] {
  const rough = model.cubes.flatMap(({ measures }) => measures.filter((measure) => measure.rough));
  const names = new Set(rough.map(({ id }) => id));
  return rows.map((row, at) => settleRow(row, expected[at] ?? {}, names));
}

function settleRow(row: Row, expected: Row, rough: ReadonlySet<string>): object {
  const entries = Object.entries(row).map(([name, cell]): [string, unknown] => {
    const wanted = expected[name];
    if (!rough.has(name) || typeof cell !== 'string' || typeof wanted !== 'string') return [name, cell];
    const [x, y] = [Number(cell), Number(wanted)];
    return [name, Math.abs(x - y) <= 1e-7 * Math.max(1, Math.abs(y)) ? wanted : cell];
  });
  return Object.fromEntries(entries);
}
