/** The smallest change of the model that takes a reason away, as text and as a patch. */
import type { Fix } from '../model/plan.js';
import { cubeOf } from '../model/schema.js';
import type { Granularity, MemberId, PreAggregation } from '../model/schema.js';

export function addToList(
  preAggregation: PreAggregation,
  list: 'measures' | 'dimensions' | 'segments',
  member: MemberId,
): Fix {
  const { id, pointer } = preAggregation;
  const text = `Add ${list.slice(0, -1)} ${member} to ${id}.`;
  const key = preAggregation.keys[list];
  const name = nameIn(preAggregation, member);
  if (key === null) return { text, patch: [{ op: 'add', path: `${pointer}/${list}`, value: [name] }] };
  return { text, patch: [{ op: 'add', path: `${pointer}/${key}/-`, value: name }] };
}

/** What the lists of a pre-aggregation call a member. */
function nameIn({ inherited, cube }: PreAggregation, member: MemberId): string {
  return inherited && cubeOf(member) === cube ? `CUBE${member.slice(cube.length)}` : member;
}

export function setGranularity(preAggregation: PreAggregation, granularity: Granularity): Fix {
  return {
    text: `Set the granularity of ${preAggregation.id} to ${granularity}.`,
    patch: [{ op: 'replace', path: `${preAggregation.pointer}/granularity`, value: granularity }],
  };
}
