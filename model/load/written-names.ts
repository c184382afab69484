import type { MemberId, RollupId } from '../schema.js';
import { parseReference } from './parse-template.js';
import type { PreAggregationText } from './structure.js';

interface WrittenNames {
  readonly writtenPaths: ReadonlyMap<MemberId, string>;
  readonly rollups: readonly RollupId[];
}

/** The names in a pre-aggregation of the cube `home` that say more than a member: paths of joins, and other rollups. */
export function writtenNames(text: PreAggregationText, home: string): WrittenNames {
  const members = [
    ...(text.measures ?? []),
    ...(text.dimensions ?? []),
    ...(text.segments ?? []),
    ...(text.time_dimension === undefined ? [] : [text.time_dimension]),
    ...(text.time_dimensions ?? []).map(({ dimension }) => dimension),
  ];
  const paths = members.map((written) => stepsOf(written, home)).filter((steps) => steps.length > 2);
  return {
    writtenPaths: new Map(paths.map((steps) => [steps.slice(-2).join('.'), steps.join('.')])),
    rollups: (text.rollups ?? []).map((written) => stepsOf(written, home).slice(-2).join('.')),
  };
}

/** A name from its cube on: that of `home` where none is written. */
function stepsOf(written: string, home: string): readonly string[] {
  const reference = parseReference(written);
  if (reference === null || 'column' in reference) return [];
  const [first = '', ...rest] = reference.steps;
  return rest.length === 0 ? [home, first] : [first === 'CUBE' ? home : first, ...rest];
}
