/**
 * Every file of a store is damaged, moved or lost, many times. No query ever gives a wrong answer: it gives the right
 * one, or an error that says what to do. `verify` finds the damage of all that is served, and a build repairs it.
 */
import {
  copyFileSync,
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, sep } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { StoreError, openStore } from '../../dist/index.js';
import type { Store } from '../support/open-tables.js';
import { seededRandom } from '../storage/support/random.js';

const isLong = process.env['GRANARY_LONG'] !== undefined;
const FLIPS = isLong ? 1_000 : 100;
const CUTS = isLong ? 300 : 30;
const SEED = Number(process.env['GRANARY_SEED'] ?? 6);

const fixture = join(import.meta.dirname, '..', 'storage', 'fixtures', 'format-0');
const measures = ['count', 'amount', 'big', 'ratio', 'mean', 'last_at', 'visitors'].map(
  (name) => `events.${name}`,
);
const QUERIES = [
  { measures, dimensions: ['events.kind', 'events.paid'] },
  { measures: ['events.count', 'events.amount'], dimensions: ['events.kind'] },
  { measures, timeDimensions: [{ dimension: 'events.created_at', granularity: 'month' }] },
  {
    measures: ['events.count', 'events.big'],
    dimensions: ['events.kind'],
    filters: [{ member: 'events.paid', operator: 'equals', values: ['true'] }],
  },
];

interface Pristine {
  readonly folder: string;
  readonly options: { readonly store: string };
  /** Of all files, relative to the store. */
  readonly files: readonly string[];
  /** Those that are served now. */
  readonly served: ReadonlySet<string>;
  readonly answers: readonly unknown[];
}

let pristine: Pristine;

beforeAll(async () => {
  pristine = await buildPristine(mkdtempSync(join(tmpdir(), 'granary-damage-')));
  return () => rmSync(pristine.folder, { recursive: true, force: true });
});

async function buildPristine(folder: string): Promise<Pristine> {
  const directory = join(folder, 'pristine');
  const options = {
    model: join(fixture, 'model.yml'),
    store: directory,
    sources: {
      default: { type: 'duckdb' as const, init: [readFileSync(join(fixture, 'events.sql'), 'utf8')] },
    },
  };
  const store = await openStore(options);
  await store.build();
  const answers: unknown[] = [];
  for (const query of QUERIES) answers.push((await store.query(query, { policy: 'sourceOnly' })).data);
  await store.close();
  const files = filesBelow(directory);
  const [newest = ''] = files
    .filter((path) => path.startsWith('manifests'))
    .toSorted()
    .toReversed();
  // Each rollup was built once, so that nothing in data/ is of the past.
  const served = new Set([newest, ...files.filter((path) => path.startsWith('data'))]);
  expect(served.size).toBeGreaterThan(7);
  return { folder, options: { ...options, store: join(folder, 'store') }, files, served, answers };
}

function filesBelow(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(directory, path)).isFile())
    .toSorted();
}

/** Damages a fresh copy of the store and looks what it then does. */
async function expectHarmless(
  damage: (directory: string) => void,
  damaged: readonly string[],
  when: string,
  policy: 'rollupOnly' | 'auto' = 'rollupOnly',
): Promise<void> {
  freshCopy();
  damage(pristine.options.store);
  let store: Store;
  try {
    store = await openStore(pristine.options);
  } catch (error) {
    expectTyped(error, when);
    return;
  }
  try {
    await expectFound(store, damaged, when);
    await expectRightOrRefused(store, when, policy);
  } finally {
    await store.close();
  }
}

/** What is served and damaged is reported by its name; the name of what it names may be lost with it. */
async function expectFound(store: Store, damaged: readonly string[], when: string): Promise<void> {
  const served = damaged.filter((path) => pristine.served.has(path));
  const isServing = (path: string): boolean => path.endsWith('.arrow');
  const names = served.filter((path) => !isServing(path)).map((path) => basename(path));
  try {
    const { ok, problems, servingDamaged } = await store.verify();
    // One that is missing is made again when it is missed.
    const serving = served.filter(
      (path) => isServing(path) && lstatSync(join(pristine.options.store, path), { throwIfNoEntry: false }),
    );
    if (names.length === 0)
      expect(servingDamaged, when).toEqual(serving.map((path) => path.replaceAll(sep, '/')).toSorted());
    if (names.length === 0) return;
    expect(ok, when).toBe(false);
    expect(
      problems.filter(({ file }) => file !== null && names.includes(basename(file))),
      when,
    ).not.toEqual([]);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    expectTyped(error, when);
  }
}

function freshCopy(): void {
  rmSync(pristine.options.store, { recursive: true, force: true });
  cpSync(join(pristine.folder, 'pristine'), pristine.options.store, { recursive: true });
}

