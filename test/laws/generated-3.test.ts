/** Share 3 of 4 of the law that `test/support/run-cases.ts` states; docs/testing.md tells how to replay a failure. */
import { expect, test } from 'vitest';
import { runShare } from '../support/generated-law.js';

test(
  'random models answer as naive SQL over their tables does, share 3 of 4',
  { timeout: 7_200_000 },
  async () => {
    expect(await runShare(2, 4)).toBeGreaterThan(0);
  },
);
