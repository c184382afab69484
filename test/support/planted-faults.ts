/** Errors that the generator must find: each a text of the compiled product that stands there once, and a wrong one. */
export interface PlantedFault {
  readonly name: string;
  /** Below `dist/`. */
  readonly file: string;
  readonly text: string;
  readonly wrong: string;
}

export const plantedFaults: readonly PlantedFault[] = [
  {
    name: 'a week nests in a month',
    file: 'model/civil-time.js',
    text: 'return step % from.size === 0 && (first - from.anchor - lead) % from.size === 0;',
    wrong:
      'return step === DAY_MS || (step % from.size === 0 && (first - from.anchor - lead) % from.size === 0);',
  },
  {
    name: 'a range may cut through stored buckets',
    file: 'planner/match-times.js',
    text: 'return isOnGrid(range.from, granularity) && isOnGrid(range.to, granularity);',
    wrong: 'return true;',
  },
  {
    name: 'the middle of a cover reaches beyond the end of the range',
    file: 'planner/cover-range.js',
    text: 'to: floorLocal(range.to, grain) };',
    wrong: 'to: nextBucket(range.to, grain) };',
  },
  {
    name: 'an edge begins a bucket too early, so that a boundary counts twice',
    file: 'planner/cover-range.js',
    text: 'after.unshift(new Map(rest).set(dimension, { from: inner.to, to }));',
    wrong: 'after.unshift(new Map(rest).set(dimension, { from: inner.to - 86400000, to }));',
  },
  {
    name: 'the edge after the middle is left to nobody',
    file: 'planner/cover-range.js',
    text: 'return [...before.map(rest), { box: middle, rollup }, ...after.map(rest)];',
    wrong: 'return [...before.map(rest), { box: middle, rollup }];',
  },
  {
    name: 'a partition too many is pruned',
    file: 'planner/prune-partitions.js',
    text: ': partitionsIn(meta.partitions, asked);',
    wrong: ': partitionsIn(meta.partitions, asked).slice(0, -1);',
  },
  {
    name: 'a range within a partition is not filtered',
    file: 'planner/plan-rollup.js',
    text: 'if (range === null || (whole && dimension === rollup.partitionDimension))',
    wrong: 'if (range === null || dimension === rollup.partitionDimension)',
  },
  {
    name: 'partitions that are not built are not missed',
    file: 'planner/match-built.js',
    text: 'if (missing.length === 0)',
    wrong: 'if (missing.length >= 0)',
  },
  {
    name: 'a rollup ignores the segments of a query',
    file: 'planner/plan-rollup.js',
    text: 'for (const segment of query.segments) {',
    wrong: 'for (const segment of []) {',
  },
  {
    name: 'less is less or equal',
    file: 'model/filter.js',
    text: 'return (value) => value !== null && compareValues(value, ceiling) < 0;',
    wrong: 'return (value) => value !== null && compareValues(value, ceiling) <= 0;',
  },
  {
    name: 'notEquals leaves out NULL',
    file: 'model/filter.js',
    text: 'return negated ? (value) => !members.has(value) :',
    wrong: 'return negated ? (value) => value !== null && !members.has(value) :',
  },
  {
    name: 'a filter’s table has no place for NULL',
    file: 'engine/compile-filter.js',
    text: 'table[values.length] = predicate(null) ? 1 : 0;',
    wrong: 'table[values.length] = 0;',
  },
  {
    name: 'a filter’s table is off by one',
    file: 'engine/compile-filter.js',
    text: 'for (let code = 0; code < values.length; code++)',
    wrong: 'for (let code = 0; code < values.length - 1; code++)',
  },
  {
    name: 'the group of NULL is taken for the first',
    file: 'engine/global-dictionaries.js',
    text: 'table[column.values.length] = this.intern(null);',
    wrong: 'table[column.values.length] = 0;',
  },
  {
    name: 'rows are narrowed before the last that passes',
    file: 'engine/narrow-rows.js',
    text: 'to = lowerBound(column.codes, span.last + 1, from, to);',
    wrong: 'to = lowerBound(column.codes, span.last, from, to);',
  },
  {
    name: 'a test with gaps counts as done once rows are narrowed',
    file: 'engine/narrow-rows.js',
    text: 'gapless: gap < 0 || gap > last }',
    wrong: 'gapless: true }',
  },
  {
    name: 'NULL comes first in the order',
    file: 'engine/order-rows.js',
    text: 'ranks[row] = Infinity;',
    wrong: 'ranks[row] = -Infinity;',
  },
  {
    name: 'the limit cuts before the order',
    file: 'engine/finish-rows.js',
    text: 'const rows = orderRows(passing, order, end)',
    wrong: 'const rows = orderRows(passing.subarray(0, end), order, end)',
  },
  {
    name: 'one of two conditions on groups is not enough',
    file: 'engine/finish-rows.js',
    text: '(row) => inner.some((passes) => passes(row))',
    wrong: '(row) => inner.every((passes) => passes(row))',
  },
  {
    name: 'an average is a sum',
    file: 'engine/finish-measure.js',
    text: 'return total === null ? null : total / rows;',
    wrong: 'return total === null ? null : total / Math.min(rows, 1);',
  },
  {
    name: 'a merged count is that of the largest part',
    file: 'planner/plan-rollup.js',
    text: "operation: mergeOperation(state.kind) ?? 'min',",
    wrong: "operation: state.kind === 'count' ? 'max' : (mergeOperation(state.kind) ?? 'min'),",
  },
  {
    name: 'a rollup forgets the time zone',
    file: 'planner/plan-rollup.js',
    text: 'const bucket = { granularity, timezone: query.timezone };',
    wrong: "const bucket = { granularity, timezone: 'UTC' };",
  },
  {
    name: 'any stored bucket serves any time zone',
    file: 'planner/match-timezone.js',
    text: 'return span === null || zoneFitsGrid(timezone, stored, granularity, span);',
    wrong: 'return true;',
  },
  {
    name: 'an aggregating index serves what cannot be merged',
    file: 'planner/choose-index.js',
    text: 'if (!merging)\n        return false;',
    wrong: '',
  },
  {
    name: 'distinct counts are merged',
    file: 'planner/match-measures.js',
    text: 'const exact = states.every(({ kind }) => isMergeable(kind)) || isExactKey(query, rollup);',
    wrong: 'const exact = true;',
  },
  {
    name: 'a sketch loses every second entry when it is merged',
    file: 'engine/sketches/sketch.js',
    text: 'for (let i = 0; i < count; i++)\n            this.addEntry',
    wrong: 'for (let i = 0; i < count; i += 2)\n            this.addEntry',
  },
  {
    name: 'SQL counts rows that a join repeats',
    file: 'planner/sql/grouped-select.js',
    text: 'distinct: true,',
    wrong: 'distinct: false,',
  },
  {
    name: 'SQL counts rows that a join leaves empty',
    file: 'planner/sql/grouped-select.js',
    text: 'if (measure.cube === context.scope.request.tree.root)',
    wrong: 'if (measure.cube !== null)',
  },
  {
    name: 'notEquals leaves out NULL in SQL',
    file: 'planner/sql/filter-sql.js',
    text: ': anyOf([miss, isNull(sql)]);',
    wrong: ': miss;',
  },
  {
    name: 'SQL orders NULL first',
    file: 'planner/sql/compile-sql.js',
    text: 'NULLS LAST',
    wrong: 'NULLS FIRST',
  },
  {
    name: 'SQL forgets where a custom granularity begins',
    file: 'planner/sql/grid-sql.js',
    text: '(${count} - ${anchor})',
    wrong: '(${count})',
  },
  {
    name: 'the last days include today',
    file: 'model/relative-range.js',
    text: "'last' ? [-count, -1]",
    wrong: "'last' ? [-count, 0]",
  },
  {
    name: 'a join path of a view is forgotten',
    file: 'planner/join-tree.js',
    text: 'const isOnWay = (parents.get(join.to) ?? name) === name;',
    wrong: 'const isOnWay = true;',
  },
];
