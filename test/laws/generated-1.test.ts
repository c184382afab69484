/** Share 1 of 4 of the law that `test/support/run-cases.ts` states; docs/testing.md tells how to replay a failure. */
import { expect, test } from 'vitest';
import { runShare } from '../support/generated-law.js';

test(
  'random models answer as naive SQL over their tables does, share 1 of 4',
  { timeout: 7_200_000 },
  async () => {
    expect(await runShare(0, 4)).toBeGreaterThan(0);
  },
);
