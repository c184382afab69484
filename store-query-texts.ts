/** The text of a query by which its plan is kept; of an object that is given again, without making it anew. */
import { hasShape, jsonShape, type JsonShape } from './model/json-shape.js';
import { LIMITS } from './model/limits.js';
import { plainJson } from './model/plain-json.js';

export class QueryTexts {
  /** Null: seen once. What is inside is looked at each time: whoever gave it may have changed it. */
  readonly #known = new WeakMap<object, { readonly text: string; readonly shape: JsonShape } | null>();

  /** Null: it is no plain data, or too much of it. */
  of(query: unknown): string | null {
    if (typeof query !== 'object' || query === null) return textOf({ query });
    const known = this.#known.get(query);
    if (known !== undefined && known !== null && hasShape(query, known.shape)) return known.text;
    const text = textOf({ query });
    if (text === null || known === undefined) this.#known.set(query, null);
    else this.#known.set(query, { text, shape: jsonShape((JSON.parse(text) as { query: unknown }).query) });
    return text;
  }
}

export function textOf(asked: object): string | null {
  return plainJson(asked, 2 * LIMITS.queryDepthMax, LIMITS.planTextChars);
}
