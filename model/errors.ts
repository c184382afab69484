/** What went wrong, as a stable word that a program can switch on. */
export type ErrorCode =
  | 'aborted' // the caller's signal ended the call
  | 'build_failed' // a rollup could not be written as it should be; nothing was published
  | 'closed' // the store was closed
  | 'commit_conflict' // another process published first
  | 'config_invalid' // the configuration is not usable
  | 'corrupt' // bytes on disk are not the bytes that were published
  | 'disk_full' // no space, quota or file-size limit
  | 'file_missing' // a file that is needed does not exist or cannot be read
  | 'format_newer' // the store was written by a newer version
  | 'model_invalid' // the data model has an error, with its place in the file
  | 'overloaded' // as many queries as may be are under way
  | 'not_covered' // only rollups may answer, and they do not hold all that is asked
  | 'out_of_memory' // the work needs more memory than its limit
  | 'query_invalid' // the query has an error, with its path
  | 'rows_invalid' // rows that were given do not fit the rollup that they were given for
  | 'source_failed' // the source refused or failed a statement
  | 'timed_out' // the call took longer than its deadline
  | 'worker_failed' // a thread ended, for want of memory as a rule; the process goes on
  | 'sketch_invalid' // bytes that are no sketch, or sketches that cannot be merged
  | 'value_out_of_range'; // a number or a time outgrew the exact types

/** Where in a text an error lies; line and column count from 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface StoreErrorOptions {
  /** What the caller can do next, as one sentence. */
  readonly next?: string;
  readonly position?: Position | undefined;
  readonly cause?: unknown;
  readonly uncovered?: readonly UncoveredTimes[];
}

/** Rows that no rollup holds: those of all these times, `[from, to)` in ISO with Z or `unbounded`, by dimension. */
export interface UncoveredTimes {
  readonly measures: readonly string[];
  readonly times: Readonly<
    Record<string, { readonly range: readonly [string, string] | null; readonly orNull: boolean }>
  >;
}

/**
 * The one error that Granary throws. `message` says what and where, and ends with the next step; `code` is
 * stable; `cause` is the origin.
 */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: ErrorCode;
  /** The message without its place and its next step. */
  readonly what: string;
  readonly next: string | undefined;
  readonly position: Position | undefined;
  /** With the code `not_covered`; else empty. */
  readonly uncovered: readonly UncoveredTimes[];

  constructor(code: ErrorCode, message: string, options: StoreErrorOptions = {}) {
    const place = options.position === undefined ? '' : `${formatPosition(options.position)}: `;
    const next = options.next === undefined ? '' : ` ${options.next}`;
    super(`${place}${message}${next}`, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.what = message;
    this.next = options.next;
    this.position = options.position;
    this.uncovered = options.uncovered ?? [];
  }
}

/** The same error, said of something: `orders.daily: …`. */
export function errorOf(subject: string, error: StoreError, position = error.position): StoreError {
  const options = { ...(error.next === undefined ? {} : { next: error.next }), position, cause: error };
  return new StoreError(error.code, `${subject}: ${error.what}`, options);
}

/** `file:line:column`, as compilers print it. */
export function formatPosition(position: Position): string {
  return `${position.file}:${position.line}:${position.column}`;
}
