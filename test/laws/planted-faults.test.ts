/**
 * The canaries of the generator: errors that are planted in a copy of the compiled product, one at a time, and that it
 * must find. What stands in `test/support/faults-of-*.ts` is exact text: where a change of the product takes it away,
 * plant the same error in the new text.
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStore } from '../../dist/index.js';
import type { Outcome } from '../support/compare-answers.js';
import { NaiveJudge } from '../support/naive-judge.js';
import type { NaiveAnswer } from '../support/naive-judge.js';
import { plantedFaults } from '../support/planted-faults.js';
import type { PlantedFault } from '../support/planted-faults.js';
import { sampleOf } from '../support/random-sample.js';
import type { Sample } from '../support/random-sample.js';
import { runCases } from '../support/run-cases.js';
import type { OpenStore } from '../support/run-cases.js';

const long = process.env['GRANARY_LONG'] !== undefined;
const QUERIES = 25;
const CASES_MAX = 2_000;
const SEED = 155;

interface Known {
  readonly sample: Sample;
  /** Of a store that the product without faults built. */
  readonly folder: string;
  readonly answers: NaiveAnswer[];
  /** What answered each case; null: it was refused. */
  readonly modes: readonly (string | null)[];
}

let judge: NaiveJudge;
let copies: string;
const samples: Known[] = [];

beforeAll(async () => {
  judge = await NaiveJudge.open();
  // Within the repository, so that the copies find the packages.
  mkdirSync('.granary', { recursive: true });
  copies = mkdtempSync(join('.granary', 'planted-'));
});

afterAll(() => {
  judge.close();
  for (const folder of [copies, ...samples.map((known) => known.folder)])
    rmSync(folder, { recursive: true, force: true });
});

/** The short form takes two of seven, which are of all kinds: twenty and more. */
const planted = plantedFaults.filter((_, at) => long || at % 7 < 2);

/** The others are held to it when a fault needs them. */
const CASES_AT_FIRST = long ? CASES_MAX : 500;

test('where nothing is planted nothing is found', { timeout: 600_000 }, async () => {
  for (let at = 0; at * QUERIES < CASES_AT_FIRST; at++) await sampleAt(at);
  expect(samples.flatMap(({ modes }) => modes)).toHaveLength(CASES_AT_FIRST);
});

test('there are at least twenty of them', () => {
  expect(new Set(planted.map(({ name }) => name)).size).toBeGreaterThanOrEqual(20);
});

test('each stands once in the product, those of the long form too', () => {
  const changes = plantedFaults.flatMap((fault) => [fault, ...(fault.besides ?? [])]);
  const times = changes.map(({ file, text }) => [
    file,
    text,
    timesIn(readFileSync(join('dist', file), 'utf8'), text),
  ]);
  expect(times.filter(([, , count]) => count !== 1)).toEqual([]);
});

test.for(planted.map((fault) => [fault.name, fault] as const))(
  '%s',
  { timeout: 600_000 },
  async ([, fault]) => {
    const cases = await casesToFind(plant(fault), fault);
    console.log(`${fault.name}: found within ${cases ?? `more than ${CASES_MAX}`} cases`);
    expect(cases).not.toBeNull();
  },
);

/** Each is made once, in order, and holds without a fault. */
async function sampleAt(at: number): Promise<Known> {
  return samples[at] ?? (samples[at] = await buildSample(at));
}

async function buildSample(at: number): Promise<Known> {
  const sample = sampleOf(SEED, at, QUERIES);
  const folder = mkdtempSync(join(tmpdir(), 'granary-planted-'));
  const answers: NaiveAnswer[] = [];
  const outcomes: Outcome[] = [];
  await judge.load(sample.model);
  for (const { query, now } of sample.cases) answers.push(await judge.answer(sample.model, query, now));
  expect(await runCases(openStore, judge, sample, { known: answers, outcomes, folder })).toBeNull();
  const modes = outcomes.map((outcome) => (outcome.kind === 'answer' ? outcome.mode : null));
  return { sample, folder, answers, modes };
}

const OF_ROLLUPS = ['direct', 'rollup', 'hybrid'];

/** What is done with rows of rollups does not show in answers of the source, nor its SQL in those of rollups. */
function modesOf({ file, modes, builds }: PlantedFault): readonly string[] | null {
  if (modes !== undefined) return modes;
  if (builds === true || /^(engine|storage)/.test(file)) return OF_ROLLUPS;
  return file.startsWith('planner/sql') ? ['source', 'hybrid'] : null;
}

/** How many cases it takes until one differs; null: none does. What cannot show the fault counts, and is not asked. */
async function casesToFind(open: OpenStore, fault: PlantedFault): Promise<number | null> {
  const { asked, builds } = fault;
  const modes = modesOf(fault);
  for (let at = 0; at * QUERIES < CASES_MAX; at++) {
    const { sample, folder, answers, modes: answered } = await sampleAt(at);
    const only = (number: number): boolean =>
      (modes === null || modes.includes(String(answered[number]))) &&
      (asked === undefined || asked.test(JSON.stringify(sample.cases[number].query)));
    if (!sample.cases.some((_, number) => only(number))) continue;
    const built = builds === true ? {} : { folder, isBuilt: true };
    const failure = await runCases(open, judge, sample, { known: answers, only, ...built });
    if (failure === null) continue;
    return at * QUERIES + (failure.failed === null ? 0 : sample.cases.indexOf(failure.failed)) + 1;
  }
  return null;
}

function timesIn(code: string, text: string): number {
  return code.split(text).length - 1;
}

/** `openStore` of a copy of the product with the fault in it. */
function plant(fault: PlantedFault): OpenStore {
  const copy = mkdtempSync(join(copies, 'dist-'));
  cpSync('dist', copy, {
    recursive: true,
    filter: (path) => !/\.d\.ts$|\.map$|dist\/(?:bench|bundle)/.test(path),
  });
  for (const { file, text, wrong } of [fault, ...(fault.besides ?? [])]) {
    const path = join(copy, file);
    const code = readFileSync(path, 'utf8');
    expect(timesIn(code, text), `times that the text stands in ${file}`).toBe(1);
    writeFileSync(
      path,
      code.replace(text, () => wrong),
    );
  }
  // Past the test runner, which would compile every file of the copy.
  const load = createRequire(import.meta.url);
  return (load(join(process.cwd(), copy, 'index.js')) as { openStore: OpenStore }).openStore;
}
