import type { Query } from '../../model/query.js';
import type { DataModel, PreAggregation } from '../../model/schema.js';
import { cubeChoice } from './cube-choice.js';
import type { CubeOptions } from './cube-choice.js';

/**
 * Who may answer, in turns: a turn is asked where those before it leave something. Where Cube decides: its choice, then
 * the others, which stand in where its choice is not built or not exact; and nobody where it chooses none.
 * @param options without `cube`: all rollups in one turn
 */
export function rollupTurns<Rollup extends { readonly preAggregation: PreAggregation }>(
  model: DataModel,
  rollups: readonly Rollup[],
  query: Query,
  input: unknown,
  options: { readonly cube?: CubeOptions | null; readonly now: number },
): readonly (readonly Rollup[])[] {
  const { cube } = options;
  if (cube == null) return [rollups];
  const { selected } = cubeChoice(model, { query, filters: filtersOf(input), now: options.now }, cube);
  if (selected === null) return [];
  const isChoice = ({ preAggregation }: Rollup): boolean => preAggregation.id === selected;
  return [rollups.filter(isChoice), rollups.filter((rollup) => !isChoice(rollup))];
}

/** Of a query that has been found valid. */
export function filtersOf(input: unknown): unknown {
  return (input as { readonly filters?: unknown }).filters;
}
