/**
 * A query with cumulative measures is answered in parts, whose groups are merged: its other measures as they are, and
 * those of each window over rows of their own.
 */
import type { StoreError } from '../model/errors.js';
import type { MeasureState } from '../model/aggregates.js';
import type { FinishMeasure } from '../model/plan.js';
import type { Query } from '../model/query.js';
import { grainName, timeColumn } from '../model/schema.js';
import type { DataModel, MemberId } from '../model/schema.js';
import type { AnsweredBuckets } from '../model/window-series.js';
import { leafIds, measureOf } from './leaf-states.js';
import type { QueryShape } from './match-rollup.js';
import { invalid } from './query-error.js';
import { askedBox, spanOf } from './time-box.js';
import { answeredBuckets, seriesHull, windowSeries } from './window-series.js';
import type { Bucket, WindowTime } from './window-series.js';

/**
 * Null for a query that is answered as one: without a time dimension a cumulative measure counts all rows.
 * @throws StoreError `query_invalid` for times of which no window can be told
 */
export function windowParts(whole: Omit<QueryShape, 'parts'>): QueryShape['parts'] {
  const { query, states } = whole;
  const cumulative = states.filter(({ measure }) => measure.window !== null);
  if (query.timeDimensions.every(({ granularity, range }) => granularity === null && range === null))
    return null;
  for (const measure of whole.finish) requireArithmetic(whole.model, measure);
  if (cumulative.length === 0) return null;
  const time = windowTime(query, cumulative[0].measure.id);
  const buckets = answeredBuckets(time);
  const others = states.filter(({ measure }) => measure.window === null);
  const byWindow = new Map<string, MeasureState[]>();
  for (const state of cumulative) {
    const window = JSON.stringify(state.measure.window);
    byWindow.set(window, [...(byWindow.get(window) ?? []), state]);
  }
  return {
    shapes: [
      ...(others.length === 0 ? [] : [{ ...whole, states: others, parts: null }]),
      ...[...byWindow.values()].map((own) => windowShape(whole, own, time, buckets)),
    ],
    buckets: shownBuckets(query, time, buckets),
  };
}

/** The rows that can lie in a window, not grouped by their own time. */
function windowShape(
  whole: Omit<QueryShape, 'parts'>,
  states: readonly MeasureState[],
  time: WindowTime,
  buckets: readonly Bucket[],
): QueryShape {
  const [{ measure }] = states;
  const windows = windowSeries(time, buckets, measure.window as NonNullable<typeof measure.window>);
  const range = spanOf(seriesHull(windows));
  const timeDimensions = [{ dimension: time.dimension, granularity: null, range }];
  return { ...whole, query: { ...whole.query, timeDimensions }, states, windows, parts: null };
}

/** Without dimensions every bucket of the range has a row. */
function shownBuckets(
  { dimensions }: Query,
  { dimension, granularity }: WindowTime,
  buckets: readonly Bucket[],
): AnsweredBuckets | null {
  if (granularity === null || dimensions.length > 0) return null;
  return { column: timeColumn(dimension, granularity), labels: buckets.map(({ from }) => from) };
}

/** The time dimension that windows lie on. */
function windowTime(query: Query, measure: MemberId): WindowTime {
  const times = query.timeDimensions.filter(
    ({ granularity, range }) => granularity !== null || range !== null,
  );
  const refuse = (fault: string, next: string): StoreError =>
    invalid('timeDimensions', `${measure} is cumulative, and ${fault}`, next);
  const dimensions = new Set(times.map(({ dimension }) => dimension));
  if (dimensions.size > 1) {
    throw refuse(
      `of the time dimensions ${[...dimensions].join(', ')} none is the one that its window lies on`,
      'Ask for one time dimension, and bound others by filters.',
    );
  }
  const granularities = times.flatMap(({ granularity }) => (granularity === null ? [] : [granularity]));
  if (granularities.length > 1) {
    throw refuse(
      `has a window for each bucket of one granularity, not of ${granularities.map(grainName).join(' and ')}`,
      'Ask for each granularity in a query of its own.',
    );
  }
  if (query.ungrouped) throw refuse('an ungrouped query has no buckets', 'Leave out ungrouped.');
  const [dimension] = dimensions;
  const range = askedBox(query).get(dimension);
  if (range === undefined) {
    throw refuse(
      'without a dateRange there is no first and no last bucket',
      'Add a dateRange to the time dimension.',
    );
  }
  return { dimension, granularity: granularities[0] ?? null, range, timezone: query.timezone };
}

/** SQL over aggregates is computed from the rows of one group, and here each measure has rows of its own. */
function requireArithmetic(model: DataModel, { measure, value }: FinishMeasure): void {
  if (value.kind === 'expression' || measure.type !== 'number') return;
  const leaf = leafIds(model, measure).find((id) => measureOf(model, id).window !== null);
  if (leaf === undefined) return;
  throw invalid(
    'measures',
    `the SQL of ${measure.id} is more than arithmetic, so that it cannot be computed from ${leaf}, which is cumulative`,
    'Write it with + - * /, brackets, NULLIF and COALESCE alone, or ask for it without time dimensions.',
  );
}
