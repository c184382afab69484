import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FairQueue } from '../../../dist/engine/workers/fair-queue.js';

interface Waiting {
  readonly client: string;
  readonly at: number;
}

/** The plain reference: of each client a list, and the clients in the order of their turns. */
class PlainQueue {
  turns: string[] = [];
  lines: Record<string, Waiting[]> = {};
  push(item: Waiting): void {
    this.lines[item.client] ??= [];
    if (this.lines[item.client].length === 0) this.turns.push(item.client);
    this.lines[item.client].push(item);
  }
  shift(): Waiting | undefined {
    const client = this.turns.shift();
    if (client === undefined) return undefined;
    const item = this.lines[client].shift();
    if (this.lines[client].length > 0) this.turns.push(client);
    return item;
  }
  remove(item: Waiting): void {
    const line = this.lines[item.client] ?? [];
    if (!line.includes(item)) return;
    this.lines[item.client] = line.filter((other) => other !== item);
    if (line.length === 1) this.turns = this.turns.filter((client) => client !== item.client);
  }
}

test('clients take turns, each with its oldest', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('push' as const), client: fc.constantFrom('a', 'b', 'c') }),
    fc.record({ kind: fc.constant('shift' as const) }),
    fc.record({ kind: fc.constant('remove' as const), nth: fc.nat(30) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
      const queue = new FairQueue<Waiting>();
      const plain = new PlainQueue();
      const all: Waiting[] = [];
      for (const [at, each] of steps.entries()) {
        if (each.kind === 'push') {
          const item = { client: each.client, at };
          all.push(item);
          queue.push(item.client, item);
          plain.push(item);
        } else if (each.kind === 'shift') {
          expect(queue.shift()).toBe(plain.shift());
        } else if (all[each.nth] !== undefined) {
          queue.remove(all[each.nth].client, all[each.nth]);
          plain.remove(all[each.nth]);
        }
        expect(queue.size).toBe(Object.values(plain.lines).flat().length);
      }
    }),
    { numRuns: 1_000 },
  );
});

test('who asks for a thousand lets another go second', () => {
  const queue = new FairQueue<string>();
  for (let i = 0; i < 1_000; i++) queue.push('many', `many ${i}`);
  queue.push('one', 'one');
  expect([queue.shift(), queue.shift(), queue.shift()]).toEqual(['many 0', 'one', 'many 1']);
});
