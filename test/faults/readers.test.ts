/**
 * Many commits under eight readers, some of them in other processes. Whatever a reader sees was published at once and
 * is not older than what it saw before; in the end the disk holds what a store of few commits holds.
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { openStore } from '../../dist/index.js';
import { temporaryFolder } from '../support/open-tables.js';
import { ROUND_QUERY, expectWhole, roundIn, roundsStore } from './support/rounds.js';
import type { Rounds } from './support/rounds.js';
import { startVictim } from './support/victim.js';

const COMMITS = process.env['GRANARY_LONG'] === undefined ? 100 : 1_000;
const READERS = { here: 5, elsewhere: 3 };

test(`[fault 20] ${COMMITS} commits under eight readers`, { timeout: 900_000 }, async () => {
  const few = roundsStore(temporaryFolder());
  await commit(few, 5);
  const rounds = roundsStore(temporaryFolder());
  await commit(rounds, 1);
  const readers = await startReaders(rounds);
  let running = true;
  const looks = readers.map((reader, i) => lookOn(reader, i % 2 === 0, rounds.rows, () => running));
  await commit(rounds, COMMITS);
  running = false;
  const seen = await Promise.all(looks);
  await Promise.all(readers.map((reader) => reader.close()));
  console.log(`readers: ${seen.map(({ looks: n, rounds: r }) => `${n} looks at ${r} rounds`).join(', ')}`);
  for (const { rounds: seenRounds } of seen) expect(seenRounds).toBeGreaterThan(COMMITS / 20);
  expect(await expectWhole(rounds, 'the last commit')).toBe(COMMITS);
  expect(bytesBelow(rounds.options.store)).toBeLessThan(2 * bytesBelow(few.options.store));
});

/** Builds the store so many times, a round each. */
async function commit(rounds: Rounds, commits: number): Promise<void> {
  const store = await openStore(rounds.options);
  for (let round = 1; round <= commits; round++) {
    rounds.setRound(round);
    await store.build({ force: true });
  }
  await store.close();
}

interface Reader {
  status(): Promise<unknown>;
  /** The rows of the query for the round. */
  query(): Promise<readonly Readonly<Record<string, unknown>>[]>;
  close(): Promise<void>;
}

async function startReaders(rounds: Rounds): Promise<readonly Reader[]> {
  const readers: Reader[] = [];
  for (let i = 0; i < READERS.here; i++) readers.push(await readHere(rounds));
  for (let i = 0; i < READERS.elsewhere; i++) readers.push(await readElsewhere(rounds));
  return readers;
}

const ONLY = { policy: 'rollupOnly' } as const;

async function readHere({ options }: Rounds): Promise<Reader> {
  const store = await openStore(options);
  onTestFinished(() => store.close());
  return {
    status: () => store.status(),
    query: async () => (await store.query(ROUND_QUERY, ONLY)).data,
    close: () => store.close(),
  };
}

async function readElsewhere({ options }: Rounds): Promise<Reader> {
  const victim = await startVictim(options);
  const value = async (...call: [string, ...unknown[]]): Promise<unknown> => {
    const outcome = await victim.ask(...call);
    if (outcome === null || 'error' in outcome) throw new Error(JSON.stringify(outcome));
    return outcome.value;
  };
  return {
    status: () => value('status'),
    query: async () =>
      ((await value('query', ROUND_QUERY, ONLY)) as { data: Awaited<ReturnType<Reader['query']>> }).data,
    close: () => victim.close(),
  };
}

/** @param eager asks the disk before each query; the others hold their snapshot for some queries */
async function lookOn(
  reader: Reader,
  eager: boolean,
  rows: number,
  goesOn: () => boolean,
): Promise<{ readonly looks: number; readonly rounds: number }> {
  const seen = new Set<number>();
  let last = 0;
  let looks = 0;
  while (goesOn()) {
    if (eager || looks % 7 === 0) await reader.status();
    const round = roundIn(await reader.query(), rows);
    expect(round).toBeGreaterThanOrEqual(last);
    last = round;
    seen.add(round);
    looks += 1;
    await sleep(25);
  }
  return { looks, rounds: seen.size };
}

function bytesBelow(directory: string): number {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((path) => statSync(join(directory, path)))
    .reduce((sum, status) => sum + (status.isFile() ? status.size : 0), 0);
}
