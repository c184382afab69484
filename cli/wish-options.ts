import type { ExplainOptions } from '../index.js';

/** The flags by which a query says who may answer; the library checks them. */
export interface WishFlags {
  readonly policy: string;
  readonly use?: readonly string[];
  readonly avoid?: readonly string[];
}

export function wishOptions({ policy, use, avoid }: WishFlags): ExplainOptions {
  return {
    policy: policy as NonNullable<ExplainOptions['policy']>,
    ...(use === undefined ? {} : { use }),
    ...(avoid === undefined ? {} : { avoid }),
  };
}

/** A flag of a list takes one word, so that the query may stand behind it: with commas, or the flag again, several. */
export function addWords(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, ...text.split(',')];
}
