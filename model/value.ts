/**
 * The values that travel through the house, and their one order.
 *
 * | logical type | JavaScript form                                                                        |
 * |--------------|----------------------------------------------------------------------------------------|
 * | string       | string                                                                                 |
 * | boolean      | boolean                                                                                |
 * | integer      | number when it is a safe integer, else bigint (one form for one value)                 |
 * | decimal      | the value × 10^scale, in the form of an integer                                        |
 * | double       | number; NaN and the infinities are values                                              |
 * | time         | number: milliseconds since 1970-01-01T00:00:00Z                                        |
 * | any          | null for NULL                                                                          |
 */
export type Value = string | number | bigint | boolean | null;

export type LogicalType =
  | { readonly kind: 'string' }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'integer' }
  | { readonly kind: 'decimal'; readonly scale: number }
  | { readonly kind: 'double' }
  | { readonly kind: 'time' }
  | { readonly kind: 'sketch'; readonly precision: number };

/** The one form of an integer: a number where it is safe, a bigint beyond. */
export function canonicalInteger(value: bigint | number): number | bigint {
  if (typeof value === 'number') return value === 0 ? 0 : value;
  return value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : value;
}
