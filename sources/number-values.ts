/** Numbers as JavaScript and JSON write them → one exact type for all of them, or doubles. */
import { StoreError } from '../model/errors.js';
import type { GivenValues } from './given-rows.js';

type Given = number | bigint | string | null;

/**
 * What a number becomes hangs on how it is written, not on what it is: JavaScript numbers are doubles, unless whole ones
 * are asked for; bigints are integers, texts of digits too, or decimals where one has a fraction.
 * @param values texts are of digits, with a sign and a fraction at most
 * @throws StoreError `value_out_of_range` for more than 38 digits
 */
export function numberValues(values: readonly Given[], asIntegers: boolean): Omit<GivenValues, 'name'> {
  let scale = 0;
  for (const value of values) {
    if (typeof value === 'number' && !asIntegers) return doubles(values);
    if (typeof value === 'string') scale = Math.max(scale, value.length - 1 - `${value}.`.indexOf('.'));
  }
  const whole = values.map((value) => (value === null ? null : unscaled(value, scale)));
  const largest = whole.reduce<bigint>((max, value) => (value === null ? max : maxOf(max, value)), 0n);
  if (largest >= 10n ** 38n) {
    throw new StoreError('value_out_of_range', 'a column of numbers needs more than 38 digits.', {
      next: 'Give its numbers as JavaScript numbers, if doubles are exact enough.',
    });
  }
  if (scale > 0) return { type: `DECIMAL(38,${scale})`, values: whole };
  return { type: largest < 2n ** 63n ? 'BIGINT' : 'HUGEINT', values: whole };
}

function doubles(values: readonly Given[]): Omit<GivenValues, 'name'> {
  return { type: 'DOUBLE', values: values.map((value) => (value === null ? null : Number(value))) };
}

function unscaled(value: Exclude<Given, null>, scale: number): bigint {
  const [whole, fraction = ''] = String(value).split('.') as [string, string?];
  return BigInt(whole + fraction.padEnd(scale, '0'));
}

function maxOf(max: bigint, value: bigint): bigint {
  const size = value < 0n ? -value : value;
  return size > max ? size : max;
}
