/** Manifests and pages that somebody wrote by hand, with the right checksums: damaged, or served; never a crash. */
import { crc32 } from 'node:zlib';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { StoreError } from '../../dist/model/errors.js';
import type { RollupMeta } from '../../dist/model/catalog.js';
import { isManifest, isRollup } from '../../dist/storage/check-shape.js';
import { seededRandom } from './support/random.js';
import { closeSamples, openSample, publishSample, writeSample } from './support/sample-store.js';
import { temporaryFolder } from './support/temporary-folder.js';

const EDITS = process.env['GRANARY_LONG'] === undefined ? 400 : 20_000;
const SEED = 11;
const STRANGE = [null, true, -1, 1.5, 'x', '', [], {}, [null], { $int: 'x' }, { $number: 'y' }, 'data/../x'];

/** One value somewhere in a document is another, or gone. */
function edited(document: unknown, random: () => number): unknown {
  const copy = structuredClone(document) as Record<string, unknown>;
  let place = copy;
  for (;;) {
    const keys = Object.keys(place);
    const key = keys[Math.floor(random() * keys.length)];
    if (key === undefined) return copy;
    const inner = place[key];
    if (typeof inner === 'object' && inner !== null && random() < 0.75) {
      place = inner as Record<string, unknown>;
      continue;
    }
    if (random() < 0.2) delete place[key];
    else place[key] = STRANGE[Math.floor(random() * STRANGE.length)];
    return copy;
  }
}

test(`[fault 24] ${EDITS} edited manifests and pages give a typed error or an answer, seed ${SEED}`, async () => {
  const folder = temporaryFolder();
  const directory = join(folder, 'store');
  await publishSample(await openSample(directory), await writeSample(folder), 'a');
  await closeSamples();
  const manifestPath = join(directory, 'manifests', '00000001.json');
  const [pageName] = readdirSync(join(directory, 'data', 'sales.daily')).filter((name) =>
    name.endsWith('.json'),
  );
  const pagePath = join(directory, 'data', 'sales.daily', pageName);
  const manifest = JSON.parse(readFileSync(manifestPath, 'utf8')) as Record<string, unknown>;
  const page = JSON.parse(readFileSync(pagePath, 'utf8')) as RollupMeta;
  delete manifest['crc32'];
  expect([isManifest(manifest), isRollup(page)]).toEqual([true, true]);
  const random = seededRandom(SEED);
  let refused = 0;
  for (let edit = 0; edit < EDITS; edit++) {
    const isPage = edit % 2 === 1;
    const bytes = Buffer.from(`${JSON.stringify(isPage ? edited(page, random) : page)}\n`);
    writeFileSync(pagePath, bytes);
    const [head] = structuredClone(manifest['rollups']) as { page: object }[];
    const sealed = {
      ...manifest,
      rollups: [{ ...head, page: { ...head.page, bytes: bytes.length, crc32: crc32(bytes) } }],
    };
    const body = JSON.stringify(isPage ? sealed : edited(sealed, random)).slice(0, -1);
    writeFileSync(manifestPath, `${body},"crc32":"${crc32(body).toString(16).padStart(8, '0')}"}\n`);
    try {
      const storage = await openSample(directory);
      await storage.looking(storage.snapshot(), ({ rollups }) =>
        [...rollups.values()].map((rollup) => rollup.partitions.length),
      );
      const { ok } = await storage.verify();
      refused += Number(!ok);
    } catch (error) {
      expect(error, String((error as Error).stack)).toBeInstanceOf(StoreError);
      refused++;
    }
    await closeSamples();
  }
  expect(refused).toBeGreaterThan(EDITS / 3);
});
