/** The rows that a rollup was built from must be the rows of the query, each once. */
import type { JoinTree, Reason } from '../model/plan.js';
import { keepsRows, wayTo } from './join-tree.js';
import type { QueryShape } from './match-rollup.js';
import type { RollupShape } from './rollup-shape.js';

export function matchJoins(query: QueryShape, shape: RollupShape): Reason[] {
  const { id } = shape.preAggregation;
  if (shape.request.dataSource !== query.dataSource) {
    return [
      {
        code: 'data_source_differs',
        message: `${id} is built from data source '${shape.request.dataSource}', the query reads '${query.dataSource}'.`,
      },
    ];
  }
  if (shape.tree.root !== query.tree.root) {
    return [
      {
        code: 'join_root_differs',
        message: `${id} holds rows of ${shape.tree.root}, the query counts rows of ${query.tree.root}.`,
      },
    ];
  }
  const elsewhere = differingCube(shape.tree, query.tree);
  if (elsewhere !== null) {
    const [stored, asked] = [shape.tree, query.tree].map((tree) => wayTo(tree, elsewhere).join('.'));
    return [
      {
        code: 'join_path_differs',
        message: `${id} reaches ${elsewhere} over ${stored}, the query over ${asked}.`,
      },
    ];
  }
  if (keepsRows(shape.tree, query.tree)) return [];
  const cubes = shape.tree.joins.filter((join) => join.relationship === 'one_to_many').map((join) => join.to);
  return [
    {
      code: 'measure_multiplied',
      message: `${id} joins ${cubes.join(', ')}, which repeats rows of ${shape.tree.root} that the query needs once.`,
    },
  ];
}

/** The first cube that two trees reach from different cubes: its rows beside a row of the root are not the same. */
function differingCube(one: JoinTree, other: JoinTree): string | null {
  const differing = other.joins.find((join) =>
    one.joins.some(({ from, to }) => to === join.to && from !== join.from),
  );
  return differing?.to ?? null;
}
