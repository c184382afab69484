import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Chunk } from '../../dist/engine/chunk.js';
import { kernels } from '../../dist/engine/kernels/kernels.js';
import { Grouping } from '../../dist/engine/grouping.js';

const ROWS = 4_096;

/** Groups rows of slots, and tells them by the JSON of their slots. */
function groupRows(rows: readonly (readonly number[])[], radices: readonly number[], dense: boolean) {
  const grouping = new Grouping({ radices, rows: rows.length, dense, direct: false });
  const chunk = new Chunk(kernels());
  const keys = radices.map((radix, key) => ({
    codes: Uint32Array.from(rows, (row) => row[key] % CODES),
    // Few codes stand for slots that are far apart: the greatest is radix - 1.
    slots: Int32Array.from({ length: CODES }, (_, code) => radix - 1 - code * Math.floor(radix / CODES)),
    rowSlots: null,
    ascending: false,
  }));
  const groups: number[] = [];
  for (let from = 0; from < rows.length; from += ROWS) {
    chunk.setWhole(from, Math.min(from + ROWS, rows.length));
    grouping.assign(chunk, keys);
    groups.push(...chunk.groups.subarray(0, chunk.count));
  }
  const slots = grouping.slots();
  const expected = rows.map((_, row) => keys.map((key) => key.slots[key.codes[row]]));
  return { groups, count: grouping.count, slots, expected };
}

const CODES = 8;

test.each<[string, number[], boolean]>([
  ['cells', [8, 16, 9], true],
  ['hashed in one stage', [2 ** 20, 2 ** 20], false],
  ['hashed in two stages', [2 ** 20, 2 ** 20, 2 ** 20, 2 ** 20], false],
  ['each key a stage', [2 ** 31 - 1, 2 ** 31 - 1, 2 ** 31 - 1], false],
])('rows have the same group when they have the same slots: %s', (_, radices, dense) => {
  const row = fc.tuple(...radices.map(() => fc.nat(CODES - 1)));
  fc.assert(
    fc.property(fc.array(row, { maxLength: 60 }), (rows) => {
      const { groups, count, slots, expected } = groupRows(rows, radices, dense);
      expect(count).toBe(new Set(expected.map((each) => JSON.stringify(each))).size);
      expect(groups.map((group) => slots.map((column) => column[group]))).toEqual(expected);
    }),
  );
});

test.each([true, false])('a hundred thousand groups, dense %s', (dense) => {
  const grouping = new Grouping({ radices: [1_000, 200], rows: 100_000, dense, direct: false });
  const chunk = new Chunk(kernels());
  const identity = Int32Array.from({ length: 1_000 }, (_, i) => i);
  const first = Uint16Array.from({ length: 100_000 }, (_, i) => i % 1_000);
  const second = Uint8Array.from({ length: 100_000 }, (_, i) => i / 1_000);
  for (const pass of [1, 2]) {
    for (let from = 0; from < 100_000; from += ROWS) {
      chunk.setWhole(from, Math.min(from + ROWS, 100_000));
      grouping.assign(
        chunk,
        [first, second].map((codes) => ({ codes, slots: identity, rowSlots: null, ascending: false })),
      );
      for (let i = 0; i < chunk.count; i++) {
        if (chunk.groups[i] !== from + i) expect([pass, from + i, chunk.groups[i]]).toBeNull();
      }
    }
    expect(grouping.count).toBe(100_000);
  }
  const [slots] = grouping.slots();
  expect(slots[54_321]).toBe(321);
});
