/**
 * The victim of build-kill.test.ts: says `ready`, waits for a byte, opens the store and builds everything again and
 * again. Each build is announced by `building`, and acknowledged by `built` with the time at which it began.
 */
import { writeSync } from 'node:fs';
import { openStore } from '../../dist/bundle/index.js';

const say = (line) => writeSync(1, `${line}\n`);

say('ready');
await new Promise((resolve) => process.stdin.once('data', resolve));
const store = await openStore(JSON.parse(process.argv[2]));
for (;;) {
  const startedAt = Date.now();
  say('building');
  await store.build({ force: true });
  say(`built ${startedAt}`);
}
