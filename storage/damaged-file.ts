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
