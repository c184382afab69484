import { describe, expect, test } from 'vitest';
import { entryOfInteger } from '../../../dist/engine/sketches/sketch-entry.js';
import { Sketch } from '../../../dist/engine/sketches/sketch.js';
import { describeSketch, mergeSketches } from '../../../dist/index.js';
import { relativeErrorBound } from '../../../dist/model/aggregates.js';

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));

function airlift(from: number, to: number, precision: number): Uint8Array {
  const sketch = new Sketch(precision);
  for (let value = from; value < to; value++) sketch.addEntry(entryOfInteger(value));
  return sketch.toBytes();
}

/** Of PostgreSQL 15: hll_send of the bigint 0, and of 0 to 4 with an explicit threshold of 4. */
const one = hex('128b7f28df63b7cc57c3cb');
const five = hex('138b431504618179648944d822');

describe('sketches in the hands of a program', () => {
  test('tell their domain, precision, estimate and error', () => {
    expect(describeSketch(airlift(0, 100, 12))).toEqual({
      domain: 'airlift',
      precision: 12,
      estimate: 100,
      relativeError: relativeErrorBound(12),
    });
    expect(describeSketch(one)).toEqual({
      domain: 'pghll',
      precision: 11,
      estimate: 1,
      relativeError: relativeErrorBound(11),
    });
    expect(describeSketch(five).estimate).toBe(5);
  });

  test('are united at the coarsest precision', () => {
    expect(mergeSketches([airlift(0, 60, 14), airlift(40, 900, 12)])).toEqual(airlift(0, 900, 12));
    expect(mergeSketches([one, one])).toEqual(one);
  });

  test('are refused with a reason where they cannot be', () => {
    const refused = (code: string, message: RegExp) =>
      expect.objectContaining({
        name: 'StoreError',
        code,
        message: expect.stringMatching(message) as string,
      });
    expect(() => mergeSketches([])).toThrowError(refused('sketch_invalid', /at least one/));
    expect(() => mergeSketches([airlift(0, 3, 11), one])).toThrowError(
      refused('sketch_invalid', /domain airlift and/),
    );
    expect(() => mergeSketches([one, five])).toThrowError(
      refused('sketch_invalid', /expthresh or sparseon differ/),
    );
    for (const bytes of [new Uint8Array(0), hex('00'), hex('12'), hex('ffffffff')]) {
      expect(() => describeSketch(bytes)).toThrowError(refused('sketch_invalid', /no .*sketch/));
    }
  });
});
