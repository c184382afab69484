/**
 * [fault 24] Bytes that no writer made, given to the decoders as if their checksum were right: a typed error or an
 * answer, in bounded time and memory, and never another kind of error.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { StoreError } from '../../dist/model/errors.js';
import type { BuildColumn } from '../../dist/model/plan.js';
import { decodeFile } from '../../dist/storage/decode-file.js';
import { seededRandom } from '../storage/support/random.js';

const RUNS = process.env['GRANARY_LONG'] === undefined ? 1_000 : 20_000;
const SEED = Number(process.env['GRANARY_SEED'] ?? 24);
/** Of seed 24: by run lengths and blocks that claimed too much they took up to 97 s, or ended the process. */
const ONCE_SLOW = [3597, 5937, 6316, 7374, 15_376, 16_167];
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

test(`[fault 24] ${RUNS} malformed Parquet files, seed ${SEED}`, { timeout: 900_000 }, async () => {
  const random = seededRandom(SEED);
  const files = readdirSync(join(folder, 'events.by_day'))
    .filter((name) => /-[01]-/.test(name))
    .map((name) => new Uint8Array(readFileSync(join(folder, 'events.by_day', name))));
  for (const bytes of files) expect((await decodeFile('whole', bytes, COLUMNS)).rows).toBeGreaterThan(0);
  const outcomes = new Map<string, number>();
  let slowestMs = 0;
  let grownBytes = 0;
  const before = process.memoryUsage();
  for (let run = 0; run < Math.max(RUNS, ...ONCE_SLOW.map((slow) => slow + 1)); run++) {
    const bytes = mutate(files[run % files.length], random);
    if (run >= RUNS && !ONCE_SLOW.includes(run)) continue;
    const begun = process.cpuUsage();
    const outcome = await outcomeOf(() => decodeFile('mutant', bytes, COLUMNS), `run ${run}, seed ${SEED}`);
    const { user, system } = process.cpuUsage(begun);
    if ((user + system) / 1000 > MS_MAX)
      console.log(`slow: run ${run}, ${outcome}, ${(user + system) / 1000}`);
    slowestMs = Math.max(slowestMs, (user + system) / 1000);
    const { rss } = process.memoryUsage();
    grownBytes = Math.max(grownBytes, rss - before.rss);
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  console.log(
    `malformed-bytes: ${[...outcomes].map(([name, count]) => `${count} ${name}`).join(', ')}; ` +
      `slowest ${Math.round(slowestMs)} ms of a processor, at most ${Math.round(grownBytes / 2 ** 20)} MiB more`,
  );
  expect(outcomes.get('corrupt')).toBeGreaterThan(RUNS / 10);
  expect(slowestMs).toBeLessThan(MS_MAX);
  expect(grownBytes).toBeLessThan(BYTES_MAX);
});

async function outcomeOf(call: () => Promise<unknown>, when: string): Promise<string> {
  try {
    await call();
    return 'decoded';
  } catch (error) {
    expect(error, when).toBeInstanceOf(StoreError);
    return (error as StoreError).code;
  }
}

/** One to four edits, half of them in the footer, where the lengths and types stand. */
function mutate(whole: Uint8Array, random: () => number): Uint8Array<ArrayBuffer> {
  let bytes = new Uint8Array(whole);
  const footer = new DataView(whole.buffer, whole.byteOffset).getUint32(whole.length - 8, true) + 8;
  const below = (limit: number): number => Math.floor(random() * limit);
  for (let edits = 1 + below(4); edits > 0; edits--) {
    const at = random() < 0.5 ? below(bytes.length) : Math.max(0, bytes.length - 1 - below(footer));
    switch (below(6)) {
      case 0:
        bytes[at] = below(256);
        break;
      case 1:
        bytes[at] = (bytes[at] ?? 0) ^ (1 << below(8));
        break;
      case 2:
        bytes.fill([0, 0x7f, 0x80, 0xff][below(4)], at, at + 1 + below(9));
        break;
      case 3:
        bytes.copyWithin(at, below(bytes.length), below(bytes.length));
        break;
      case 4:
        bytes = bytes.slice(0, at);
        break;
      default:
        bytes = new Uint8Array([...bytes.subarray(0, at), ...bytes.subarray(below(bytes.length))]);
    }
    if (bytes.length === 0) return bytes;
  }
  return bytes;
}
