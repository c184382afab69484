/**
 * A writer stands still in the middle of its build, as a process under a debugger or on a paused machine does, while
 * others publish and collect; then it goes on. It may not undo what they have published.
 */
import { expect, test } from 'vitest';
import { openStore } from '../../dist/index.js';
import { temporaryFolder } from '../support/open-tables.js';
import { expectWhole, roundsStore } from './support/rounds.js';
import { CHANGES, attachStrace, whyNoStrace } from './support/strace.js';
import { startVictim } from './support/victim.js';

const noStrace = whyNoStrace();
const EVERY = process.env['GRANARY_LONG'] === undefined ? 3 : 1;

test.skipIf(noStrace !== null)(
  `[fault 7] a writer that is stopped at a call and continued after three publishes of another ${noStrace ?? ''}`,
  { timeout: 180_000 * (EVERY === 1 ? 5 : 1) },
  async () => {
    const rounds = roundsStore(temporaryFolder());
    const victim = await startVictim(rounds.options);
    const other = await openStore(rounds.options);
    let round = 0;
    const publish = async (): Promise<void> => {
      rounds.setRound((round += 1));
      await other.build({ force: true });
    };
    const late = (): ReturnType<typeof victim.ask> => {
      rounds.setRound((round += 1));
      return victim.ask('build', { force: true });
    };
    for (let warm = 0; warm < 3; warm++) await late();
    const watch = await attachStrace(victim.pid, CHANGES, null);
    await late();
    const points = (await watch.detach()).filter(({ line }) => line.includes(rounds.options.store));
    const published = points.findIndex(({ line }) => /^\d+ +link.*manifests\/\d+\.json"\)/.test(line));
    expect(published).toBeGreaterThan(5);
    let stops = 0;
    let conflicts = 0;
    const taken = points.map((point, at) => ({ ...point, at })).filter(({ at }) => at % EVERY === 0);
    for (const { name, nth, line, at } of taken) {
      const when = `stopped after ${name} ${nth}: ${line}`;
      const strace = await attachStrace(victim.pid, CHANGES, `${name}:signal=STOP:when=${nth}`);
      const building = late();
      if (!(await strace.stopped(building))) {
        await strace.detach(); // collections differ in what there is to remove
        continue;
      }
      stops += 1;
      for (let again = 0; again < 3; again++) await publish();
      expect(await expectWhole(rounds, when)).toBe(round);
      victim.signal('SIGCONT');
      const outcome = await building;
      await strace.detach();
      if (at < published) expect(outcome, when).toMatchObject({ error: { code: 'commit_conflict' } });
      if (outcome !== null && 'error' in outcome) {
        expect(outcome.error, when).toMatchObject({
          code: 'commit_conflict',
          next: expect.stringMatching(/\w/),
        });
        conflicts += 1;
      }
      expect(await expectWhole(rounds, when), when).toBe(round);
      await late();
      expect(await expectWhole(rounds, `after it was ${when}`)).toBe(round);
    }
    console.log(
      `stopped-writer: ${stops} stops at ${taken.length} calls, ${conflicts} of them were too late`,
    );
    expect(stops).toBeGreaterThan(0.7 * taken.length);
    await other.close();
    await victim.close();
  },
);
