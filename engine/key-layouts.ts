/**
 * What makes the next scan by a key of nearly as many values as rows quicker: the slots of its rows, row by row, or its rows
 * in the order of their slots. Both are made from the second time on, and stay as long as the columns that they are of.
 */
import type { DictionaryColumn, NarrowColumn } from '../model/batch.js';
import { LIMITS } from '../model/limits.js';
import { allocateIn } from '../storage/column-memory.js';
import type { GlobalDictionary } from './global-dictionaries.js';
import { KeyOrder } from './key-order.js';
import type { Codes, OrderedRows } from './scan-task.js';

/**
 * Rows for each value of a partition, from which what rows of one value come to, numbered afterwards, costs less than to
 * number each row.
 */
export const FOLDED_ROWS = 2;

export interface KeyLayout {
  /** As `SliceKey` has it. */
  readonly rowSlots: Uint32Array | null;
  /** As `ScanSlice` has it. */
  readonly ordered: OrderedRows | null;
}

export const NOT_LAID_OUT: KeyLayout = { rowSlots: null, ordered: null };

/** Of the columns whose values one dictionary numbers. */
interface Known {
  readonly asked: WeakSet<DictionaryColumn>;
  readonly rowSlots: WeakMap<DictionaryColumn, Uint32Array>;
  readonly orders: WeakMap<DictionaryColumn, KeyOrder | 'scattered'>;
}

const knownLayouts = new WeakMap<GlobalDictionary, Known>();

function knownOf(dictionary: GlobalDictionary): Known {
  let known = knownLayouts.get(dictionary);
  if (known === undefined) {
    known = { asked: new WeakSet(), rowSlots: new WeakMap(), orders: new WeakMap() };
    knownLayouts.set(dictionary, known);
  }
  return known;
}

/** Of one scan, which makes those of so many rows: the others wait for the next. */
export class KeyLayouts {
  private readonly dictionary: GlobalDictionary;
  private readonly known: Known;
  private readonly isEager: boolean;
  private room: number = LIMITS.laidOutRowsPerScan;
  private areMoreDue = false;

  /**
   * @param dictionary whose numbers are the slots
   * @param isEager from the first time on, however many rows and values there are
   */
  constructor(dictionary: GlobalDictionary, isEager: boolean) {
    this.dictionary = dictionary;
    this.known = knownOf(dictionary);
    this.isEager = isEager;
  }

  /** Whether the same scan would be given the same layouts. */
  get isSettled(): boolean {
    return !this.areMoreDue;
  }

  /** @param summed what is added up of all rows of the partition; null: something else is asked */
  of(column: DictionaryColumn, summed: readonly NarrowColumn[] | null): KeyLayout {
    if (!this.isDue(column)) return NOT_LAID_OUT;
    const slots = this.dictionary.idsOf(column);
    const ordered = summed === null ? null : this.orderedRows(column, slots, summed);
    return { ordered, rowSlots: ordered === null ? this.rowSlots(column, slots) : null };
  }

  private isDue(column: DictionaryColumn): boolean {
    const rows = column.codes.length;
    if (rows > LIMITS.laidOutRowsMax) return false;
    if (this.isEager) return true;
    if (rows < LIMITS.laidOutRowsMin || rows >= FOLDED_ROWS * this.dictionary.idsOf(column).length)
      return false;
    const { asked } = this.known;
    if (asked.has(column)) return true;
    asked.add(column);
    this.areMoreDue = true;
    return false;
  }

  private rowSlots(column: DictionaryColumn, slots: Int32Array): Uint32Array | null {
    const { codes } = column;
    const known = this.known.rowSlots.get(column);
    if (known !== undefined) return known;
    const rowSlots = this.takeRoom(codes.length) ? allocateIn(Uint32Array, codes.length) : null;
    if (rowSlots === null) return null;
    for (let row = 0; row < codes.length; row++) rowSlots[row] = slots[codes[row]];
    this.known.rowSlots.set(column, rowSlots);
    return rowSlots;
  }

  private orderedRows(
    column: DictionaryColumn,
    slots: Int32Array,
    summed: readonly NarrowColumn[],
  ): OrderedRows | null {
    const { codes: keys } = column;
    const order = this.orderOf(column, slots);
    if (order === null) return null;
    const codes: Codes[] = [];
    for (const each of summed) {
      const own =
        order.knownCodesOf(each) ?? (this.takeRoom(keys.length) ? order.codesOf(each, keys, slots) : null);
      if (own === null) return null;
      codes.push(own);
    }
    return { first: order.first, steps: order.steps, codes };
  }

  private orderOf(column: DictionaryColumn, slots: Int32Array): KeyOrder | null {
    const { orders } = this.known;
    let order = orders.get(column) ?? null;
    if (order === null && this.takeRoom(column.codes.length)) {
      order = KeyOrder.of(column.codes, slots);
      if (order !== null) orders.set(column, order);
    }
    return order === 'scattered' ? null : order;
  }

  private takeRoom(rows: number): boolean {
    if (rows > this.room && this.room < LIMITS.laidOutRowsPerScan) {
      this.areMoreDue = true;
      return false;
    }
    this.room -= rows;
    return true;
  }
}
