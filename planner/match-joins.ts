/** The rows that a rollup was built from must be the rows of the query, each once. */
import type { JoinTree } from '../model/plan.js';
import { differingCube, keepsRows, wayTo } from './join-tree.js';
import type { QueryShape } from './match-rollup.js';
import type { RollupShape } from './rollup-shape.js';
import type { Finding, Rule } from './rule.js';

export const joinsRule: Rule = {
  name: 'joins',
  asks: 'Was the rollup built from the rows that the query counts, each of them once?',
  codes: {
    data_source_differs: 'The rollup is built from another data source than the one that the query reads.',
    join_root_differs: 'The rollup holds the rows of another cube than the one whose rows the query counts.',
    join_path_differs: 'The rollup reaches a cube over other joins than the query does.',
    measure_multiplied: 'A join repeats the rows that the query needs once.',
  },
  spec: ['B21', 'D10', 'X23'],
  check: matchJoins,
};

function matchJoins(query: QueryShape, rollup: RollupShape): readonly Finding[] | null {
  const elsewhere = differingCube(rollup.tree, query.tree);
  const sameSource = rollup.request.dataSource === query.dataSource;
  if (sameSource && elsewhere === null && keepsRows(rollup.tree, query.tree)) return null;
  const { id } = rollup.preAggregation;
  if (!sameSource) {
    const message = (): string =>
      `${id} is built from data source '${rollup.request.dataSource}', the query reads '${query.dataSource}'.`;
    return [{ code: 'data_source_differs', member: null, message }];
  }
  if (rollup.tree.root !== query.tree.root) {
    const message = (): string =>
      `${id} holds rows of ${rollup.tree.root}, the query counts rows of ${query.tree.root}.`;
    return [{ code: 'join_root_differs', member: null, message }];
  }
  if (elsewhere !== null) {
    const wayOf = (tree: JoinTree): string => wayTo(tree, elsewhere).join('.');
    const message = (): string =>
      `${id} reaches ${elsewhere} over ${wayOf(rollup.tree)}, the query over ${wayOf(query.tree)}.`;
    return [{ code: 'join_path_differs', member: null, message }];
  }
  return [
    {
      code: 'measure_multiplied',
      member: null,
      message: () =>
        `${id} joins ${manyCubes(rollup)}, which repeats rows of ${rollup.tree.root} that the query needs once.`,
    },
  ];
}

function manyCubes({ tree }: RollupShape): string {
  const many = tree.joins.filter((join) => join.relationship === 'one_to_many');
  return many.map((join) => join.to).join(', ');
}
