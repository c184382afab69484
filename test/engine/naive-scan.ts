/** A scan so simple that it is obviously right: one row at a time, groups in a Map. */
import { expect } from 'vitest';
import { toLocal } from '../../dist/model/timezone.js';
import { floorLocal } from '../../dist/model/civil-time.js';
import { compileTest, type Filter } from '../../dist/model/filter.js';
import type { GroupedBatch } from '../../dist/model/batch.js';
import type { ScanAggregate, ScanKey, ScanPlan } from '../../dist/model/plan.js';
import { canonicalInteger, compareValues, type Value } from '../../dist/model/value.js';
import { KEYS, MEASURES, sketchOf, type Row } from './scan-cases.js';

/** What the engine gave is what the loop gives, group for group, to the last bit. */
export function expectNaive(scan: ScanPlan, batch: GroupedBatch, rows: readonly Row[]): void {
  const actual = groupsOf(scan, batch);
  const expected = naiveScan(scan, rows);
  expect([...actual.keys()].toSorted()).toEqual([...expected.keys()].toSorted());
  for (const [name, values] of expected) {
    values.forEach((value, i) => {
      const given = actual.get(name)![i];
      expect(given, `${scan.aggregates[i].columns.join()} of ${name}`).toEqual(value);
    });
  }
}

/** Groups by the JSON of their keys, each with its aggregates; sketches as their bytes. */
type Groups = ReadonlyMap<string, readonly (Value | Uint8Array)[]>;

function naiveScan(scan: ScanPlan, rows: readonly Row[]): Groups {
  const groups = new Map<string, Row[]>(scan.keys.length === 0 ? [['[]', []]] : []);
  for (const row of rows) {
    if (scan.filter !== null && !passes(scan.filter, row)) continue;
    const name = keyName(scan.keys.map((key) => keyValue(key, row)));
    groups.set(name, [...(groups.get(name) ?? []), row]);
  }
  return new Map(
    [...groups].map(([name, members]) => [name, scan.aggregates.map((each) => aggregate(each, members))]),
  );
}

function groupsOf(scan: ScanPlan, batch: GroupedBatch): Groups {
  const groups = new Map<string, (Value | Uint8Array)[]>();
  for (let row = 0; row < batch.rows; row++) {
    const values = batch.columns.map((column) => column.values[row]);
    const name = keyName(values.slice(0, scan.keys.length) as Value[]);
    if (groups.has(name)) throw new Error(`two groups ${name}`);
    groups.set(name, values.slice(scan.keys.length));
  }
  return groups;
}

function keyName(values: readonly Value[]): string {
  return JSON.stringify(values, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));
}

function keyValue({ column, bucket }: ScanKey, row: Row): Value {
  const value = row[column];
  if (bucket === null || value === null) return value;
  const local = toLocal(value as number, bucket.timezone);
  return bucket.granularity === null ? local : floorLocal(local, bucket.granularity);
}

function passes(filter: Filter, row: Row): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.filters.every((inner) => passes(inner, row));
    case 'or':
      return filter.filters.some((inner) => passes(inner, row));
    case 'test': {
      const spec = KEYS.find(({ name }) => name === filter.member)!;
      return compileTest(filter.test, spec.type)(row[filter.member]);
    }
  }
}

function aggregate(
  { columns: [column], operation, emptyValue }: ScanAggregate,
  rows: readonly Row[],
): Value | Uint8Array {
  const values = rows.map((row) => row[column]).filter((value) => value !== null);
  if (values.length === 0) return emptyValue;
  const sorted = values.toSorted(compareValues);
  switch (operation) {
    case 'min':
      return sorted[0];
    case 'max':
      return sorted[sorted.length - 1];
    case 'sketch':
      // Sets {0, …, n-1} are nested: the union is the largest.
      return sketchOf(sorted[sorted.length - 1] as number).toBytes();
    case 'sum':
      return sumOf(column, values as (number | bigint)[]);
    default:
      throw new Error(`no random scan merges by ${operation}`);
  }
}

function sumOf(column: string, values: readonly (number | bigint)[]): Value {
  const { type } = [...KEYS, ...MEASURES].find(({ name }) => name === column)!;
  if (type.kind !== 'double') {
    return canonicalInteger(values.reduce<bigint>((sum, value) => sum + BigInt(value), 0n));
  }
  const numbers = values as number[];
  if (numbers.some((value) => !Number.isFinite(value))) return numbers.reduce((sum, value) => sum + value, 0);
  // Doubles of the tests are multiples of 2^-20: their sum is exact in integers, and rounded once.
  return Number(numbers.reduce((sum, value) => sum + BigInt(value * 2 ** 20), 0n)) / 2 ** 20;
}
