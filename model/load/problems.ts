/** Gathers everything that is wrong with a model, so that the user hears of all of it at once. */
import { assert } from '../assert.js';
import { StoreError, formatPosition, type Position } from '../errors.js';
import { LIMITS } from '../limits.js';
import { suggest } from '../suggest.js';
import type { ModelWarning, WarningCode } from '../schema.js';
import { pathOf, positionOf, type Place } from './located.js';

interface Problem {
  readonly order: number;
  readonly position: Position;
  /** `path: message` */
  readonly text: string;
}

interface FoundWarning extends ModelWarning {
  readonly order: number;
}

export class Problems {
  readonly #found: Problem[] = [];
  readonly #warnings: FoundWarning[] = [];
  /** What is inherited is looked at in every cube that inherits it. */
  readonly #told = new Set<string>();
  #count = 0;
  #repeated = 0;

  get count(): number {
    return this.#count;
  }

  /** No further problem is kept: where exactly it lies need not be found out. */
  get isFull(): boolean {
    return this.#found.length >= LIMITS.modelProblemsKept;
  }

  /** `. Did you mean `x`?`, or nothing: for the end of a message. */
  hint(word: string, ...candidates: readonly Iterable<string>[]): string {
    // To search through all names for each of very many faults would take long and help nobody.
    if (this.#count >= LIMITS.modelSuggestionsMax) return '';
    const found = suggest(word, firstOf(candidates, LIMITS.modelCandidatesMax));
    return found === null ? '' : `. Did you mean \`${found}\`?`;
  }

  /** `position`: where exactly, when the place holds more than the fault. */
  add(place: Place, message: string, position: Position = positionOf(place)): void {
    this.#count++;
    if (this.isFull) return;
    const path = pathOf(place);
    const text = shorten(path === '' ? message : `${path}: ${message}`);
    const key = `${formatPosition(position)}: ${text}`;
    if (this.#told.has(key)) {
      this.#repeated++;
      return;
    }
    this.#told.add(key);
    this.#found.push({ order: place.source.order, position, text });
  }

  /** For what is allowed and probably not meant. */
  warn(place: Place, code: WarningCode, message: string): void {
    if (this.#warnings.length >= LIMITS.modelWarningsKept) return;
    const position = positionOf(place);
    const path = pathOf(place);
    this.#warnings.push({ order: place.source.order, code, message: shorten(message), position, path });
  }

  /** In the order of the files and lines. */
  warnings(): ModelWarning[] {
    return this.#warnings.toSorted(byPlace).map(({ order: _order, ...warning }) => warning);
  }

  /** Adds the problem and throws at once: for what makes reading on pointless or endless. */
  stop(place: Place, message: string): never {
    this.add(place, message);
    return this.#throw();
  }

  throwIfAny(): void {
    if (this.#count > 0) this.#throw();
  }

  /** One StoreError with the problems in the order of the files and lines. */
  #throw(): never {
    const sorted = this.#found.toSorted(byPlace);
    const [first, ...rest] = sorted.slice(0, LIMITS.modelProblemsShown);
    assert(first !== undefined, 'an error needs a problem');
    const lines = [first.text, ...rest.map(({ position, text }) => `${formatPosition(position)}: ${text}`)];
    const hidden = this.#count - this.#repeated - lines.length;
    if (hidden > 0) lines.push(`and ${hidden} more errors`);
    throw new StoreError('model_invalid', lines.join('\n'), { position: first.position });
  }
}

function byPlace(a: Ordered, b: Ordered): number {
  return a.order - b.order || a.position.line - b.position.line || a.position.column - b.position.column;
}

type Ordered = Pick<Problem, 'order' | 'position'>;

/** One line of bounded length: names and keys come from the file and may hold anything. */
function shorten(text: string): string {
  const most = LIMITS.modelProblemChars;
  const line = text.slice(0, most + 1).replace(/\s*[\r\n]\s*/g, ' ');
  return line.length <= most ? line : `${line.slice(0, most)}…`;
}

function firstOf(lists: readonly Iterable<string>[], most: number): string[] {
  const first: string[] = [];
  for (const list of lists) {
    for (const word of list) {
      if (first.length === most) return first;
      first.push(word);
    }
  }
  return first;
}
