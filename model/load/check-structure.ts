import { z } from 'zod';

import { nodeAt, plainOf, type Located } from './located.js';
import type { Problems } from './problems.js';
import { modelFile, type CubeText, type ViewText } from './structure.js';

export interface FileText {
  readonly cubes: readonly CubeText[];
  readonly views: readonly ViewText[];
}

/** What a normalised file defines, or null when its structure has faults, which go to `problems`. */
export function checkStructure(file: Located, problems: Problems): FileText | null {
  const result = modelFile.safeParse(plainOf(file), { error: (issue) => explain(issue, problems) });
  if (result.success) return { cubes: result.data.cubes ?? [], views: result.data.views ?? [] };
  for (const issue of result.error.issues) {
    if (issue.code === 'unrecognized_keys') addUnknownKeys(file, issue, problems);
    else addIssue(file, issue, problems);
  }
  return null;
}

function addUnknownKeys(file: Located, issue: z.core.$ZodIssueUnrecognizedKeys, problems: Problems): void {
  const node = nodeAt(file, issue.path);
  if (node?.kind !== 'map') return;
  for (const key of issue.keys) {
    const place = node.entries.get(key)?.key ?? node.place;
    problems.add(place, `unknown key${problems.hint(key, keysAt(modelFile, issue.path))}`);
  }
}

/** At the value; where it is missing, at the map that lacks it. */
function addIssue(file: Located, issue: z.core.$ZodIssue, problems: Problems): void {
  const node = nodeAt(file, issue.path);
  if (node !== null) return problems.add(node.place, issue.message);
  const parent = nodeAt(file, issue.path.slice(0, -1)) ?? file;
  problems.add(parent.place, `\`${String(issue.path.at(-1))}\` is missing`);
}

/** Message of an issue for which the structure has none of its own. */
function explain(issue: z.core.$ZodRawIssue, problems: Problems): string {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${WORD_OF_TYPE[issue.expected] ?? issue.expected}, got ${describe(issue.input)}`;
    case 'invalid_value':
      return explainWord(issue.input, issue.values.map(String), problems);
    case 'too_small':
      return typeof issue.input === 'number' ? `at least ${issue.minimum}` : 'is empty';
    case 'too_big':
      return `at most ${issue.maximum}`;
    default:
      return 'is not valid';
  }
}

const WORD_OF_TYPE: Readonly<Record<string, string>> = {
  string: 'text',
  boolean: 'true or false',
  number: 'a number',
  int: 'a whole number',
  array: 'a list',
  object: 'a map',
};

function describe(value: unknown): string {
  if (value === null) return 'nothing';
  if (typeof value === 'string') return 'text';
  if (Array.isArray(value)) return 'a list';
  if (typeof value !== 'object') return `${JSON.stringify(value)} (put text in quotes)`;
  return 'a map (put text with {…} in quotes)';
}

/** Types that Cube has and that are not executed yet. */
const TYPES_NOT_YET = new Set(['geo', 'switch', 'rank', 'number_agg', 'string', 'boolean', 'time']);

function explainWord(word: unknown, words: readonly string[], problems: Problems): string {
  if (typeof word !== 'string') return `expected one of ${words.join(', ')}`;
  if (TYPES_NOT_YET.has(word)) return `not supported yet: the type \`${word}\`; one of ${words.join(', ')}`;
  const hint = problems.hint(word, words);
  return `unknown \`${word}\`${hint === '' ? `: one of ${words.join(', ')}` : hint}`;
}

/** The keys that the structure knows at a path. */
function keysAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] {
  let at: z.core.$ZodType | undefined = schema;
  for (const step of path) {
    at = unwrap(at);
    if (at instanceof z.ZodArray) at = at.element;
    else if (at instanceof z.ZodObject) at = at.shape[String(step)];
    else return [];
  }
  at = unwrap(at);
  return at instanceof z.ZodObject ? Object.keys(at.shape) : [];
}

function unwrap(schema: z.core.$ZodType | undefined): z.core.$ZodType | undefined {
  return schema instanceof z.ZodOptional ? schema.unwrap() : schema;
}
