import {
  Composer,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  Parser,
  type Alias,
  type Document,
  type ParsedNode,
  type YAMLMap,
} from 'yaml';

import { LIMITS } from '../limits.js';
import {
  TOO_DEEP,
  TOO_MANY,
  type Located,
  type LocatedEntry,
  type LocatedScalar,
  type Place,
  type Source,
  type ValueBudget,
} from './located.js';
import type { Problems } from './problems.js';

/**
 * Reads one YAML 1.2 document, with merge keys (`<<`) and aliases expanded. Faults of the text go to `problems`, and
 * the result is then null, as it is for an empty file. Bounded in bytes, depth and number of values; an alias counts
 * as often as it is used.
 */
export function parseYaml(
  file: string,
  order: number,
  text: string,
  budget: ValueBudget,
  problems: Problems,
): Located | null {
  return new YamlReader(file, order, text, budget, problems).read();
}

/** Characters that YAML forbids: a file with one of them is no text. */
// oxlint-disable-next-line no-control-regex
const CONTROL_CHARACTER = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/;

const TOO_MUCH = `more than ${LIMITS.modelLexemesMax} tokens in one file; split it`;

type LocatedEntries = ReadonlyMap<string, LocatedEntry>;

class YamlReader {
  readonly #lines = new LineCounter();
  readonly #source: Source;
  readonly #budget: ValueBudget;
  readonly #problems: Problems;
  readonly #anchors = new Map<string, ParsedNode>();

  constructor(file: string, order: number, text: string, budget: ValueBudget, problems: Problems) {
    this.#source = { file, order, text: text.replace(/^\uFEFF/, ''), lines: this.#lines };
    this.#budget = budget;
    this.#problems = problems;
  }

  read(): Located | null {
    const before = this.#problems.count;
    const document = this.#checkText() ? this.#onlyDocument(this.#compose()) : null;
    const root = document?.contents ?? null;
    if (root === null || (isScalar(root) && root.value === null)) return null;
    const located = this.#locate(root, this.#place(root.range[0], root.range[1]), 0);
    return this.#problems.count > before ? null : located;
  }

