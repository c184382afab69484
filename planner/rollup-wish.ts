/** What a caller allows: whether the source may answer, and which rollups. */
import { StoreError } from '../model/errors.js';
import type { RollupId } from '../model/schema.js';
import { suggest } from '../model/suggest.js';

/** `auto`: rollups, and the source for what they leave; `rollupOnly`: a refusal where they leave something. */
export type Policy = 'auto' | 'rollupOnly' | 'sourceOnly';
export const POLICIES: readonly Policy[] = ['auto', 'rollupOnly', 'sourceOnly'];

export interface WishOptions {
  readonly policy?: Policy;
  /** `cube.preAggregation`: no others. */
  readonly use?: readonly RollupId[];
  /** `cube.preAggregation`: none of these. */
  readonly avoid?: readonly RollupId[];
}

export interface RollupWish {
  readonly policy: Policy;
  /** Null: all. */
  readonly use: ReadonlySet<RollupId> | null;
  readonly avoid: ReadonlySet<RollupId>;
}

/**
 * @param known the pre-aggregations of the model
 * @throws StoreError `query_invalid` for one that the model lacks
 */
export function rollupWish(
  { policy = 'auto', use, avoid = [] }: WishOptions,
  known: readonly { readonly preAggregation: { readonly id: RollupId } }[],
): RollupWish {
  const ids = (): RollupId[] => known.map(({ preAggregation }) => preAggregation.id);
  for (const [option, list] of [
    ['use', use ?? []],
    ['avoid', avoid],
  ] as const) {
    const unknown = list.find((id) => !known.some(({ preAggregation }) => preAggregation.id === id));
    if (unknown !== undefined) throw unknownRollup(option, unknown, ids());
  }
  return { policy, use: use === undefined ? null : new Set(use), avoid: new Set(avoid) };
}

function unknownRollup(option: string, id: string, known: readonly RollupId[]): StoreError {
  const near = suggest(id, known);
  return new StoreError('query_invalid', `${option}: there is no pre-aggregation '${id.slice(0, 100)}'.`, {
    next: near === null ? `There are: ${known.join(', ') || 'none'}.` : `Did you mean '${near}'?`,
  });
}
