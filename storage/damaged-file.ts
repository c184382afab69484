import { StoreError } from '../model/errors.js';

/** A published file is not there, or not as it was published. */
export class DamagedFile extends StoreError {
  /** Relative to the store. */
  readonly path: string;

  constructor(
    code: 'corrupt' | 'file_missing',
    path: string,
    message: string,
    options: { readonly next: string; readonly cause?: unknown },
  ) {
    super(code, message, options);
    this.path = path;
  }
}

/** Whether a disk could not read a file because of what stands there, or does not. */
export function isUnreadable(error: unknown): error is StoreError & { code: 'corrupt' | 'file_missing' } {
  return error instanceof StoreError && (error.code === 'corrupt' || error.code === 'file_missing');
}
