import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hasShape, jsonShape } from '../../dist/model/json-shape.js';
import { plainJson } from '../../dist/model/plain-json.js';

const textOf = (value: unknown) => plainJson(value, 100, 1_000_000);

/** One change of a value somewhere inside, or none. */
function changed(value: unknown, path: readonly number[], by: unknown): unknown {
  if (typeof value !== 'object' || value === null || path.length === 0) return by;
  const [step, ...rest] = path;
  const keys = Object.keys(value);
  if (keys.length === 0) return by;
  const key = keys[step % keys.length];
  const copy: Record<string, unknown> | unknown[] = Array.isArray(value) ? [...value] : { ...value };
  const fields = copy as Record<string, unknown>;
  if (step % 3 === 0 && !Array.isArray(copy)) delete fields[key];
  else fields[key] = changed(fields[key], rest, by);
  return copy;
}

describe('the shape of plain data', () => {
  test('is that of what has the same text, and of nothing else', () => {
    let same = 0;
    fc.assert(
      fc.property(
        fc.jsonValue({ maxDepth: 4 }),
        fc.array(fc.nat(20), { maxLength: 4 }),
        fc.oneof(fc.jsonValue({ maxDepth: 1 }), fc.constantFrom(-0, NaN, undefined, new Date(0))),
        (value, path, by) => {
          const text = textOf(value);
          if (text === null) return;
          const shape = jsonShape(JSON.parse(text));
          expect(hasShape(value, shape)).toBe(true);
          const other = changed(value, path, by);
          const isSame = textOf(other) === text;
          if (isSame) same++;
          expect(hasShape(other, shape)).toBe(isSame);
        },
      ),
      { numRuns: 2_000 },
    );
    expect(same).toBeGreaterThan(10);
  });

  test('is not that of another order, of another class, nor of what tells its own text', () => {
    const shape = jsonShape({ a: 1, b: [2] });
    class Query {
      a = 1;
      b = [2];
    }
    expect(hasShape({ a: 1, b: [2] }, shape)).toBe(true);
    const others = [
      { b: [2], a: 1 },
      new Query(),
      { a: 1, b: [2], toJSON: () => 1 },
      { a: 1, b: [2], c: undefined },
      { a: 1, b: { 0: 2 } },
      { a: 1, b: [2, 3] },
      Object.assign(Object.create({ b: [2] }), { a: 1 }),
    ];
    for (const other of others) expect(hasShape(other, shape)).toBe(false);
  });
});
