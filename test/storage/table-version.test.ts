import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tablePrefix, tableVersion, tableNameOf } from '../../dist/storage/table-version.js';

test('[A26] a table is named by content, structure and the second of its refresh in base 32', () => {
  const updatedAt = Date.UTC(2021, 8, 23, 10, 56, 40) + 999;
  expect(Number.parseInt('1gkonb8', 32) * 1000).toBe(updatedAt - 999);
  expect(
    tableNameOf({
      schema: 'dev_pre_aggregations',
      cube: 'Products',
      preAggregation: 'amountByClientName',
      content: 'yhnblbst',
      structure: 'ibkqy5r2',
      updatedAt,
    }),
  ).toBe('dev_pre_aggregations.products_amount_by_client_name_yhnblbst_ibkqy5r2_1gkonb8');
});

test('[A25] [C6] names are in snake case', () => {
  expect(tablePrefix('dev_pre_aggregations', 'Products', 'amountByClientName')).toBe(
    'dev_pre_aggregations.products_amount_by_client_name',
  );
  expect(tablePrefix('s', 'line_items', 'main')).toBe('s.line_items_main');
});

test('[A26] a version word is the MD5 of the JSON text, five bits to a letter', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (content) => {
      const digest = createHash('md5').update(JSON.stringify(content)).digest();
      const bits = [...digest.subarray(0, 5)]
        .reverse()
        .map((byte) => byte.toString(2).padStart(8, '0'))
        .join('');
      const letters = (bits.match(/.{5}/g) ?? []).reverse().map((five) => alphabet(Number.parseInt(five, 2)));
      const word = tableVersion(content);
      expect(word).toMatch(/^[a-z0-5]{1,8}$/);
      // Shorter words leave out letters where bits above are zero; the others are the plain notation.
      if (word.length === 8) expect(word).toBe(letters.join(''));
    }),
  );
  expect(tableVersion(['a'])).not.toBe(tableVersion(['b']));
});

function alphabet(five: number): string {
  return five < 26 ? String.fromCharCode(97 + five) : String(five - 26);
}
