/** Stored buckets must be the pieces that the query's buckets and ranges are made of. */
import { canBuildFrom, canRegroup, isOnGrid } from '../model/civil-time.js';
import type { QueryTimeDimension, TimeRange } from '../model/query.js';
import { grainName } from '../model/schema.js';
import type { Grain, MemberId } from '../model/schema.js';
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
  const { timeDimensions, timezone } = query;
  if (timeDimensions.every((time) => isServed(time, timezone, rollup))) return null;
  return foundOrNull(timeDimensions.flatMap((time) => findingsOf(time, timezone, rollup)));
}

function missingTime(member: MemberId, { times, preAggregation }: RollupShape): Finding[] {
  if (times.has(member)) return [];
  const message = (): string => `${preAggregation.id} has no time dimension ${member}.`;
  return [{ code: 'time_dimension_missing', member, message }];
}

function isServed(time: QueryTimeDimension, timezone: string, { times }: RollupShape): boolean {
  if (time.granularity === null && time.range === null) return true;
  return times.get(time.dimension)?.some((grain) => isMadeOf(time, grain, timezone)) ?? false;
}

/** Whether the bucket and the range of a time are made of whole stored buckets, whatever the zone's clock does. */
export function isMadeOf(time: QueryTimeDimension, stored: Grain, timezone: string): boolean {
  return regroups(time, stored, timezone) && (time.range === null || isRangeOn(time.range, stored));
}

/**
 * The same of the bucket alone. Another clock than that of UTC may begin its days where stored buckets begin that no
 * day of UTC is made of.
 */
export function regroups({ granularity }: QueryTimeDimension, stored: Grain, timezone: string): boolean {
  if (granularity === null) return true;
  return timezone === 'UTC' ? canBuildFrom(stored, granularity) : canRegroup(stored, granularity);
}

/** Whether a range is made of whole buckets; one without an end is, there. */
export function isRangeOn(range: TimeRange, granularity: Grain): boolean {
  return [range.from, range.to].every((end) => !Number.isFinite(end) || isOnGrid(end, granularity));
}

/** Of several stored granularities, about the one that needs the least change; of equals about the first. */
function findingsOf(time: QueryTimeDimension, timezone: string, rollup: RollupShape): Finding[] {
  if (isServed(time, timezone, rollup)) return [];
  const member = time.dimension;
  const { id } = rollup.preAggregation;
  const stored = rollup.times.get(member);
  if (stored === undefined) return missingTime(member, rollup);
  const findings = stored.map((grain) => grainFindings(time, grain, timezone, id));
  return findings.toSorted((a, b) => a.length - b.length)[0];
}

function grainFindings(time: QueryTimeDimension, stored: Grain, timezone: string, id: string): Finding[] {
  const { dimension: member, granularity, range } = time;
  const findings: Finding[] = [];
  if (granularity !== null && !regroups(time, stored, timezone)) {
    findings.push(granularityFinding(id, member, stored, granularity));
  }
  if (range !== null && !isRangeOn(range, stored)) {
    const message = (): string =>
      `the range cuts through a ${grainName(stored)} of ${id}, which is stored whole.`;
    findings.push({ code: 'range_not_aligned', member, message });
  }
  return findings;
}

function granularityFinding(id: string, member: string, stored: Grain, asked: Grain): Finding {
  const nested = canBuildFrom(asked, stored);
  return {
    code: nested ? 'granularity_too_fine' : 'granularity_not_nested',
    member,
    message: () =>
      nested
        ? `the query asks for each ${grainName(asked)} of ${member}, ${id} stores whole ${grainName(stored)}s.`
        : `a ${grainName(asked)} is not made of whole ${grainName(stored)}s, which ${id} stores.`,
  };
}
