import { findGrain, memberColumn, timeColumn, type IndexDefinition } from '../schema.js';
import { scalarAt, type Context, type DeclaredCube } from './declare.js';
import type { LocatedMap, LocatedScalar } from './located.js';
import { parseReference } from './parse-template.js';
import { resolveReference } from './resolve-reference.js';
import type { RollupColumns } from './rollup-columns.js';
import type { IndexText } from './structure.js';

/**
 * An index with its columns by their names in the rollup. `columns`: those of the rollup; null where they cannot be
 * checked, because they are those of the source or because the rollup has faults.
 */
export function loadIndex(
  text: IndexText,
  node: LocatedMap,
  columns: RollupColumns | null,
  cube: DeclaredCube,
  context: Context,
): IndexDefinition {
  const found = new Set<string>();
  for (const index of text.columns.keys()) {
    const entry = scalarAt(node, ['columns', index]);
    const column = columns === null ? sourceColumn(entry) : rollupColumn(entry, columns, cube, context);
    if (column !== null) found.add(column);
  }
  return { name: text.name, type: text.type ?? 'regular', columns: [...found] };
}

function sourceColumn(entry: LocatedScalar): string {
  const written = String(entry.value);
  const reference = parseReference(written);
  return reference !== null && 'column' in reference ? reference.column : written;
}

function rollupColumn(
  entry: LocatedScalar,
  columns: RollupColumns,
  cube: DeclaredCube,
  context: Context,
): string | null {
  const { problems } = context;
  const written = String(entry.value);
  const column = columnName(written, columns, cube, context);
  if (column !== null && columns.keys.has(column)) return column;
  const measure = column === null ? undefined : columns.measures.get(column);
  if (measure !== undefined) {
    problems.add(
      entry.place,
      `an index sorts by dimensions, times and segments; \`${measure}\` is a measure`,
    );
    return null;
  }
  const names = columns.keys.values();
  const hint = problems.hint(written.replace(/^CUBE\./, ''), bareNames(columns), names, columns.keys.keys());
  problems.add(
    entry.place,
    `the rollup has no column \`${written}\`${hint === '' ? `; it has ${columns.summary}` : hint}`,
  );
  return null;
}

function* bareNames(columns: RollupColumns): Iterable<string> {
  for (const member of columns.keys.values()) yield member.slice(member.indexOf('.') + 1);
}

/** The column that is meant: by its own name, by a member, or by a time dimension with its granularity. */
function columnName(
  written: string,
  columns: RollupColumns,
  cube: DeclaredCube,
  context: Context,
): string | null {
  const reference = parseReference(written);
  if (reference === null) return null;
  if ('column' in reference) return reference.column;
  const { steps } = reference;
  if (steps.length === 1 && columns.keys.has(written)) return written;
  if (steps.length > 1) {
    const time = resolveReference(steps.slice(0, -1), cube, context);
    const granularity = time.kind === 'dimension' ? findGrain(time, steps.at(-1)) : undefined;
    if (time.kind === 'dimension' && granularity !== undefined) return timeColumn(time.id, granularity);
  }
  const target = resolveReference(steps, cube, context);
  return target.kind === 'unknown' || target.kind === 'cube' ? null : memberColumn(target.id);
}
