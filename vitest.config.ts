import { defineConfig } from 'vitest/config';
import { BaseSequencer } from 'vitest/node';
import type { TestSpecification } from 'vitest/node';

/** The laws take minutes each: begun last they would leave one core without work. */
class LawsFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLaw = ({ moduleId }: TestSpecification): boolean => moduleId.includes('/test/laws/');
    const sorted = await super.sort(files);
    return [...sorted.filter(isLaw), ...sorted.filter((file) => !isLaw(file))];
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    // Left to itself vitest keeps one of two cores free.
    maxWorkers: '100%',
    sequence: { sequencer: LawsFirst },
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
