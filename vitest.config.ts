import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';
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

/** What the package's users import. Its modules, one by one, where their lines are counted. */
const product =
  process.env['NODE_V8_COVERAGE'] === undefined
    ? [
        {
          find: /^.*\/dist\/index\.js$/,
          replacement: fileURLToPath(new URL('dist/bundle/index.js', import.meta.url)),
        },
      ]
    : [];

const SHARING = ['bench', 'cases', 'engine', 'model', 'planner', 'sources', 'support'].map(
  (folder) => `test/${folder}/**/*.test.ts`,
);

export default defineConfig({
  resolve: { alias: product },
  test: {
    pool: 'forks',
    // Processes are short: what V8 optimises must have run longer than is usual before it is worth it.
    execArgv: ['--interrupt-budget=400000'],
    // The product as node runs it: as modules of its own, not rewritten by vite.
    server: { deps: { external: [/\/dist\//] } },
    // A test waits for DuckDB, the disk and child processes a good part of its time.
    maxWorkers: 2 * availableParallelism(),
    sequence: { sequencer: LawsFirst },
    testTimeout: 120_000,
    hookTimeout: 120_000,
    projects: [
      // A process keeps what it has loaded and compiled from file to file.
      { extends: true, test: { name: 'shared', include: SHARING, isolate: false } },
      // What ends processes, changes what they see, or takes minutes has one of its own.
      {
        extends: true,
        test: {
          name: 'alone',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...SHARING],
        },
      },
    ],
  },
});
