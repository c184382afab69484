import { StoreError } from './model/errors.js';
import type { BuildTask } from './model/plan.js';
import type { SketchDomain } from './model/sketch-domain.js';

/**
 * The task with the domain of each column of sketches.
 * @param domains of the given rows, by column, where they hold any sketch
 * @throws StoreError `rows_invalid` where partitions that are kept hold sketches of another domain
 */
export function withDomains(task: BuildTask, domains: ReadonlyMap<string, SketchDomain>): BuildTask {
  for (const { files, key } of task.kept) {
    for (const { name, type, nulls } of files[0]?.columns ?? []) {
      if (type.kind !== 'sketch' || nulls === files[0].rows) continue;
      const [held, given] = [type.domain ?? 'airlift', domains.get(name)];
      if (given === undefined || given === held) continue;
      throw new StoreError(
        'rows_invalid',
        `${name}: the rows hold sketches of domain ${given}, and partition ${key}, which is kept, of domain ${held}.`,
        { next: 'Ingest all partitions with sketches of one domain, in one call or with a range.' },
      );
    }
  }
  return {
    ...task,
    columns: task.columns.map((column) => ({ ...column, domain: domains.get(column.name) })),
  };
}
