/** Stored buckets must be the pieces that the query's buckets and ranges are made of. */
import { canBuildFrom, isOnGrid } from '../model/civil-time.js';
import type { QueryTimeDimension, TimeRange } from '../model/query.js';
import type { Granularity, MemberId } from '../model/schema.js';
import type { QueryShape } from './match-rollup.js';
import type { RollupShape } from './rollup-shape.js';
import type { Finding, Rule } from './rule.js';
import { foundOrNull } from './rule.js';

export const timesRule: Rule = {
  name: 'times',
  asks: 'Is every bucket and every range of times of the query made of whole stored buckets?',
  codes: {
    time_dimension_missing: 'The rollup stores no buckets of a time dimension of the query.',
    granularity_too_fine: 'The query asks for smaller buckets than are stored.',
    granularity_not_nested:
      'The buckets of the query are not made of whole stored buckets, as months of weeks.',
    range_not_aligned: 'The date range begins or ends within a stored bucket.',
  },
  spec: ['B40', 'B41', 'B42', 'B43', 'B44'],
  check: matchTimes,
};

function matchTimes({ query, windows }: QueryShape, rollup: RollupShape): readonly Finding[] | null {
  if (windows !== null) return foundOrNull(missingTime(windows.dimension, rollup));
  if (query.timeDimensions.every((time) => isMadeOfStored(time, rollup))) return null;
  return foundOrNull(query.timeDimensions.flatMap((time) => findingsOf(time, rollup)));
}

function missingTime(member: MemberId, { times, preAggregation }: RollupShape): Finding[] {
  if (times.has(member)) return [];
  const message = (): string => `${preAggregation.id} has no time dimension ${member}.`;
  return [{ code: 'time_dimension_missing', member, message }];
}

function isMadeOfStored({ dimension, granularity, range }: QueryTimeDimension, rollup: RollupShape): boolean {
  if (granularity === null && range === null) return true;
  const stored = rollup.times.get(dimension);
  if (stored === undefined) return false;
  return (
    (granularity === null || canBuildFrom(stored, granularity)) &&
    (range === null || isRangeOn(range, stored))
  );
}

/** Whether a range is made of whole buckets. */
export function isRangeOn(range: TimeRange, granularity: Granularity): boolean {
  return isOnGrid(range.from, granularity) && isOnGrid(range.to, granularity);
}

function findingsOf(time: QueryTimeDimension, rollup: RollupShape): Finding[] {
  if (isMadeOfStored(time, rollup)) return [];
  const { dimension: member, granularity, range } = time;
  const { id } = rollup.preAggregation;
  const stored = rollup.times.get(member);
  if (stored === undefined) return missingTime(member, rollup);
  const findings: Finding[] = [];
  if (granularity !== null && !canBuildFrom(stored, granularity)) {
    findings.push(granularityFinding(id, member, stored, granularity));
  }
  if (range !== null && !isRangeOn(range, stored)) {
    const message = (): string => `the range cuts through a ${stored} of ${id}, which is stored whole.`;
    findings.push({ code: 'range_not_aligned', member, message });
  }
  return findings;
}

function granularityFinding(id: string, member: string, stored: Granularity, asked: Granularity): Finding {
  const nested = canBuildFrom(asked, stored);
  return {
    code: nested ? 'granularity_too_fine' : 'granularity_not_nested',
    member,
    message: () =>
      nested
        ? `the query asks for each ${asked} of ${member}, ${id} stores whole ${stored}s.`
        : `a ${asked} is not made of whole ${stored}s, which ${id} stores.`,
  };
}
