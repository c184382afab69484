/** Measures of every type over the columns of a random cube, and calculated ones over these. */
import type { RandomDimension, RandomMeasure } from './random-model.js';
import { KINDS } from './random-values.js';
import type { Tape } from './tape.js';

export interface MeasureDraft {
  readonly made: RandomMeasure;
  readonly document: object;
}

export function randomMeasures(
  tape: Tape,
  cube: string,
  columns: readonly RandomDimension[],
  filters: readonly string[],
): MeasureDraft[] {
  const drafts: MeasureDraft[] = [
    {
      made: { id: `${cube}.count`, type: 'count', kind: null, sql: null, rough: false },
      document: { name: 'count', type: 'count' },
    },
  ];
  const simple = ['sum', 'min', 'max', 'count_distinct_approx', 'count', 'count_distinct', 'avg'] as const;
  for (const at of tape.times(2 + tape.below(7), (number) => number)) {
    const { kind, type: columnType } = tape.pick(columns);
    const types = columnType === 'number' ? simple : simple.slice(1, 6);
    const type = tape.pick(types);
    const filter = tape.chance(30) ? tape.pick(filters) : null;
    const name = `m${at}_${type}_${kind}`;
    const column = `${cube}.${kind}`;
    drafts.push({
      made: {
        id: `${cube}.${name}`,
        type,
        kind,
        sql: filter === null ? column : `CASE WHEN ${filter.replaceAll('{CUBE}', cube)} THEN ${column} END`,
        rough: (kind === 'rough' || kind === 'real') && (type === 'sum' || type === 'avg'),
      },
      document: {
        name,
        type,
        sql: tape.pick([kind, `{CUBE}.${kind}`, `{${kind}}`]),
        ...(filter === null ? {} : { filters: [{ sql: filter }] }),
        ...(type === 'count_distinct_approx' && tape.chance(50) ? { precision: 10 + tape.below(7) } : {}),
      },
    });
  }
  return [...drafts, ...tape.times(tape.below(3), (at) => calculated(tape, cube, drafts, at))];
}

function calculated(tape: Tape, cube: string, drafts: readonly MeasureDraft[], at: number): MeasureDraft {
  const numbers = drafts.filter(
    ({ made: { kind, type } }) => kind === null || KINDS[kind].type === 'number' || type.startsWith('count'),
  );
  const [left, right] = [tape.pick(numbers).made, tape.pick(numbers).made];
  const [x, y] = [left.id, right.id].map((id) => `{CUBE.${id.split('.')[1]}}`);
  const rough = left.rough || right.rough || left.type === 'avg' || right.type === 'avg';
  const sql = tape.pick([
    `${x} + ${y}`,
    `${x} / ${y}`,
    `100.0 * ${x} / NULLIF(${y}, 0)`,
    `COALESCE(${x}, 0) - ABS(${y}) * 2`,
    rough ? `${x} - ${y}` : `-${x} % ${y}`,
    `CASE WHEN ${x} > 1 THEN ${y} END`,
  ]);
  const name = `n${at}`;
  return {
    made: { id: `${cube}.${name}`, type: 'number', kind: null, sql: null, rough },
    document: { name, type: 'number', sql },
  };
}
