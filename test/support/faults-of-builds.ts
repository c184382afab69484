/** Errors in what is built and written, which show in stores that the wrong product built. */
import type { PlantedFault } from './planted-faults.js';

export const buildFaults: readonly PlantedFault[] = [
  {
    name: 'a partition lacks its last millisecond',
    file: 'planner/plan-build.js',
    text: 'span: range === null ? NO_TIME : spanOf(range) }]],',
    wrong: 'span: range === null ? NO_TIME : spanOf({ from: range.from, to: range.to - 1 }) }]],',
    builds: true,
  },
  {
    name: 'the first bucket of a partition stands in the one before it too',
    file: 'sources/duckdb-stage.js',
    text: 'AND ${column} < ${to}`',
    wrong: 'AND ${column} <= ${to}`',
    builds: true,
  },
  {
    name: 'a statement for several partitions leaves out the oldest',
    file: 'planner/plan-build.js',
    text: '{ from: oldest.range.from, to: newest.range.to }',
    wrong: '{ from: oldest.range.to, to: newest.range.to }',
    builds: true,
  },
  {
    name: 'rows without a time are not built',
    file: 'planner/plan-build.js',
    text: 'const partitions = times.hasNulls && from === -Infinity && to === Infinity ?',
    wrong: 'const partitions = from > to ?',
    besides: [
      {
        file: 'planner/plan-build.js',
        text: 'sourceHasNullTimes: times?.hasNulls ?? false,',
        wrong: 'sourceHasNullTimes: false,',
      },
    ],
    builds: true,
  },
  {
    name: 'an aggregating index keeps the greatest part of a sum',
    file: 'sources/duckdb-stage.js',
    text: ': `sum(${narrowSql(name, staged)})`;',
    wrong: ': `max(${narrowSql(name, staged)})`;',
    builds: true,
  },
  {
    name: 'an aggregating index keeps moments without the distance of their means',
    file: 'sources/duckdb-states.js',
    text: '`sum(${m2}) + sum(${count} * (${mean} - ${centre}) * (${mean} - ${centre}))`',
    wrong: '`sum(${m2})`',
    builds: true,
    asked: /_(variance|stddev)_/,
  },
  {
    name: 'an aggregating index keeps the last value for the first',
    file: 'sources/duckdb-states.js',
    text: "const pick = end === 'first' ? 'arg_min' : 'arg_max';",
    wrong: "const pick = end === 'first' ? 'arg_max' : 'arg_min';",
    builds: true,
    asked: /_(first|last)_/,
  },
  {
    name: 'the greatest value is missing from the statistics',
    file: 'storage/column-stats.js',
    text: 'const max = values.at(values.length - 1) ?? null;',
    wrong: 'const max = values.at(Math.max(values.length - 2, 0)) ?? null;',
    builds: true,
  },
  {
    name: 'the least value is missing from the statistics',
    file: 'storage/column-stats.js',
    text: 'const min = values.at(0) ?? null;',
    wrong: 'const min = values.at(1) ?? values.at(0) ?? null;',
    builds: true,
  },
  {
    name: 'an aggregating index holds sketches of another precision',
    file: 'sources/duckdb-stage.js',
    text: 'IS NOT NULL), ${column.precision})`;',
    wrong: 'IS NOT NULL), ${column.precision - 1})`;',
    builds: true,
    asked: /_approx_/,
  },
  {
    name: 'an integer of 128 bits is written as a double',
    file: 'sources/duckdb-stage.js',
    text: "return bound < 9e18 ? 'BIGINT' : 'DECIMAL(38,0)';",
    wrong: "return bound < 9e18 ? 'BIGINT' : 'DOUBLE';",
    builds: true,
  },
];
