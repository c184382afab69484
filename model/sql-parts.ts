import type { SqlPart } from './sql-template.js';

/** The parts of SQL and those that stand inside of them, outer ones first. */
export function* innerParts(parts: readonly SqlPart[]): Generator<SqlPart> {
  for (const part of parts) {
    yield part;
    if (part.kind === 'local') yield* innerParts(part.parts);
    if (part.kind === 'filter') for (const param of part.params) yield* innerParts(param.parts);
  }
}
