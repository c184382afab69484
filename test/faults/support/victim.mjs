/**
 * A process to do harm to. Opens the store of its argument, says `{"ready":true}`, and then obeys: each line of its
 * input is `[call, ...arguments]`, each line of its output the outcome.
 */
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { openStore } from '../../../dist/bundle/index.js';

const store = await openStore(JSON.parse(process.argv[2]));

const say = (outcome) => writeSync(1, `${JSON.stringify(outcome)}\n`);

/** What is known of an error, that of its cause too: a test tells a typed error from any other. */
const told = ({ name, code, message, next, cause }) => ({
  name,
  code,
  message,
  next,
  ...(cause instanceof Error ? { cause: told(cause) } : {}),
});

say({ ready: true });
for await (const line of createInterface({ input: process.stdin })) {
  try {
    const [call, ...args] = JSON.parse(line);
    say({ value: (await store[call](...args)) ?? null });
  } catch (error) {
    say({ error: told(error) });
  }
}
await store.close();
process.exit(0);
