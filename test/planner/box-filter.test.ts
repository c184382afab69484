/** A filter of boxes lets exactly the rows of the boxes pass. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Box } from '../../dist/model/cover.js';
import { compileTest } from '../../dist/model/filter.js';
import type { Filter } from '../../dist/model/filter.js';
import { boxesFilter } from '../../dist/planner/box-filter.js';

type Row = Readonly<Record<string, number | null>>;

function passes(filter: Filter | null, row: Row): boolean {
  if (filter === null) return true;
  if (filter.kind === 'and') return filter.filters.every((inner) => passes(inner, row));
  if (filter.kind === 'or') return filter.filters.some((inner) => passes(inner, row));
  return compileTest(filter.test, { kind: 'time' })(row[filter.member]);
}

const isIn = (box: Box, row: Row): boolean =>
  box.every(({ dimension, span: { from, to, orNull } }) => {
    const at = row[dimension];
    return at === null ? orNull : at >= from && at < to;
  });

const end = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 9 }) },
  fc.constantFrom(-Infinity, Infinity),
);

/** Of one dimension: ranges that do not meet, in any order; one of them may hold the rows without a time. */
const line = fc
  .record({
    cuts: fc.uniqueArray(end, { minLength: 2, maxLength: 8 }),
    nulls: fc.constantFrom('none', 'first', 'alone'),
    turned: fc.boolean(),
  })
  .map(({ cuts, nulls, turned }): Box[] => {
    const ends = cuts.toSorted((a, b) => a - b);
    const boxes: Box[] = [];
    for (let at = 0; at + 1 < ends.length; at += 2) {
      const orNull = nulls === 'first' && at === 0;
      boxes.push([{ dimension: 't', span: { from: ends[at], to: ends[at + 1], orNull } }]);
    }
    if (nulls === 'alone')
      boxes.push([{ dimension: 't', span: { from: -Infinity, to: -Infinity, orNull: true } }]);
    return turned ? boxes.toReversed() : boxes;
  });

/** Perhaps empty: it may end before it begins. */
const span = fc.tuple(end, end, fc.boolean()).map(([from, to, orNull]) => ({
  from: from === Infinity ? -Infinity : from,
  to: to === -Infinity ? Infinity : to,
  orNull,
}));

/** Of two dimensions: whatever they are, each row that lies in one of them passes. */
const plane = fc.array(
  fc.tuple(span, span).map(([t, u]): Box => [
    { dimension: 't', span: t },
    { dimension: 'u', span: u },
  ]),
  { minLength: 1, maxLength: 3 },
);

test('the rows of boxes pass, and no others', () => {
  const times = [null, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
  fc.assert(
    fc.property(fc.oneof(line, plane, fc.constant<Box[]>([[]])), (boxes) => {
      const filter = boxesFilter(boxes);
      for (const t of times) {
        for (const u of [null, 0, 4, 9]) {
          const row = { t, u };
          expect(passes(filter, row)).toBe(boxes.some((box) => isIn(box, row)));
        }
      }
    }),
    { numRuns: 2_000 },
  );
});
