import fc from 'fast-check';
import { expect, test } from 'vitest';
import { WideSum } from '../../dist/engine/accumulators/wide-sum.js';
import { Chunk } from '../../dist/engine/chunk.js';
import { kernels } from '../../dist/engine/kernels/kernels.js';
import { canonicalInteger } from '../../dist/model/value.js';
import { numberColumn } from './scan-cases.js';

test('sums of safe integers stay exact when their halves are joined in between', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.maxSafeInteger(), { maxLength: 20 }), { maxLength: 5 }), (parts) => {
      const sum = new WideSum();
      sum.reserve(1);
      const chunk = new Chunk(kernels());
      let expected = 0n;
      for (const numbers of parts) {
        chunk.setWhole(0, numbers.length);
        chunk.oneGroup = 0;
        sum.add([numberColumn(numbers, { kind: 'integer' })], chunk);
        for (const number of numbers) expected += BigInt(number);
        // Giving the values joins what the halves hold.
        const met = parts.slice(0, parts.indexOf(numbers) + 1).some(({ length }) => length > 0);
        expect(sum.values(1)).toEqual([[met ? canonicalInteger(expected) : null]]);
      }
    }),
  );
});
