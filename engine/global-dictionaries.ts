import { floorLocal } from '../model/civil-time.js';
import type { DictionaryColumn } from '../model/batch.js';
import { LIMITS } from '../model/limits.js';
import { placed } from '../storage/column-memory.js';
import type { TimeBucket } from '../model/plan.js';
import { grainName } from '../model/schema.js';
import { toLocal } from '../model/timezone.js';
import type { Value } from '../model/value.js';

/**
 * The values that the partitions of one rollup hold in common, one dictionary for each column and each bucketing of
 * a time. Dictionaries only grow: keep an instance as long as the rollup's definition stays.
 */
export class GlobalDictionaries {
  private readonly stored = new Map<string, GlobalDictionary>();
  /** In the order of their last use. */
  private readonly bucketed = new Map<string, GlobalDictionary>();

  of(column: string, bucket: TimeBucket | null): GlobalDictionary {
    if (bucket === null) {
      let dictionary = this.stored.get(column);
      if (dictionary === undefined) this.stored.set(column, (dictionary = new GlobalDictionary(null)));
      return dictionary;
    }
    const grain = bucket.granularity === null ? '' : grainName(bucket.granularity);
    const name = `${grain} ${bucket.timezone} ${column}`;
    const dictionary = this.bucketed.get(name) ?? new GlobalDictionary(bucket);
    this.bucketed.delete(name);
    this.bucketed.set(name, dictionary);
    if (this.bucketed.size > LIMITS.bucketDictionariesMax) {
      const [oldest] = this.bucketed.keys();
      this.bucketed.delete(oldest);
    }
    return dictionary;
  }
}

/** Numbers values from 0 on, NULL among them. */
export class GlobalDictionary {
  readonly values: Value[] = [];
  private readonly bucket: TimeBucket | null;
  /** Holds NaN equal to itself, 0 equal to -0 and bigints equal by value, as `compareValues` does. */
  private readonly ids = new Map<Value, number>();
  private readonly tables = new WeakMap<DictionaryColumn, Int32Array>();

  constructor(bucket: TimeBucket | null) {
    this.bucket = bucket;
  }

  /**
   * The number of each code of a partition's column, the code of NULL included; made once for each column. Where its values
   * are an array, the texts in it become those of the dictionary.
   */
  idsOf(column: DictionaryColumn): Int32Array {
    let table = this.tables.get(column);
    if (table === undefined) {
      const codes = column.values.length + (column.hasNulls ? 1 : 0);
      const ids = new Int32Array(new SharedArrayBuffer(codes * Int32Array.BYTES_PER_ELEMENT));
      const { values } = column;
      const own = Array.isArray(values) ? (values as Value[]) : null;
      values.forEach((value, code) => {
        const id = this.intern(value);
        ids[code] = id;
        // The same text in all partitions: a heap of one for each takes long to collect.
        if (own !== null && typeof value === 'string') own[code] = this.values[id];
      });
      if (column.hasNulls) ids[column.values.length] = this.intern(null);
      // Kernels and workers see it without a copy.
      this.tables.set(column, (table = placed(ids)));
    }
    return table;
  }

  private intern(value: Value): number {
    const key = this.bucket === null || value === null ? value : labelOf(value as number, this.bucket);
    let id = this.ids.get(key);
    if (id === undefined) {
      id = this.values.length;
      this.ids.set(key, id);
      this.values.push(key);
    }
    return id;
  }
}

function labelOf(utcMs: number, { granularity, timezone }: TimeBucket): number {
  const local = toLocal(utcMs, timezone);
  return granularity === null ? local : floorLocal(local, granularity);
}
