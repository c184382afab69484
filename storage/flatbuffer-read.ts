/**
 * A table of a FlatBuffer that need not be one: every position is checked, nothing is gone through that the bytes do
 * not hold. Whatever does not fit throws a RangeError.
 */
export class FlatTable {
  readonly #view: DataView;
  readonly #at: number;
  readonly #vtable: number;

  /** @param at of the table */
  private constructor(view: DataView, at: number) {
    this.#view = view;
    this.#at = at;
    this.#vtable = at - view.getInt32(at, true);
    view.getUint16(this.#vtable, true);
  }

  static root(bytes: Uint8Array): FlatTable {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return new FlatTable(view, view.getUint32(0, true));
  }

  /** Null where the field is absent. */
  table(field: number): FlatTable | null {
    const at = this.#target(field);
    return at === null ? null : new FlatTable(this.#view, at);
  }

  /** Empty where the field is absent. */
  tables(field: number): FlatTable[] {
    const { start, count } = this.#vector(field, 4);
    return Array.from({ length: count }, (_, i) => {
      const at = start + i * 4;
      return new FlatTable(this.#view, at + this.#view.getUint32(at, true));
    });
  }

  /** The structs of a vector, so many bytes each. */
  structs(field: number, bytes: number): DataView[] {
    const { start, count } = this.#vector(field, bytes);
    return Array.from(
      { length: count },
      (_, i) => new DataView(this.#view.buffer, this.#view.byteOffset + start + i * bytes, bytes),
    );
  }

  /** Empty where the field is absent. */
  text(field: number): string {
    const { start, count } = this.#vector(field, 1);
    return Buffer.from(this.#view.buffer, this.#view.byteOffset + start, count).toString('utf8');
  }

  #vector(field: number, bytes: number): { readonly start: number; readonly count: number } {
    const at = this.#target(field);
    if (at === null) return { start: 0, count: 0 };
    const count = this.#view.getUint32(at, true);
    if (count * bytes > this.#view.byteLength - at - 4)
      throw new RangeError('A vector ends beyond its buffer.');
    return { start: at + 4, count };
  }

  #target(field: number): number | null {
    const slot = 4 + field * 2;
    if (slot + 2 > this.#view.getUint16(this.#vtable, true)) return null;
    const offset = this.#view.getUint16(this.#vtable + slot, true);
    if (offset === 0) return null;
    const at = this.#at + offset;
    return at + this.#view.getUint32(at, true);
  }
}
