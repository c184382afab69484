/**
 * kill -9 at random moments of a build. After each the store opens, what is published verifies and answers right,
 * nothing acknowledged is lost, and at the end a build completes and clears the debris.
 */
import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStore } from '../../dist/index.js';
import { assertEqualAnswers } from '../support/assert-equal-answers.js';
import type { CubeQuery } from '../support/cube-query.js';
import { flightsSample } from '../support/flights.js';
import type { FlightsRollup, FlightsSample } from '../support/flights.js';
import type { Store } from '../support/open-tables.js';

const kills = process.env['GRANARY_LONG'] === undefined ? 8 : 500;
const seed = Number(process.env['GRANARY_SEED'] ?? Date.now() % 2 ** 31);
const random = randomFrom(seed);

let flights: FlightsSample;
let storeOptions: FlightsSample['options'] & { readonly store: string };

beforeAll(async () => {
  flights = await flightsSample(3_000);
  storeOptions = { ...flights.options, store: join(flights.folder, 'store') };
});

afterAll(() => flights?.remove());

test(
  `a build killed ${kills} times never harms what is published`,
  { timeout: 60_000 + kills * 10_000 },
  async () => {
    const buildMs = await buildFirst();
    let insideBuild = 0;
    let next = spawnVictim();
    for (let kill = 0; kill < kills; kill++) {
      const victim = next;
      next = spawnVictim(); // starts up while the other one dies
      const lines = await runAndKill(victim, random() * buildMs * 2.5);
      if (lines.at(-1) === 'building') insideBuild += 1;
      const acknowledged = lines.findLast((line) => line.startsWith('built '));
      await expectIntact(
        acknowledged === undefined ? 0 : Number(acknowledged.slice('built '.length)),
        `kill ${kill}`,
      );
    }
    next.process.kill('SIGKILL');
    console.log(
      `build-kill: seed ${seed}, ${insideBuild} of ${kills} kills landed inside a build of ${buildMs} ms`,
    );
    expect(insideBuild).toBeGreaterThan(kills / 2);

    const before = Date.now();
    const store = await openStore(storeOptions);
    await store.build({ force: true });
    await store.close();
    await expectIntact(before, 'the last build');
    // The publish before the last one keeps its files, for readers that still hold it.
    const reopened = await openStore(storeOptions);
    const { files, unreferenced } = await reopened.verify();
    await reopened.close();
    expect(unreferenced.length).toBeLessThanOrEqual(files);
  },
);

interface Victim {
  readonly process: ChildProcessWithoutNullStreams;
  /** All that it has said. */
  readonly lines: string[];
  /** When it says the line for the first time. */
  hears(line: string): Promise<void>;
}

function spawnVictim(): Victim {
  const script = fileURLToPath(new URL('./build-loop.mjs', import.meta.url));
  const child = spawn(process.execPath, [script, JSON.stringify(storeOptions)]);
  const lines: string[] = [];
  const complaints: string[] = [];
  createInterface(child.stdout).on('line', (line) => lines.push(line));
  createInterface(child.stderr).on('line', (line) => complaints.push(line));
  const hears = async (line: string): Promise<void> => {
    while (!lines.includes(line)) {
      if (child.exitCode !== null) throw new Error(`the victim ended by itself: ${complaints.join('\n')}`);
      await sleep(1);
    }
  };
  return { process: child, lines, hears };
}

/** @returns what the victim had said when it died */
async function runAndKill(victim: Victim, delayMs: number): Promise<readonly string[]> {
  await victim.hears('ready');
  victim.process.stdin.write('\n');
  await victim.hears('building');
  await sleep(delayMs);
  expect(victim.process.exitCode, 'the victim is still building').toBeNull();
  const closed = once(victim.process, 'close');
  victim.process.kill('SIGKILL');
  await closed;
  return victim.lines;
}

async function buildFirst(): Promise<number> {
  const store = await openStore(storeOptions);
  const startedAt = performance.now();
  await store.build();
  await store.close();
  return Math.round(performance.now() - startedAt);
}

/** @param builtAfter no rollup may be older than this, in milliseconds since the epoch */
async function expectIntact(builtAfter: number, when: string): Promise<void> {
  const store = await openStore(storeOptions);
  try {
    const report = await store.verify();
    expect(report.problems, when).toEqual([]);
    expect(report.ok, when).toBe(true);
    for (const rollup of flights.rollups) await expectAnswer(store, rollup, builtAfter, when);
  } finally {
    await store.close();
  }
}

/** Asks for everything that the rollup holds. */
async function expectAnswer(
  store: Store,
  rollup: FlightsRollup,
  builtAfter: number,
  when: string,
): Promise<void> {
  const { measures, dimensions, time } = rollup;
  const query: CubeQuery = { measures, dimensions, ...(time !== null && { timeDimensions: [time] }) };
  const result = await store.query(query);
  expect(result.meta.mode, when).not.toBe('source');
  assertEqualAnswers(result, flights.answer(query));
  expect(Date.parse(result.lastRefreshTime), when).toBeGreaterThanOrEqual(builtAfter);
}

/** Mulberry32: numbers in [0, 1), the same for the same seed. */
function randomFrom(state: number): () => number {
  let a = state | 0;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
