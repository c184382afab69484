import { parseArgs } from 'node:util';
import { benchBuild } from './build.js';
import { benchCatalog } from './catalog.js';
import { benchCold } from './cold.js';
import { benchConcurrency } from './concurrency.js';
import { type Size, benchDemoQueries } from './demo-queries.js';
import { benchEngine } from './engine.js';
import { benchGrowth } from './growth.js';
import { benchMemory } from './memory.js';
import { benchMisaligned } from './misaligned.js';
import { benchOwnWorkload } from './own-workload.js';
import { benchPlanning } from './planning.js';
import type { BenchOutcome } from './question-times.js';
import { record, surroundings } from './record.js';
import { benchSketches } from './sketches.js';

const USAGE = `npm run bench -- [--size S|M|L] [--only <bench>] [--seed <n>] [--no-record]      (without --size: S and M)
npm run bench -- --list
npm run bench -- --model <m.yml> --queries <q.json> [--config <granary.config.json>] [--no-record]`;

/** S is for tests and takes seconds, M minutes; L is what `npm run bench:long` runs. */
const SIZES = ['S', 'M', 'L'] as const;
const ALL_BUT_LONG: readonly Size[] = ['S', 'M'];

const BENCHES: Readonly<Record<string, (size: Size, seed: number) => Promise<BenchOutcome>>> = {
  build: benchBuild,
  catalog: benchCatalog,
  cold: benchCold,
  concurrency: benchConcurrency,
  'demo-queries': benchDemoQueries,
  engine: benchEngine,
  growth: benchGrowth,
  memory: benchMemory,
  misaligned: benchMisaligned,
  planning: benchPlanning,
  sketches: benchSketches,
};

process.exitCode = await main();

async function main(): Promise<number> {
  const values = readFlags();
  if (values === null) return usage();
  const seed = Number(values.seed);
  const { only, model, queries, config } = values;
  const sizes = values.size === undefined ? ALL_BUT_LONG : SIZES.filter((known) => known === values.size);
  const names = Object.keys(BENCHES).filter((name) => only === undefined || name === only);
  const own = queries !== undefined && (model !== undefined || config !== undefined);
  if (
    sizes.length === 0 ||
    !Number.isSafeInteger(seed) ||
    names.length === 0 ||
    (!own && (model ?? queries) !== undefined)
  ) {
    return usage();
  }
  if (values.list) {
    console.log(names.join('\n'));
    return 0;
  }
  const where = surroundings();
  console.log(
    `${where.cpu}, ${where.threads} threads, ${where.memoryGb} GB, ${where.system}, Node ${where.node}, ${where.commit}`,
  );
  if (own) {
    const { ok } = await benchOwnWorkload({ model, queries, config }, seed);
    return ok ? 0 : 1;
  }
  let allOk = true;
  for (const size of sizes) {
    for (const name of names) {
      console.log(`\n${name}, ${size}`);
      const { ok, line } = await BENCHES[name](size, seed);
      if (!values['no-record']) record(name, { bench: name, size, seed, ...where, ...line });
      allOk &&= ok;
    }
  }
  return allOk ? 0 : 1;
}

function usage(): number {
  console.error(USAGE);
  return 2;
}

function readFlags() {
  try {
    return parseArgs({
      options: {
        size: { type: 'string' },
        only: { type: 'string' },
        seed: { type: 'string', default: '1' },
        'no-record': { type: 'boolean', default: false },
        list: { type: 'boolean', default: false },
        model: { type: 'string' },
        queries: { type: 'string' },
        config: { type: 'string' },
      },
    }).values;
  } catch (error) {
    console.error((error as Error).message);
    return null;
  }
}
