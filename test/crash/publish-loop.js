/** The victim: publishes the sample again and again. Arguments: the store, and a file with the sample as JSON. */
import { copyFileSync, readFileSync, writeSync } from 'node:fs';
import { nodeDisk } from '../../dist/storage/node-disk.js';
import { openStorage } from '../../dist/storage/open-storage.js';

const [directory, description] = process.argv.slice(2);
const { file, contract, rollup } = JSON.parse(readFileSync(description, 'utf8'));
// Loaded when they are first needed, which would take the time of the first publish.
await Promise.all(['parquet-file', 'parquet-footer'].map((name) => import(`../../dist/storage/${name}.js`)));
const storage = await openStorage({ disk: nodeDisk, directory });
const run = `${process.pid.toString(36)}${Date.now().toString(36)}`;
writeSync(1, 'ready\n');

for (;;) {
  const base = storage.snapshot().version;
  const staging = await storage.stage(`${run}${base.toString(36)}`);
  const [kept] = await storage.looking(
    storage.snapshot(),
    ({ rollups }) => rollups.get(rollup.id)?.partitions.slice(-1) ?? [],
  );
  const partitions = kept === undefined ? [] : [kept];
  const slot = { rollup: rollup.id, partition: `${20_000_000 + base}`, index: 0 };
  copyFileSync(file, staging.pathOf(slot));
  const meta = await staging.seal(slot, contract);
  partitions.push({ key: slot.partition, range: null, files: [meta], builtAt: 0 });
  const put = [{ ...rollup, partitions, lastRefreshTime: base + 1 }];
  const { version } = await storage.publish(staging, { base, put, remove: [] });
  writeSync(1, `acked ${version}\n`);
  await staging.discard();
  await storage.collectGarbage();
}
