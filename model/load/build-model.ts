import { StoreError } from '../errors.js';
import type { Cube, DataModel } from '../schema.js';
import { checkStructure } from './check-structure.js';
import { declareCubes, type CheckedFile, type SecurityContext } from './declare.js';
import { findCycles } from './find-cycles.js';
import { loadCube } from './load-cube.js';
import { plainOf, type Located } from './located.js';
import { normalise } from './normalise.js';
import type { Problems } from './problems.js';

/**
 * Documents with their places → the model: normalise → check the structure → gather the names → follow the references.
 * References are followed only when every file has the right structure, so that no fault is told twice.
 */
export function buildModel(
  documents: readonly Located[],
  problems: Problems,
  securityContext: SecurityContext,
): DataModel {
  const files: CheckedFile[] = [];
  for (const document of documents) {
    const node = normalise(document, problems);
    const cubes = checkStructure(node, problems);
    if (cubes !== null) files.push({ node, cubes });
  }
  problems.throwIfAny();
  const context = declareCubes(files, problems, securityContext);
  const cubes = new Map<string, Cube>();
  for (const declared of context.cubes.values()) cubes.set(declared.name, loadCube(declared, context));
  findCycles(cubes, context);
  problems.throwIfAny();
  if (cubes.size === 0)
    throw new StoreError('model_invalid', 'the model has no cubes', {
      next: 'Define at least one under `cubes:`.',
    });
  return { cubes, document: { cubes: documents.flatMap(cubesAsWritten) } };
}

/** The cubes of one file; those that are keyed by their name get it as an entry. */
function cubesAsWritten(document: Located): unknown[] {
  const cubes = document.kind === 'map' ? document.entries.get('cubes')?.value : undefined;
  if (cubes?.kind === 'list') return cubes.items.map(plainOf);
  if (cubes?.kind !== 'map') return [];
  return [...cubes.entries].map(([name, entry]) => ({ name, ...(plainOf(entry.value) as object) }));
}
