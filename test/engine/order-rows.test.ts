import fc from 'fast-check';
import { expect, test } from 'vitest';
import { orderRows, type RowOrder } from '../../dist/engine/order-rows.js';
import { compareValues, type Value } from '../../dist/model/value.js';

const ROWS_MAX = 400;

const finite = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);

/** Of one column: numbers, codes or plain values. */
const column = (rows: number): fc.Arbitrary<RowOrder['values']> =>
  fc.oneof(
    fc
      .record({
        values: many(finite, rows),
        isSpecial: fc.nat(9),
        flags: many(fc.nat(9), rows),
        nulls: fc.nat(2),
      })
      .map(({ values, isSpecial, flags, nulls }) => {
        const numbers = Float64Array.from(values);
        if (isSpecial === 0) numbers[rows >> 1] = [NaN, Infinity, -Infinity][rows % 3];
        const validity = nulls === 0 ? null : Uint8Array.from(flags, (flag) => (flag < nulls * 4 ? 0 : 1));
        return {
          type: { kind: 'double' } as const,
          numbers: { values: numbers, validity },
          valueAt: (row: number) => (validity === null || validity[row] === 1 ? numbers[row] : null),
        };
      }),
    fc.record({ codes: many(fc.nat(6), rows), shift: fc.nat(6) }).map(({ codes, shift }) => {
      const dictionary: Value[] = ['b', null, 'a', '', 'd', 'c', 'ä'];
      dictionary.push(...dictionary.splice(0, shift));
      const own = Uint32Array.from(codes);
      return {
        type: { kind: 'string' } as const,
        coded: { codes: own, dictionary },
        valueAt: (row: number) => dictionary[own[row]],
      };
    }),
    many(fc.constantFrom<Value>(null, 1n, 2, 2n ** 70n, -5), rows).map((values) => ({
      type: { kind: 'integer' } as const,
      valueAt: (row: number) => values[row],
    })),
  );

const many = <T>(one: fc.Arbitrary<T>, count: number): fc.Arbitrary<T[]> =>
  fc.array(one, { minLength: count, maxLength: count });

const asked = fc.oneof(fc.nat(12), fc.nat(ROWS_MAX)).chain((rows) =>
  fc.record({
    rows: many(fc.boolean(), rows).map((kept) =>
      Uint32Array.from(kept.flatMap((keep, row) => (keep ? [row] : []))),
    ),
    order: fc.array(fc.record({ values: rows === 0 ? column(1) : column(rows), descending: fc.boolean() }), {
      maxLength: 3,
    }),
    count: fc.oneof(fc.nat(12), fc.nat(ROWS_MAX)),
  }),
);

test('the first rows in order are those of a sort by every key, whatever the columns are made of', () => {
  fc.assert(
    fc.property(asked, ({ rows, order, count }) => {
      const end = Math.min(count, rows.length);
      const sorted = [...rows].sort((a, b) => {
        for (const { values, descending } of order) {
          const [x, y] = [values.valueAt(a), values.valueAt(b)];
          const nulls = Number(x === null) - Number(y === null);
          const result = nulls !== 0 || x === null ? nulls : (descending ? -1 : 1) * compareValues(x, y);
          if (result !== 0) return result;
        }
        return a - b;
      });
      expect([...orderRows(rows, order, end)]).toEqual(sorted.slice(0, end));
    }),
    { numRuns: 3_000 },
  );
});
