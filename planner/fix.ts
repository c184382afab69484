/** The smallest change of the model that takes a reason away, as text and as a patch. */
import type { Fix } from '../model/plan.js';
import type { Granularity, JoinPath, MemberId, PreAggregation } from '../model/schema.js';
import { nameInRollup } from './name-in-rollup.js';

export function addToList(
  preAggregation: PreAggregation,
  list: 'measures' | 'dimensions' | 'segments',
  member: MemberId,
  paths: readonly JoinPath[],
): Fix {
  const { id, pointer } = preAggregation;
  const text = `Add ${list.slice(0, -1)} ${member} to ${id}.`;
  const key = preAggregation.keys[list];
  const name = nameInRollup(preAggregation, member, paths);
  if (key === null) return { text, patch: [{ op: 'add', path: `${pointer}/${list}`, value: [name] }] };
  return { text, patch: [{ op: 'add', path: `${pointer}/${key}/-`, value: name }] };
}

export function setGranularity(preAggregation: PreAggregation, granularity: Granularity): Fix {
  return {
    text: `Set the granularity of ${preAggregation.id} to ${granularity}.`,
    patch: [{ op: 'replace', path: `${preAggregation.pointer}/granularity`, value: granularity }],
  };
}
