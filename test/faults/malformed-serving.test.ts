/**
 * [fault 24] Serving files that no writer made, as if their checksums were right: a typed error or columns that hold
 * together, in bounded time and memory, and never another kind of error.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';
import { StoreError } from '../../dist/model/errors.js';
import type { StoredBatch } from '../../dist/model/batch.js';
import type { FileMeta } from '../../dist/model/catalog.js';
import type { BuildColumn } from '../../dist/model/plan.js';
import { arrowFile, placeBuffers } from '../../dist/storage/arrow-write.js';
import type { ArrowArray } from '../../dist/storage/arrow-write.js';
import { columnStats } from '../../dist/storage/column-stats.js';
import { decodeFile } from '../../dist/storage/decode-file.js';
import { memoryDisk } from '../../dist/storage/memory-disk.js';
import { servingColumn } from '../../dist/storage/serving-columns.js';
import type { ServingColumn } from '../../dist/storage/serving-columns.js';
import { noteMetadata } from '../../dist/storage/serving-note.js';
import { readServingColumns, readServingIndex } from '../../dist/storage/serving-read.js';
import { seededRandom } from '../storage/support/random.js';

const RUNS = process.env['GRANARY_LONG'] === undefined ? 3_000 : 60_000;
const SEED = Number(process.env['GRANARY_SEED'] ?? 25);
const MS_MAX = 2_000;
const BYTES_MAX = 512 * 1024 * 1024;

const folder = join(import.meta.dirname, '..', 'storage', 'fixtures', 'format-0', 'store', 'data');

const measure = (name: string, merge: 'sum' | 'max' | 'sketch'): BuildColumn => ({
  name: `events__${name}`,
  role: { kind: 'measure', merge },
  precision: merge === 'sketch' ? 12 : null,
});

const COLUMNS: readonly BuildColumn[] = [
  { name: 'events__kind', role: { kind: 'dimension' }, precision: null },
  { name: 'events__paid', role: { kind: 'dimension' }, precision: null },
  measure('count', 'sum'),
  measure('amount', 'sum'),
  measure('big', 'sum'),
  measure('ratio', 'sum'),
  measure('last_at', 'max'),
  measure('visitors', 'sketch'),
];

let file: FileMeta;
let columns: readonly ServingColumn[];

beforeAll(async () => {
  const [name] = readdirSync(join(folder, 'events.by_day')).filter((each) => /-0-/.test(each));
  const bytes = new Uint8Array(readFileSync(join(folder, 'events.by_day', name)));
  const batch = await decodeFile('whole', bytes, COLUMNS);
  columns = COLUMNS.map(({ name: column, role }) => {
    const merge = role.kind === 'measure' ? role.merge : null;
    return servingColumn(column, merge, batch.rows, batch.columns.get(column)!)!;
  });
  const stats = [...batch.columns].map(([column, values]) => columnStats(column, values));
  file = { path: 'data/a.b/all-0-x.parquet', bytes: 7, crc32: 8, rows: batch.rows, columns: stats };
});

test(`${RUNS} malformed serving files, seed ${SEED}`, { timeout: 900_000 }, async () => {
  const random = seededRandom(SEED);
  const whole = forge(
    (array) => array,
    (note) => note,
  );
  expectHolds(await read(whole));
  const outcomes = new Map<string, number>();
  let slowestMs = 0;
  let grownBytes = 0;
  const before = process.memoryUsage();
  for (let run = 0; run < RUNS; run++) {
    const bytes = [editBytes, editBuffers, editNote][run % 3](whole, random);
    const begun = process.cpuUsage();
    const outcome = await outcomeOf(bytes, `run ${run}, seed ${SEED}`);
    const { user, system } = process.cpuUsage(begun);
    slowestMs = Math.max(slowestMs, (user + system) / 1000);
    grownBytes = Math.max(grownBytes, process.memoryUsage().rss - before.rss);
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  console.log(
    `malformed-serving: ${[...outcomes].map(([name, count]) => `${count} ${name}`).join(', ')}; ` +
      `slowest ${Math.round(slowestMs)} ms of a processor, at most ${Math.round(grownBytes / 2 ** 20)} MiB more`,
  );
  expect(outcomes.get('corrupt')).toBeGreaterThan(RUNS / 3);
  expect(slowestMs).toBeLessThan(MS_MAX);
  expect(grownBytes).toBeLessThan(BYTES_MAX);
});

async function read(bytes: Uint8Array): Promise<StoredBatch> {
  const disk = memoryDisk();
  await disk.makeDirectory('/memory');
  await disk.createFile('/memory/x', bytes);
  const open = await disk.openFile('/memory/x');
  return readServingColumns(open, await readServingIndex(open), file, COLUMNS);
}

async function outcomeOf(bytes: Uint8Array, when: string): Promise<string> {
  try {
    expectHolds(await read(bytes));
    return 'decoded';
  } catch (error) {
    expect(error, when).toBeInstanceOf(StoreError);
    return (error as StoreError).code;
  }
}

/** What kernels rely on, whatever the values are. */
function expectHolds({ rows, columns: found }: StoredBatch): void {
  for (const column of found.values()) {
    if (column.kind === 'sketch') {
      expect(column.offsets.length).toBe(rows + 1);
      expect(column.offsets[rows]).toBe(column.bytes.length);
    } else if (column.kind === 'dictionary') {
      expect(column.codes.length).toBe(rows);
      expect(Math.max(-1, ...column.codes)).toBeLessThan(column.values.length + Number(column.hasNulls));
    } else expect((column.kind === 'narrow' ? column.codes : column.values).length).toBe(rows);
  }
}