async function expectRightOrRefused(
  store: Store,
  when: string,
  policy: 'rollupOnly' | 'auto',
): Promise<void> {
  for (const [i, query] of QUERIES.entries()) {
    let data: unknown;
    try {
      ({ data } = await store.query(query, { policy }));
    } catch (error) {
      expectTyped(error, when);
      continue;
    }
    expect(data, when).toEqual(pristine.answers[i]);
  }
}

function expectTyped(error: unknown, when: string): void {
  expect(error, when).toBeInstanceOf(StoreError);
  const { code, next } = error as StoreError;
  expect(['corrupt', 'file_missing', 'not_covered'], when).toContain(code);
  expect(next, when).toMatch(/\w/);
}

describe('[fault 6] a store whose files are damaged never answers wrongly', () => {
  test(`${FLIPS} bits flipped, seed ${SEED}`, { timeout: 600_000 }, async () => {
    const random = seededRandom(SEED);
    for (let flip = 0; flip < FLIPS; flip++) {
      const path = pick(pristine.files, random);
      const place = random();
      const damage = (directory: string): void => flipBit(join(directory, path), place);
      await expectHarmless(damage, [path], `flip ${flip} at ${place} of ${path}, seed ${SEED}`);
    }
  });

  test(`${CUTS} files cut, emptied or prolonged, seed ${SEED}`, { timeout: 600_000 }, async () => {
    const random = seededRandom(SEED);
    for (let cut = 0; cut < CUTS; cut++) {
      const path = pick(pristine.files, random);
      const share = [random(), 0, 1.5][cut % 3];
      const damage = (directory: string): void => {
        const bytes = statSync(join(directory, path)).size;
        truncateSync(join(directory, path), Math.floor(bytes * share));
      };
      await expectHarmless(damage, [path], `cut ${cut} of ${path} to ${share}, seed ${SEED}`);
    }
  });

  test('each file missing, and each a folder, a loop of links, or another file instead', async () => {
    const others = [...pristine.files.slice(1), pristine.files[0]];
    for (const [i, path] of pristine.files.entries()) {
      const replace = (by: (target: string) => void) => (directory: string) => {
        rmSync(join(directory, path));
        by(join(directory, path));
      };
      const other = others[i];
      const ways: readonly (readonly [string, (directory: string) => void])[] = [
        ['missing', replace(() => undefined)],
        ['a folder', replace((target) => mkdirSync(target))],
        ['a loop', replace((target) => symlinkSync(target, target))],
        [other, (directory) => copyFileSync(join(directory, other), join(directory, path))],
      ];
      const taken = isLong ? ways : ways.filter((_way, at) => at === 0 || at === i % ways.length);
      for (const [name, damage] of taken) {
        // A store whose newest manifest is gone is one that has not published it.
        const gone = name === 'missing' && path.startsWith(`manifests${sep}`);
        await expectHarmless(damage, gone ? [] : [path], `${path} is ${name}`);
      }
    }
  });

  test('files that changed places', async () => {
    const folders = new Set(pristine.files.map((path) => path.slice(0, path.lastIndexOf(sep))));
    for (const folder of folders) {
      const [one, other] = pristine.files.filter((path) => path.startsWith(folder)).toReversed();
      if (one === undefined || other === undefined) continue;
      const swap = (directory: string): void => {
        const [from, to] = [join(directory, one), join(directory, other)];
        renameSync(from, `${from}.away`);
        renameSync(to, from);
        renameSync(`${from}.away`, to);
      };
      await expectHarmless(swap, [one, other], `${one} and ${other} changed places`);
    }
  });

  test('where the source may answer it does, or says why not; and a build repairs what is damaged', async () => {
    const repaired = [...pristine.served].filter((_path, i) => isLong || i % 3 === 0);
    for (const path of repaired) {
      const damage = (directory: string): void => flipBit(join(directory, path), 0.5);
      await expectHarmless(damage, [path], `${path} is damaged, and there is the source`, 'auto');
      freshCopy();
      damage(pristine.options.store);
      const store = await openStore(pristine.options);
      await store.build({ force: true });
      await store.build({ force: true }); // the publish before the last one stays, damaged or not
      expect(await store.verify(), path).toMatchObject({ ok: true, problems: [] });
      for (const [i, query] of QUERIES.entries()) {
        const { data } = await store.query(query, { policy: 'rollupOnly' });
        expect(data, path).toEqual(pristine.answers[i]);
      }
      await store.close();
    }
  });
});

function pick(files: readonly string[], random: () => number): string {
  return files[Math.floor(random() * files.length)];
}

/** @param place in the file, from 0 to 1 (exclusive) */
function flipBit(path: string, place: number): void {
  const bytes = readFileSync(path);
  const bit = Math.floor(place * bytes.length * 8);
  bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
  writeFileSync(path, bytes);
}
