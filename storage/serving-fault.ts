import { StoreError } from '../model/errors.js';

/** Something of a serving file is not as it should be, whoever wrote it. */
export function damaged(what: string): StoreError {
  return new StoreError('corrupt', `${what}.`, { next: 'It is made again from the Parquet.' });
}
