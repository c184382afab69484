import type { Cube, PreAggregation } from '../schema.js';
import { isCombination } from './check-pre-aggregation.js';
import { checkRollupJoin } from './check-rollup-join.js';
import { checkRollupLambda } from './check-rollup-lambda.js';
import { mapAt, scalarAt, type Context, type DeclaredCube } from './declare.js';
import type { LocatedMap, LocatedScalar } from './located.js';
import { resolveRollup } from './resolve-rollup.js';

/** A rollup that another pre-aggregation refers to, and where. */
export interface Leg {
  readonly rollup: PreAggregation;
  readonly entry: LocatedScalar;
}

/** A `rollup_join` or `rollup_lambda` with its rollups in the order in which they are written. */
export interface Combination {
  readonly preAggregation: PreAggregation;
  readonly node: LocatedMap;
  readonly legs: readonly Leg[];
  readonly unionWithSource: boolean;
}

/** Tells what is wrong with the pre-aggregations that combine others. All cubes are loaded. */
export function checkCombinations(cubes: ReadonlyMap<string, Cube>, context: Context): void {
  // What a rollup with a fault holds is not known, so that nothing can be said about what combines it.
  const isSound = context.problems.count === 0;
  for (const declared of context.cubes.values()) {
    const loaded = cubes.get(declared.name)?.preAggregations ?? [];
    let isBehindOthers = false;
    for (const [index, preAggregation] of loaded.entries()) {
      const { type } = preAggregation;
      if (isCombination(type)) {
        const combination = load(preAggregation, index, declared, cubes, context);
        if (type === 'rollup_lambda' && isBehindOthers) warnNotFirst(combination, context);
        const { legs } = combination;
        const written = declared.text.pre_aggregations?.[index]?.rollups ?? [];
        if (!isSound || legs.length === 0 || legs.length < written.length) continue;
        if (type === 'rollup_join') checkRollupJoin(combination, cubes, context);
        else checkRollupLambda(combination, context);
      }
      isBehindOthers ||= type !== 'rollup_lambda';
    }
  }
}

function load(
  preAggregation: PreAggregation,
  index: number,
  declared: DeclaredCube,
  cubes: ReadonlyMap<string, Cube>,
  context: Context,
): Combination {
  const { problems } = context;
  const { id, type } = preAggregation;
  const node = mapAt(declared.node, ['pre_aggregations', index]);
  const text = declared.text.pre_aggregations?.[index];
  const written = text?.rollups ?? [];
  const place = node.entries.get('rollups')?.key ?? node.place;
  if (written.length === 0) {
    const message = `'${id}' should reference at least one rollup: list it under \`rollups\``;
    if (type === 'rollup_lambda') problems.add(place, `rollupLambda ${message}`);
  }
  if (type === 'rollup_join' && written.length !== 2) {
    problems.add(place, `a rollup_join joins exactly two rollups, \`rollups\` lists ${written.length}`);
  }
  const legs: Leg[] = [];
  for (const at of written.keys()) {
    const entry = scalarAt(node, ['rollups', at]);
    const rollup = resolveRollup(entry, declared, cubes, context);
    if (rollup === null) continue;
    if (rollup.type !== 'rollup') {
      const message = `\`${rollup.id}\` is of type ${rollup.type}; a ${type} refers to the type rollup`;
      problems.add(entry.place, message);
    } else if (legs.some((leg) => leg.rollup === rollup)) {
      problems.add(entry.place, `\`${rollup.id}\` is written twice in \`rollups\``);
    } else {
      legs.push({ rollup, entry });
    }
  }
  return { preAggregation, node, legs, unionWithSource: text?.union_with_source_data ?? false };
}

function warnNotFirst({ node }: Combination, { problems }: Context): void {
  const message =
    'Cube wants a rollup_lambda before all other pre-aggregations of its cube, which else are taken first';
  problems.warn(node.entries.get('type')?.value.place ?? node.place, 'lambda_not_first', message);
}
