/** Why an earlier publish cannot be had. */
import { StoreError } from '../model/errors.js';

export function notRestorable(number: number): StoreError {
  return new StoreError('query_invalid', `publish ${number} has format 0, which is only read.`, {
    next: 'Build again instead.',
  });
}

export function notKept(directory: string, number: number): StoreError {
  return new StoreError('query_invalid', `publish ${number} of ${directory} is not kept.`, {
    next: 'granary history lists those that are; the option keep of the store says how many.',
  });
}
