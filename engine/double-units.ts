/** Doubles as whole numbers of the least double above 0, 2^-1074: every finite double is one. */

/** From here on a double is added in units, so that a sum of 2^53 others stays finite. */
export const LARGE = 2 ** 960;

const BYTES = new DataView(new ArrayBuffer(8));
const FRACTION_BITS = 52n;
const FRACTION = (1n << FRACTION_BITS) - 1n;

/** @param double finite */
export function toUnits(double: number): bigint {
  if (double === 0) return 0n;
  BYTES.setFloat64(0, double);
  const bits = BYTES.getBigUint64(0);
  const exponent = (bits >> FRACTION_BITS) & 0x7ffn;
  const fraction = bits & FRACTION;
  const units = exponent === 0n ? fraction : (fraction | (1n << FRACTION_BITS)) << (exponent - 1n);
  return double < 0 ? -units : units;
}

/** The nearest double, of two the even one; infinite where it is beyond all. */
export function roundUnits(units: bigint): number {
  const size = units < 0n ? -units : units;
  const shift = Math.max(0, bitLength(size) - 53);
  const kept = size >> BigInt(shift);
  const cut = size - (kept << BigInt(shift));
  const half = shift === 0 ? 1n : 1n << BigInt(shift - 1);
  const up = cut > half || (cut === half && kept % 2n === 1n);
  const double = scale(Number(up ? kept + 1n : kept), shift);
  return units < 0n ? -double : double;
}

/** whole × 2^(shift − 1074), without rounding: whole has at most 53 bits, or is 2^53. */
function scale(whole: number, shift: number): number {
  return shift > MAX_SHIFT ? Infinity : whole * 2 ** (shift - 1074);
}

/** Beyond it, 53 bits are no finite double. */
const MAX_SHIFT = 2045;

function bitLength(size: bigint): number {
  const digits = size.toString(16);
  return 4 * digits.length - Math.clz32(parseInt(digits[0], 16)) + 28;
}
