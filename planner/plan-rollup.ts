/** What is read of a rollup that matches a query: partitions, index and scan. */
import { mergeOperation } from '../model/aggregates.js';
import type { RollupMeta } from '../model/catalog.js';
import { andFilters } from '../model/filter.js';
import type { Filter } from '../model/filter.js';
import type { RollupPiece, ScanKey, ScanPlan } from '../model/plan.js';
import type { Query, QueryTimeDimension } from '../model/query.js';
import { memberColumn, timeColumn } from '../model/schema.js';
import type { Grain } from '../model/schema.js';
import type { WindowSeries } from '../model/window-series.js';
import { spanFilter } from './box-filter.js';
import { chooseIndex } from './choose-index.js';
import { canMerge } from './match-measures.js';
import type { QueryShape } from './match-rollup.js';
import { askedRange, prunePartitions, skipByStatistics } from './prune-partitions.js';
import { readGrain } from './read-grain.js';
import { requireTestsFit } from './require-tests-fit.js';
import { windowGrain } from './match-timezone.js';
import type { RollupShape } from './rollup-shape.js';
import { storedShape } from './stored-query.js';
import { askedBox, plainBox } from './time-box.js';

/**
 * @param pruning false: every partition is read and every row filtered, as a check on pruning
 * @throws StoreError `query_invalid` when a filter does not fit the type of its stored column
 */
export function planRollup(
  shape: QueryShape,
  rollup: RollupShape,
  meta: RollupMeta,
  pruning: boolean,
): RollupPiece {
  const { query } = shape;
  const { query: stored, windows } = storedShape(shape, rollup);
  const asked = askedRange(stored, rollup);
  const pruned = prunePartitions(meta, pruning ? asked : null);
  const whole = pruning ? pruned.whole : asked === null;
  const windowed = windows === null ? null : windowGrain(windows, rollup, meta);
  const grainOf = (time: QueryTimeDimension): Grain =>
    windowed ?? readGrain(time, query.timezone, rollup, meta);
  const filter = columnFilter(stored, rollup, whole, grainOf);
  requireTestsFit(filter, meta, pruned.partitions);
  const time = windows === null ? null : rollTime(windows, grainOf(stored.timeDimensions[0]));
  const keys = [...scanKeys(query, stored, rollup, grainOf), ...(time === null ? [] : [time])];
  const index = chooseIndex(meta, { keys, filter, merging: canMerge(shape) });
  return {
    kind: 'rollup',
    rollup: meta,
    index,
    partitions: pruning ? skipByStatistics(pruned.partitions, index, filter) : pruned.partitions,
    partitionsTotal: meta.partitions.length,
    boxes: [plainBox(askedBox(query))],
    scan: { keys, filter, aggregates: scanAggregates(shape) },
    ...(windows === null || time === null ? {} : { roll: { series: windows, time: time.output } }),
  };
}

/** The states of the query, with how stored ones are merged. */
export function scanAggregates(shape: QueryShape): ScanPlan['aggregates'] {
  return shape.states.map((state) => ({
    columns: state.columns,
    // What cannot be merged is read from one stored row, whose minimum is itself.
    operation: mergeOperation(state.kind) ?? 'min',
    emptyValue: state.kind === 'count' || state.kind === 'distinct' ? 0 : null,
  }));
}

/** The query's filter, segments and ranges as tests on columns of the rollup. */
function columnFilter(
  query: Query,
  rollup: RollupShape,
  whole: boolean,
  grainOf: (time: QueryTimeDimension) => Grain,
): Filter | null {
  const filters: Filter[] = query.filter === null ? [] : [toColumns(query.filter)];
  for (const segment of query.segments) {
    const values = [{ kind: 'boolean', value: true } as const];
    const test = { kind: 'oneOf', values, orNull: false, negated: false } as const;
    filters.push({ kind: 'test', member: memberColumn(segment), test });
  }
  for (const time of query.timeDimensions) {
    const { dimension, range } = time;
    if (range === null || (whole && dimension === rollup.partitionDimension)) continue;
    filters.push(spanFilter(timeColumn(dimension, grainOf(time)), range));
  }
  return andFilters(...filters);
}

function toColumns(filter: Filter): Filter {
  if (filter.kind === 'test') return { ...filter, member: memberColumn(filter.member) };
  return { ...filter, filters: filter.filters.map(toColumns) };
}

/** The stored times on the wall clock, from which groups are counted in windows. */
function rollTime({ dimension, timezone }: WindowSeries, stored: Grain): ScanKey {
  const column = timeColumn(dimension, stored);
  return { column, output: column, bucket: { granularity: null, timezone } };
}

/** @param stored the query in the words of the rollup */
function scanKeys(
  query: Query,
  stored: Query,
  rollup: RollupShape,
  grainOf: (time: QueryTimeDimension) => Grain,
): ScanPlan['keys'] {
  const dimensions = query.dimensions.map((member, at) => {
    const column = memberColumn(stored.dimensions[at]);
    const time = rollup.request.keys.some((key) => key.column === column && key.time);
    const bucket = time ? { granularity: null, timezone: query.timezone } : null;
    return { column, output: memberColumn(member), bucket };
  });
  const times = query.timeDimensions.flatMap(({ dimension, granularity }, at) => {
    if (granularity === null) return [];
    const time = stored.timeDimensions[at];
    const column = timeColumn(time.dimension, grainOf(time));
    const bucket = { granularity, timezone: query.timezone };
    return [{ column, output: timeColumn(dimension, granularity), bucket }];
  });
  return [...dimensions, ...times];
}
