import { filterMembers } from '../model/filter.js';
import type { SourceRequest } from '../model/plan.js';
import type { DataModel, MemberId } from '../model/schema.js';
import { drillMembers } from './join-tree.js';
import { measureMembers } from './sub-query.js';

/** The members whose SQL a statement is made of; those that they refer to are not among them. */
export function rowMembers(model: DataModel, request: SourceRequest): MemberId[] {
  const { keys, states, segments, filter, boxes, countedBy } = request;
  return [
    ...keys.map((key) => key.member),
    ...states.flatMap(({ measure }) => measureMembers(model, measure)),
    ...segments,
    ...(filter === null ? [] : filterMembers(filter)),
    ...boxes.flatMap((box) => box.map(({ dimension }) => dimension)),
    ...countedBy,
    ...drillMembers(model, countedBy),
  ];
}
