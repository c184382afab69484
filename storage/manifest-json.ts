/** JSON of manifests and pages: `{"$int":"…"}` and `{"$number":"…"}` for what JSON cannot hold, see docs/format.md. */
import { canonicalInteger } from '../model/value.js';

export function encodeJson(value: unknown): string {
  return JSON.stringify(value, encodeValue);
}

export function decodeJson(text: string): unknown {
  // A reviver is called for every value, which is slow; seldom is there anything for it.
  return text.includes('{"$') ? JSON.parse(text, decodeValue) : JSON.parse(text);
}

function encodeValue(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return { $int: value.toString() };
  if (typeof value !== 'number') return value;
  if (Object.is(value, -0)) return { $number: '-0' };
  return Number.isFinite(value) ? value : { $number: String(value) };
}

function decodeValue(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if ('$int' in value) return canonicalInteger(BigInt(String(value.$int)));
  if ('$number' in value) return Number(value.$number);
  return value;
}