  #checkText(): boolean {
    const { text } = this.#source;
    this.#lines.addNewLine(0);
    if (Buffer.byteLength(text) > LIMITS.modelBytesMax) {
      this.#fault(0, `the file is larger than ${LIMITS.modelBytesMax} bytes; split it`);
      return false;
    }
    const control = CONTROL_CHARACTER.exec(text);
    if (control === null) return true;
    for (let at = text.indexOf('\n'); at >= 0 && at < control.index; at = text.indexOf('\n', at + 1)) {
      this.#lines.addNewLine(at + 1);
    }
    this.#fault(control.index, 'a control character: this is not a text file');
    return false;
  }

  #compose(): Document.Parsed[] {
    const { text } = this.#source;
    const parser = new Parser(this.#lines.addNewLine);
    const composer = new Composer({ prettyErrors: false, uniqueKeys: false, merge: true });
    const documents: Document.Parsed[] = [];
    let lexemes = 0;
    let errors = 0;
    for (const lexeme of new Lexer().lex(text)) {
      for (const token of parser.next(lexeme)) {
        documents.push(...composer.next(token));
        if (token.type === 'error') errors++;
      }
      // The composer recurses into the finished tree, so depth is bounded while the tree grows.
      if (parser.stack.length > 2 * LIMITS.modelDepthMax) this.#stop(this.#place(parser.offset), TOO_DEEP);
      if (++lexemes > LIMITS.modelLexemesMax) this.#stop(this.#place(parser.offset), TOO_MUCH);
      if (errors >= LIMITS.modelSyntaxErrorsMax) break;
    }
    for (const token of parser.end()) documents.push(...composer.next(token));
    documents.push(...composer.end(true, text.length));
    return documents;
  }

  #onlyDocument(documents: readonly Document.Parsed[]): Document.Parsed | null {
    const faults = documents.flatMap((document) => [...document.errors, ...document.warnings]);
    const template = faults.length > 0 ? /\{%|\{\{/.exec(this.#source.text) : null;
    if (template !== null) {
      this.#fault(template.index, 'templates (Jinja) are not supported yet');
      return null;
    }
    for (const fault of faults) this.#fault(fault.pos[0], `not valid YAML: ${fault.message}`);
    const [first, second] = documents;
    if (second !== undefined) this.#fault(second.range[0], 'a second document: write one document per file');
    return faults.length > 0 || second !== undefined ? null : (first ?? null);
  }

  #locate(node: ParsedNode, place: Place, depth: number): Located {
    if (depth > LIMITS.modelDepthMax) this.#stop(place, TOO_DEEP);
    if (--this.#budget.left < 0) this.#stop(place, TOO_MANY);
    if (isAlias(node)) return this.#locateAlias(node, place, depth);
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node);
    if (isMap(node)) return { kind: 'map', entries: this.#locateEntries(node, place, depth), place };
    if (isSeq(node)) {
      const items = node.items.map((item, index) =>
        this.#locate(item, this.#place(item.range[0], item.range[1], place, index), depth + 1),
      );
      return { kind: 'list', items, place };
    }
    const { value } = node;
    if (value !== null && !['string', 'boolean', 'number'].includes(typeof value)) {
      this.#problems.add(place, 'this kind of value has no place in a model');
    }
    return { kind: 'scalar', value: value as LocatedScalar['value'], place };
  }

  /** What an alias stands for, under the path of the alias and at the position of its anchor. */
  #locateAlias(alias: Alias.Parsed, place: Place, depth: number): Located {
    const target = this.#anchors.get(alias.source);
    if (target === undefined) this.#stop(place, `no anchor &${alias.source} before this alias`);
    const [start, end] = target.range;
    return this.#locate(target, { ...place, start, end }, depth + 1);
  }

  /** A map's own entries, then those of its merge keys: the first one of a name wins. */
  #locateEntries(map: YAMLMap.Parsed, place: Place, depth: number): Map<string, LocatedEntry> {
    const entries = new Map<string, LocatedEntry>();
    const merged: LocatedEntries[] = [];
    for (const { key: name, value } of map.items) {
      const [start, end] = name.range;
      // The parser gives a merge key a symbol as its value.
      if (isScalar(name) && typeof name.value === 'symbol') {
        const nodes = isSeq(value) ? value.items : [value ?? name];
        for (const node of nodes) merged.push(this.#locateMerged(node, place, depth));
        continue;
      }
      const step = isScalar(name) ? String(name.value) : '';
      const key = this.#place(start, end, place, step);
      if (!isScalar(name) || name.value === null) this.#problems.add(key, 'a key must be text');
      else if (entries.has(step)) this.#problems.add(key, `the key \`${step}\` is written twice`);
      const [from, to] = value?.range ?? [end, end];
      const at = this.#place(from, to, place, step);
      entries.set(step, {
        key,
        value:
          value === null ? { kind: 'scalar', value: null, place: at } : this.#locate(value, at, depth + 1),
      });
    }
    for (const from of merged) {
      for (const [step, entry] of from) if (!entries.has(step)) entries.set(step, entry);
    }
    return entries;
  }

  /** The entries of a merged map, under the path of the map that merges it. */
  #locateMerged(node: ParsedNode, place: Place, depth: number): LocatedEntries {
    const from = isScalar(node) ? null : this.#locate(node, place, depth + 1);
    if (from?.kind === 'map') return from.entries;
    this.#fault(node.range[0], '`<<` merges a map or a list of maps');
    return new Map();
  }

  #place(
    start: number,
    end = start,
    parent: Place | null = null,
    step: string | number | null = null,
  ): Place {
    return { source: this.#source, start, end, parent, step };
  }

  #fault(offset: number, message: string): void {
    this.#problems.add(this.#place(offset), message);
  }

  #stop(place: Place, message: string): never {
    return this.#problems.stop(place, message);
  }
}
