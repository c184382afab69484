/** DuckDB's errors → the house's one error. */
import { StoreError } from '../model/errors.js';

/** A TIMESTAMP that is moved beyond its type, and a DATE that no TIMESTAMP holds. */
const BEYOND_TIME =
  /ICU date|to local TIMESTAMP|(overflow|out of range).*(timestamp|date)|timestamp.*out of range|INT32 with value \d+-\d\d-\d\d.* can't be cast/i;

export function duckdbError(error: unknown, source: string, signal: AbortSignal | undefined): StoreError {
  if (error instanceof StoreError) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (signal?.aborted === true || message.startsWith('INTERRUPT')) {
    return new StoreError('aborted', 'the call was aborted.', { cause: signal?.reason ?? error });
  }
  if (/no space left|disk quota|file too large/i.test(message)) {
    return new StoreError('disk_full', `data source '${source}' ran out of disk: ${firstLine(message)}`, {
      next: 'Free space and try again; what was published before is untouched.',
      cause: error,
    });
  }
  if (isOutOfMemory(error)) {
    return new StoreError('out_of_memory', `data source '${source}': ${firstLine(message)}`, {
      next: `Partition the rollup more finely, or raise sources.${source}.memoryLimitMb.`,
      cause: error,
    });
  }
  if (BEYOND_TIME.test(firstLine(message))) {
    return new StoreError('value_out_of_range', `data source '${source}': ${firstLine(message)}`, {
      next: 'A time lies beyond those that DuckDB reckons with: filter it out, or clamp it, in the sql of the dimension.',
      cause: error,
    });
  }
  if (/out of range|overflow|could not (cast value|convert string) .* to DECIMAL/i.test(message)) {
    return new StoreError('value_out_of_range', `data source '${source}': ${firstLine(message)}`, {
      next: 'A sum outgrew 128 bits or a value its type: cast the measure to DOUBLE if that is exact enough.',
      cause: error,
    });
  }
  if (message.startsWith('INTERNAL')) {
    return new StoreError('source_failed', `data source '${source}': DuckDB failed: ${firstLine(message)}`, {
      next: 'This is a fault of DuckDB, not of the statement: ask in another way, or report it to DuckDB.',
      cause: error,
    });
  }
  return new StoreError('source_failed', `data source '${source}' refused the statement: ${message.trim()}`, {
    next: 'Check the sql of the model against the tables of the source.',
    cause: error,
  });
}

/** Whether DuckDB gave up at its limit of memory, or of room to spill. */
export function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && /^Out of Memory Error/i.test(error.message);
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0];
}
