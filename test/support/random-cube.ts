/** A random cube over a random table. */
import { ownGranularities } from './random-granularities.js';
import { crowd, randomMeasures } from './random-measures.js';
import type { CubeDraft, RandomCube, RandomDimension } from './random-model.js';
import { KINDS, literal } from './random-values.js';
import type { Kind, Span } from './random-values.js';
import type { Tape } from './tape.js';

export function randomCube(
  tape: Tape,
  { name, joins, keys }: CubeDraft,
  span: Span,
  wide: boolean,
): RandomCube {
  const known = (Object.keys(KINDS) as Kind[]).filter((kind) => wide || (kind !== 'vast' && kind !== 'long'));
  // Sometimes more values than the exact form of a sketch holds.
  const crowded = wide && tape.chance(8);
  // Often two times, so that a partition has bounds of one by which it is not cut.
  const listed = [...known, 'ts', 'day', 'tz', 'ts', 'flag', 'brink'] as const;
  const kinds = [...new Set<Kind>([...(crowded ? (['serial'] as const) : []), ...tape.some(listed, 8, 3)])];
  const composite = tape.chance(15);
  const columns: RandomDimension[] = kinds.map((kind) => ({
    id: `${name}.${kind}`,
    type: KINDS[kind].type,
    kind,
    sql: `${name}.${kind}`,
    written: tape.pick([kind, `{CUBE}.${kind}`]),
    granularities:
      KINDS[kind].type === 'time' && tape.chance(70) ? tape.some(Object.keys(ownGranularities), 4, 1) : [],
  }));
  const filters = [`${name}.id % 2 = 0`, ...columns.flatMap(filterSqls)];
  const id: RandomDimension = {
    id: `${name}.id`,
    type: 'number',
    kind: 'small',
    sql: `${name}.id`,
    written: 'id',
    granularities: [],
  };
  return {
    name,
    joins,
    composite,
    dimensions: [id, ...columns],
    segments: tape.times(tape.below(3), (at) => ({ id: `${name}.s${at}`, sql: tape.pick(filters) })),
    measures: [...randomMeasures(tape, name, columns, filters), ...(crowded ? [crowd(name)] : [])],
    columns: [
      { name: 'id', type: 'BIGINT' },
      ...keys.map(({ column }) => ({ name: column, type: 'BIGINT' })),
      ...kinds.map((kind) => ({ name: kind, type: KINDS[kind].sql })),
    ],
    rows: randomRows(tape, keys, kinds, span, crowded ? 150 + tape.below(250) : tape.below(24)),
  };
}

function filterSqls({ sql, type }: RandomDimension): string[] {
  if (type === 'boolean') return [sql];
  if (type === 'number') return [`${sql} > 0`];
  return type === 'string' ? [`${sql} <> 'a'`] : [`${sql} IS NOT NULL`];
}

function randomRows(
  tape: Tape,
  keys: CubeDraft['keys'],
  kinds: readonly Kind[],
  span: Span,
  count: number,
): RandomCube['rows'] {
  return tape.times(count, (at) => {
    const cells = kinds.flatMap((kind) => (tape.chance(15) ? [] : [[kind, literal(tape, kind, span)]]));
    const foreign = keys.flatMap(({ column, unique }) =>
      tape.chance(10) ? [] : [[column, String(unique ? at + tape.below(2) * 1_000 : tape.below(9))]],
    );
    return Object.fromEntries([['id', String(at)], ...foreign, ...cells]) as Record<string, string>;
  });
}
