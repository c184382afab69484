/** What `bench/results` holds: one file for each bench, a line of JSON for each run. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Size } from '../demo-queries.js';
import type { Goal } from '../goals.js';
import type { Surroundings } from '../record.js';

export interface RecordedRun extends Surroundings {
  readonly bench: string;
  readonly size: Size;
  readonly seed: number;
  readonly goals?: readonly Goal[];
}

const ORDER: readonly Size[] = ['S', 'M', 'L'];

/** The newest run of each size of each bench, in the order of names and sizes. */
export class Recorded {
  private readonly runs: readonly RecordedRun[];

  constructor(runs: readonly RecordedRun[]) {
    this.runs = runs;
  }

  static in(folder: string): Recorded {
    const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.jsonl')) : [];
    const lines = names.sort().flatMap((name) => readFileSync(join(folder, name), 'utf8').trim().split('\n'));
    return new Recorded(lines.filter((line) => line !== '').map((line) => JSON.parse(line) as RecordedRun));
  }

  /** @returns at most one of each size */
  of<Line extends object>(bench: string): (RecordedRun & Line)[] {
    return this.newest().filter((run): run is RecordedRun & Line => run.bench === bench);
  }

  newest(): RecordedRun[] {
    const byName = new Map<string, RecordedRun>();
    for (const run of this.runs) byName.set(`${run.bench} ${ORDER.indexOf(run.size)}`, run);
    return [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, run]) => run);
  }
}
