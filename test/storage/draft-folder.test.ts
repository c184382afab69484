import { describe, expect, test } from 'vitest';
import type { Disk } from '../../dist/storage/disk.js';
import { draftFolder } from '../../dist/storage/draft-folder.js';
import { seededRandom } from './support/random.js';
import { VolatileDisk } from './support/volatile-disk.js';
import { watchedDisk } from './support/watched-disk.js';

const FILES = ['a/1.parquet', 'a/2.parquet', 'b/x=1/3.parquet'];
const bytesOf = (path: string): Uint8Array => new TextEncoder().encode(`bytes of ${path}`);

async function writeFolder(disk: Disk): Promise<void> {
  const draft = await draftFolder(disk, '/home/out', 't');
  for (const path of FILES) await draft.write(path, bytesOf(path));
  await draft.finish();
}

/** Nothing at `out`, or every file of it, whole. */
async function stateOf(disk: Disk): Promise<'absent' | 'whole' | 'torn'> {
  if ((await disk.stat('/home/out')) === null) return 'absent';
  for (const path of FILES) {
    const bytes = await disk.readFile(`/home/out/${path}`).catch(() => new Uint8Array());
    if (Buffer.compare(bytes, bytesOf(path)) !== 0) return 'torn';
  }
  return 'whole';
}

class Cut extends Error {}

/** Runs until a call of the disk, before which all stops; false when there are not so many calls. */
async function stopBefore(call: number, run: (disk: Disk) => Promise<void>, disk: Disk): Promise<boolean> {
  const stopping = watchedDisk(disk, {
    before: (number) => {
      if (number === call) throw new Cut();
    },
  });
  const outcome = await run(stopping).then(
    () => null,
    (error: unknown) => error,
  );
  if (outcome !== null) expect(outcome).toBeInstanceOf(Cut);
  return outcome !== null;
}

describe('[fault 2] a power cut before any call leaves the whole folder under its name, or none', () => {
  const states = async (run: (disk: Disk) => Promise<void>): Promise<ReadonlySet<string>> => {
    const random = seededRandom(20_010_101);
    const seen = new Set<string>();
    for (let call = 1, isCut = true; isCut; call++) {
      for (let attempt = 0; attempt < 20; attempt++) {
        const disk = new VolatileDisk();
        await disk.makeDirectory('/home');
        await disk.syncDirectory('/');
        isCut = await stopBefore(call, run, disk);
        seen.add(await stateOf(disk.powerCut(random)));
      }
    }
    return seen;
  };

  test('and after the last call it is there', async () => {
    expect(await states(writeFolder)).toEqual(new Set(['absent', 'whole']));
    const disk = new VolatileDisk();
    await disk.makeDirectory('/home');
    await disk.syncDirectory('/');
    await writeFolder(disk);
    for (let i = 0; i < 20; i++) expect(await stateOf(disk.powerCut(seededRandom(i)))).toBe('whole');
  });

  test.each(['syncFile', 'syncDirectory'] as const)(
    'which this test would notice if %s did nothing',
    async (name) => {
      const lazy = (disk: Disk): Promise<void> =>
        writeFolder({ ...watchedDisk(disk, {}), [name]: () => Promise.resolve() });
      expect(await states(lazy)).toContain('torn');
    },
  );
});

test('what comes to stand at the name while the folder is written stays as it is', async () => {
  const disk = new VolatileDisk();
  await disk.makeDirectory('/home');
  const draft = await draftFolder(disk, '/home/out', 't');
  await draft.write('1.parquet', bytesOf('1.parquet'));
  await disk.makeDirectory('/home/out');
  await disk.createFile('/home/out/mine', bytesOf('mine'));
  await expect(draft.finish()).rejects.toMatchObject({ code: 'query_invalid' });
  await draft.discard();
  expect(await disk.list('/home')).toEqual(['out']);
  expect(await disk.list('/home/out')).toEqual(['mine']);
});