type Note = Parameters<typeof noteMetadata>[0];

/** A file of these buffers and this note, all checksums right. */
function forge(edit: (array: Uint8Array) => Uint8Array, editWhole: (note: Note) => Note): Uint8Array {
  const edited = (array: ArrowArray): ArrowArray => ({ ...array, buffers: array.buffers.map(edit) });
  const arrows = columns.map(({ arrow }) => ({
    ...arrow,
    array: edited(arrow.array),
    dictionary: arrow.dictionary === null ? null : edited(arrow.dictionary),
  }));
  const stretches = (arrays: readonly ArrowArray[], at: number): [number, number, number][] =>
    placeBuffers(arrays).places[at].map(({ offset, bytes }, i) => [
      offset,
      bytes,
      crc32(arrays[at].buffers[i]),
    ]);
  const notes = columns.map(({ note }, at) => {
    const { dictionary } = arrows[at];
    return {
      ...note,
      buffers: stretches(
        arrows.map(({ array }) => array),
        at,
      ),
      dictionary:
        note.dictionary === null || dictionary === null
          ? null
          : { ...note.dictionary, buffers: stretches([dictionary], 0) },
    };
  });
  const { path, bytes, crc32: checksum } = file;
  const parquet = { path, bytes, crc32: checksum };
  const note = { form: 1, parquet, rows: file.rows, sortColumns: [], blockRows: 4096, columns: notes };
  return Buffer.concat(arrowFile(file.rows, arrows, noteMetadata(editWhole(note))));
}

/** One to four edits anywhere, half of them in the footer; checksums stay as they were. */
function editBytes(whole: Uint8Array, random: () => number): Uint8Array {
  let bytes = Uint8Array.from(whole);
  const below = (limit: number): number => Math.floor(random() * limit);
  const footer = new DataView(whole.buffer, whole.byteOffset).getUint32(whole.length - 10, true) + 10;
  for (let edits = 1 + below(4); edits > 0 && bytes.length > 0; edits--) {
    const at = random() < 0.5 ? below(bytes.length) : Math.max(0, bytes.length - 1 - below(footer));
    const way = below(4);
    if (way === 0) bytes[at] = below(256);
    else if (way === 1) bytes.fill([0, 0x7f, 0x80, 0xff][below(4)], at, at + 1 + below(9));
    else if (way === 2) bytes.copyWithin(at, below(bytes.length), below(bytes.length));
    else bytes = bytes.slice(0, at);
  }
  return bytes;
}

/** Bytes of buffers, which then have the checksums of what they hold. */
function editBuffers(_whole: Uint8Array, random: () => number): Uint8Array {
  return forge(
    (array) => {
      if (random() < 0.7) return array;
      const size = random() < 0.1 ? Math.floor(random() * 2 * array.length) : array.length;
      const edited = new Uint8Array(size);
      edited.set(array.subarray(0, size));
      if (size > 0) edited[Math.floor(random() * size)] = Math.floor(random() * 256);
      return edited;
    },
    (note) => note,
  );
}

const HOSTILE: readonly unknown[] = [0, 1, -1, 2, 3, 4, 8, 0.5, 2 ** 31, 2 ** 53 - 1, 1e300, NaN, null, true];
const HOSTILE_TOO: readonly unknown[] = [
  '',
  'x',
  'utf8',
  'bool',
  'decimal',
  'wide',
  'sketch',
  'number',
  [],
  {},
];

/** One to three members of the note, anywhere in it. */
function editNote(_whole: Uint8Array, random: () => number): Uint8Array {
  return forge(
    (array) => array,
    (note) => {
      const edited = structuredClone(note);
      for (let edits = 1 + Math.floor(random() * 3); edits > 0; edits--) {
        let place: Record<string, unknown> = edited as never;
        for (;;) {
          const names = Object.keys(place);
          const name = names[Math.floor(random() * names.length)];
          if (name === undefined) break;
          const inner = place[name];
          if (typeof inner === 'object' && inner !== null && random() < 0.9) {
            place = inner as Record<string, unknown>;
            continue;
          }
          const all = [...HOSTILE, ...HOSTILE_TOO];
          place[name] = all[Math.floor(random() * all.length)];
          break;
        }
      }
      return edited;
    },
  );
}

test('a buffer that claims to be longer than the file is told before room is made for it', async () => {
  const huge = forge(
    (array) => array,
    (note) => ({
      ...note,
      columns: note.columns.map((column) => ({
        ...column,
        dictionary:
          column.dictionary === null
            ? null
            : {
                ...column.dictionary,
                buffers: column.dictionary.buffers.map(
                  ([offset, , checksum]) => [offset, 2 ** 52, checksum] as const,
                ),
              },
      })),
    }),
  );
  await expect(read(huge)).rejects.toThrow(/longer than the file/);
});
