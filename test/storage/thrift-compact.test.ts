import { deserializeTCompactProtocol } from 'hyparquet/src/thrift.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  booleanField,
  integerField,
  readStruct,
  readStructList,
  structListField,
  textField,
  withField,
  writeStruct,
} from '../../dist/storage/thrift-compact.js';
import type { ThriftField } from '../../dist/storage/thrift-compact.js';

/** Fields whose ids stand in any order and have any size. */
function structOf(depth: number): fc.Arbitrary<Uint8Array> {
  const id = fc.integer({ min: 1, max: 32_767 });
  const fields: fc.Arbitrary<ThriftField>[] = [
    fc.tuple(id, fc.boolean()).map((of) => booleanField(...of)),
    fc.tuple(id, fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })).map((of) => integerField(...of)),
    fc.tuple(id, fc.string({ unit: 'grapheme', maxLength: 300 })).map((of) => textField(...of)),
    fc.tuple(id, fc.double()).map((of) => doubleField(...of)),
  ];
  if (depth > 0) {
    const inner = structOf(depth - 1);
    fields.push(
      fc.tuple(id, inner).map(([at, bytes]) => ({ id: at, type: 12, bytes })),
      fc.tuple(id, fc.array(inner, { maxLength: 20 })).map((of) => structListField(...of)),
    );
  }
  return fc
    .uniqueArray(fc.oneof(...fields), { selector: (field) => field.id, maxLength: 8 })
    .map(writeStruct);
}

const struct = structOf(2);

function doubleField(id: number, value: number): ThriftField {
  return { id, type: 7, bytes: new Uint8Array(new Float64Array([value]).buffer) };
}

function plain(bytes: Uint8Array): unknown {
  const view = new DataView(new Uint8Array(bytes).buffer);
  return deserializeTCompactProtocol({ view, offset: 0 });
}

test('what is read is written as the same bytes', () => {
  fc.assert(fc.property(struct, (bytes) => Buffer.compare(writeStruct(readStruct(bytes)), bytes) === 0));
});

test('another reader finds the field that was set, and all others as they were', () => {
  fc.assert(
    fc.property(struct, fc.integer({ min: 1, max: 40 }), struct, (bytes, id, inner) => {
      const changed = writeStruct(withField(readStruct(bytes), structListField(id, [inner, inner])));
      const expected = { ...(plain(bytes) as object), [`field_${id}`]: [plain(inner), plain(inner)] };
      expect(plain(changed)).toEqual(expected);
    }),
  );
});

test('a list gives its structs back, of 14 and of 15 and of 200 too', () => {
  for (const count of [0, 1, 14, 15, 200]) {
    const elements = Array.from({ length: count }, (_, i) => writeStruct([integerField(1, i - 7)]));
    const field = structListField(4, elements);
    expect(readStructList(field).map(plain)).toEqual(elements.map(plain));
    expect(plain(writeStruct([field]))).toEqual({ field_4: elements.map((_, i) => ({ field_1: i - 7 })) });
  }
});

describe('[fault 21] bytes that are no struct are corrupt, and end:', () => {
  test.each([
    ['nothing', []],
    ['a field without a value', [0x15]],
    ['a text that is longer than the bytes', [0x18, 0xff, 0xff, 0xff, 0xff, 0x0f]],
    ['a list that is longer than the bytes', [0x19, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x0f]],
    ['a number without an end', [0x15, ...Array<number>(20).fill(0xff)]],
    ['a size without an end', [0x18, ...Array<number>(20).fill(0xff)]],
    ['an unknown type', [0x1e, 0]],
    ['structs in structs', Array<number>(100_000).fill(0x1c)],
    ['lists in lists', [0x19, ...Array<number>(100_000).fill(0x19)]],
    ['more than one struct', [0, 0]],
  ])('%s', (_name, bytes) => {
    expect(() => readStruct(Uint8Array.from(bytes))).toThrowError(
      expect.objectContaining({ code: 'corrupt' }) as Error,
    );
  });

  test('any bytes', () => {
    const read = (bytes: Uint8Array): string => {
      try {
        readStruct(bytes);
        return 'read';
      } catch (error) {
        return (error as { code?: string }).code ?? String(error);
      }
    };
    const mutated = fc.tuple(struct, fc.nat(), fc.nat({ max: 255 })).map(([bytes, at, value]) => {
      const copy = new Uint8Array(bytes);
      copy[at % copy.length] = value;
      return copy;
    });
    fc.assert(
      fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 200 })), (bytes) => {
        expect(['read', 'corrupt']).toContain(read(bytes));
      }),
      { numRuns: 2000 },
    );
  });
});
