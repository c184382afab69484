/** Buckets of a time zone must begin where stored buckets, which are of UTC, begin. */
import { nextBucket } from '../model/civil-time.js';
import type { RollupMeta } from '../model/catalog.js';
import type { QueryTimeDimension, TimeRange } from '../model/query.js';
import type { Granularity } from '../model/schema.js';
import { timeColumn } from '../model/schema.js';
import { zoneFitsGrid } from '../model/timezone.js';
import type { QueryShape } from './match-rollup.js';
import type { RollupShape } from './rollup-shape.js';
import type { BuiltRollup, Finding, Rule } from './rule.js';
import { foundOrNull } from './rule.js';

export const timezoneRule: Rule = {
  name: 'timezone',
  asks: 'Does every bucket of the query’s time zone begin where a stored bucket, which is of UTC, begins?',
  codes: {
    timezone_not_aligned:
      'Within the stored times that the query reads, a bucket of its time zone begins within a stored one.',
  },
  spec: ['H2'],
  check: matchTimezone,
};

function matchTimezone(
  { query, windows }: QueryShape,
  rollup: RollupShape,
  { meta }: BuiltRollup,
): readonly Finding[] | null {
  const { timezone } = query;
  if (timezone === 'UTC' || meta === null) return null;
  const asked = windows === null ? null : 'window';
  return foundOrNull(
    query.timeDimensions.flatMap(
      (time) => zoneFinding(time, time.granularity ?? asked, timezone, rollup, meta) ?? [],
    ),
  );
}

function zoneFinding(
  { dimension: member, range }: QueryTimeDimension,
  asked: Granularity | 'window' | null,
  timezone: string,
  rollup: RollupShape,
  meta: RollupMeta,
): Finding | null {
  const stored = rollup.times.get(member);
  if (asked === null || stored === undefined) return null;
  const span = storedSpan(meta, timeColumn(member, stored), stored, range);
  if (span === null || zoneFitsGrid(timezone, stored, span).kind === 'fits') return null;
  const message = (): string =>
    `a ${asked} in ${timezone} does not begin where a stored ${stored} (UTC) begins.`;
  return { code: 'timezone_not_aligned', member, message };
}

/** The time that stored buckets span within the asked range; null: none is stored. */
export function storedSpan(
  meta: RollupMeta,
  column: string,
  granularity: Granularity,
  asked: TimeRange | null,
): TimeRange | null {
  let from = Infinity;
  let to = -Infinity;
  for (const partition of meta.partitions) {
    const stats = partition.files[0]?.columns.find(({ name }) => name === column);
    if (typeof stats?.min !== 'number' || typeof stats.max !== 'number') continue;
    from = Math.min(from, stats.min);
    to = Math.max(to, nextBucket(stats.max, granularity));
  }
  if (asked !== null) {
    from = Math.max(from, asked.from);
    to = Math.min(to, asked.to);
  }
  return from < to ? { from, to } : null;
}
