import { isAscii, isUtf8 } from 'node:buffer';
import type { Dictionary } from '../model/batch.js';
import { StoreError } from '../model/errors.js';

/**
 * The texts of a dictionary as the bytes that stand in its file. Many of them are never looked at: a filter on one text
 * finds it among sorted ones, and who only sums needs none.
 */
export class LazyTexts implements Dictionary {
  readonly length: number;
  readonly #offsets: Int32Array;
  readonly #bytes: Buffer;
  readonly #isAscii: boolean;
  #asked = 0;
  /** All of them, until the next full collection. */
  #texts: WeakRef<readonly string[]> | null = null;

  /**
   * @param offsets count + 1, in bytes
   * @throws StoreError `corrupt` where they are not those of texts in UTF-8
   */
  constructor(offsets: Int32Array, bytes: Uint8Array) {
    const count = offsets.length - 1;
    for (let i = 0; i < count; i++) if (offsets[i] > offsets[i + 1]) throw badOffsets();
    if (offsets[0] !== 0 || offsets[count] !== bytes.byteLength) throw badOffsets();
    this.length = count;
    this.#offsets = offsets;
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#isAscii = isAscii(bytes);
    if (this.#isAscii) return;
    // No text begins within a character.
    const isCut = offsets.some((at) => at < bytes.length && (bytes[at] & 0xc0) === 0x80);
    if (isCut || !isUtf8(bytes)) throw new StoreError('corrupt', 'A dictionary holds text that is no UTF-8.');
  }

  get byteLength(): number {
    return this.#offsets.byteLength + this.#bytes.byteLength;
  }

  at(code: number): string | undefined {
    if (code < 0 || code >= this.length) return undefined;
    const known = this.#texts?.deref();
    if (known !== undefined) return known[code];
    return ++this.#asked * ASKED_SHARE > this.length ? this.#all()[code] : this.#text(code);
  }

  forEach(use: (text: string, code: number) => void): void {
    this.#all().forEach(use);
  }

  [Symbol.iterator](): Iterator<string> {
    return this.#all()[Symbol.iterator]();
  }

  #text(code: number): string {
    const [start, end] = [this.#offsets[code], this.#offsets[code + 1]];
    return this.#bytes.toString(this.#isAscii ? 'latin1' : 'utf8', start, end);
  }

  #all(): readonly string[] {
    const known = this.#texts?.deref();
    if (known !== undefined) return known;
    const texts = this.#isAscii ? this.#cut() : Array.from({ length: this.length }, (_, i) => this.#text(i));
    this.#asked = 0;
    this.#texts = new WeakRef(texts);
    return texts;
  }

  /** Cut from one text where a byte is a character: much faster than to decode each. */
  #cut(): string[] {
    const offsets = this.#offsets;
    const texts: string[] = [];
    for (let from = 0; from < this.length; from += TEXTS_AT_A_TIME) {
      const to = Math.min(from + TEXTS_AT_A_TIME, this.length);
      const joined = this.#bytes.toString('latin1', offsets[from], offsets[to]);
      for (let i = from; i < to; i++)
        texts.push(joined.slice(offsets[i] - offsets[from], offsets[i + 1] - offsets[from]));
    }
    return texts;
  }
}

/** Once one in so many was asked for, all are decoded. */
const ASKED_SHARE = 8;
const TEXTS_AT_A_TIME = 1_024;

function badOffsets(): StoreError {
  return new StoreError('corrupt', 'The offsets of a dictionary are not those of its texts.');
}
