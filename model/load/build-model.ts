import { StoreError } from '../errors.js';
import type { Cube, DataModel } from '../schema.js';
import { checkCombinations } from './check-combinations.js';
import { checkExpansion } from './check-expansion.js';
import { checkStructure } from './check-structure.js';
import { declareCubes, type CheckedFile, type SecurityContext } from './declare.js';
import { findCycles } from './find-cycles.js';
import { inherit } from './inherit.js';
import { loadCube } from './load-cube.js';
import { loadViews } from './load-views.js';
import { plainOf, type Located } from './located.js';
import { normalise } from './normalise.js';
import type { Problems } from './problems.js';
import { referenceGraph } from './reference-graph.js';

/**
 * Documents with their places → the model: normalise → write out what is inherited → check the structure → gather the
 * names → follow the references.
 * References are followed only when every file has the right structure, so that no fault is told twice.
 */
export function buildModel(
  documents: readonly Located[],
  problems: Problems,
  securityContext: SecurityContext,
): DataModel {
  const files: CheckedFile[] = [];
  const normal = documents.map((document) => normalise(document, problems));
  for (const node of inherit(normal, problems)) {
    const text = checkStructure(node, problems);
    if (text !== null) files.push({ node, ...text });
  }
  problems.throwIfAny();
  const context = declareCubes(files, problems, securityContext);
  const cubes = new Map<string, Cube>();
  for (const declared of context.cubes.values()) cubes.set(declared.name, loadCube(declared, context));
  const views = loadViews(files, cubes, context);
  const graph = referenceGraph(cubes);
  findCycles(graph, context);
  if (problems.count === 0) checkExpansion(graph, context);
  checkCombinations(cubes, context);
  problems.throwIfAny();
  if (cubes.size === 0)
    throw new StoreError('model_invalid', 'the model has no cubes', {
      next: 'Define at least one under `cubes:`.',
    });
  const [writtenCubes, writtenViews] = (['cubes', 'views'] as const).map((key) =>
    documents.flatMap((document) => asWritten(document, key)),
  );
  const document = { cubes: writtenCubes, ...(views.size === 0 ? {} : { views: writtenViews }) };
  return { cubes, views, warnings: problems.warnings(), document };
}

/** The cubes or views of one file; those that are keyed by their name get it as an entry. */
function asWritten(document: Located, key: 'cubes' | 'views'): unknown[] {
  const list = document.kind === 'map' ? document.entries.get(key)?.value : undefined;
  if (list?.kind === 'list') return list.items.map(plainOf);
  if (list?.kind !== 'map') return [];
  return [...list.entries].map(([name, entry]) => ({ name, ...(plainOf(entry.value) as object) }));
}
