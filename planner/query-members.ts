import { filterMembers } from '../model/filter.js';
import type { Query } from '../model/query.js';
import type { DataModel, MemberId } from '../model/schema.js';
import { drillMembers } from './join-tree.js';

/** Every member that decides which cubes a query reads, measures first. */
export function queryMembers(model: DataModel, query: Query): MemberId[] {
  const filtering = query.having === null ? [] : [...filterMembers(query.having)];
  return [
    ...new Set([...query.measures, ...filtering]),
    ...query.dimensions,
    ...query.segments,
    ...query.countedBy,
    ...drillMembers(model, query.countedBy),
    ...(query.filter === null ? [] : filterMembers(query.filter)),
    ...query.timeDimensions
      .filter((time) => time.granularity !== null || time.range !== null)
      .map((time) => time.dimension),
  ];
}
