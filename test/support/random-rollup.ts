/** Random rollups over the cubes that joins lead to, with partitions and indexes. */
import { FEATURES } from './features.js';
import { consistsOf } from './random-granularities.js';
import type { RandomCube, RandomRollup, RandomTime } from './random-model.js';
import { reachable } from './reachable.js';
import { DAY, isoDay, moment } from './random-values.js';
import type { Span } from './random-values.js';
import { shuffled } from './tape.js';
import type { Tape } from './tape.js';

const granularities: readonly string[] = [
  'day',
  'hour',
  'week',
  'month',
  'week',
  'minute',
  'quarter',
  'year',
  'second',
];

const partitions: readonly { readonly name: string; readonly days: number }[] = [
  { name: 'month', days: 30 },
  { name: 'hour', days: 1 / 24 },
  { name: 'day', days: 1 },
  { name: 'week', days: 7 },
  { name: 'quarter', days: 91 },
  { name: 'year', days: 365 },
];

export function randomRollup(tape: Tape, cubes: readonly RandomCube[], span: Span, at: number): RandomRollup {
  const root = tape.pick(cubes);
  const near = tape.chance(45) ? reachable(cubes, root.name) : [root];
  const measures = tape.some(root.measures, 6, 1);
  const foreign = tape.chance(25)
    ? tape.some(
        near.flatMap((cube) => cube.measures),
        2,
      )
    : [];
  const crowds = root.measures.filter(({ id }) => id.includes('.crowd_'));
  const all = [...new Set([...measures, ...foreign, ...crowds])];
  const dimensions = tape.some(
    near.flatMap((cube) => cube.dimensions),
    crowds.length > 0 && tape.chance(60) ? 0 : 4,
  );
  const segments = tape.some(
    near.flatMap((cube) => cube.segments.map(({ id }) => id)),
    2,
  );
  const candidates = near.flatMap((cube) => cube.dimensions.filter(({ type }) => type === 'time'));
  const times = tape.some(candidates, 3).flatMap(({ id, granularities: own }) =>
    tape.times(tape.chance(own.length > 0 ? 40 : 10) ? 2 : 1, (): RandomTime => ({
      dimension: id,
      granularity: tape.pick(own.length > 0 && tape.chance(60) ? own : granularities),
      own,
    })),
  );
  const fits =
    times.length === 0
      ? []
      : partitions.filter(
          ({ name, days }) => span.days / days < 50 && consistsOf(name, times[0].granularity),
        );
  const partition = fits.length > 0 && tape.chance(70) ? tape.pick(fits).name : null;
  const keys = [
    ...dimensions.map(({ id }) => id),
    ...segments,
    ...times.map(({ dimension, granularity }) => `${dimension}.${granularity}`),
  ];
  const indexes =
    keys.length === 0
      ? []
      : tape.times(tape.below(3), (number) => ({
          name: `i${number}`,
          type: tape.pick(['regular', 'aggregate', 'aggregate']),
          columns: shuffled(tape, tape.some(keys, keys.length, 1)),
        }));
  return {
    id: `${root.name}.r${at}`,
    cube: root.name,
    measures: all,
    dimensions,
    segments,
    times,
    partition,
    indexes,
    priority: tape.chance(30) ? 1 + tape.below(100) : null,
    built: tape.chance(15) ? (tape.chance(30) ? 'nothing' : isoRange(tape, span)) : 'all',
    buildRange: FEATURES.buildRange && times.length > 0 && tape.chance(15) ? isoRange(tape, span) : null,
  };
}

/** Dates in the order of time, the second one excluded. */
function isoRange(tape: Tape, span: Span): [string, string] {
  const [first, last] = [moment(tape, span), moment(tape, span)].toSorted((a, b) => a - b);
  return [isoDay(first), isoDay(last + DAY)];
}
