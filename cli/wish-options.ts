import type { ExplainOptions } from '../index.js';

/** The flags by which a query says who may answer; the library checks them. */
export interface WishFlags {
  readonly policy?: string;
  readonly use?: readonly string[];
  readonly avoid?: readonly string[];
  readonly asOf?: string;
}

export function wishOptions({ policy, use, avoid, asOf }: WishFlags): ExplainOptions {
  return {
    ...(policy === undefined ? {} : { policy: policy as NonNullable<ExplainOptions['policy']> }),
    ...(asOf === undefined ? {} : { asOf: /^\d+$/.test(asOf) ? Number(asOf) : asOf }),
    ...(use === undefined ? {} : { use }),
    ...(avoid === undefined ? {} : { avoid }),
  };
}

/** A flag of a list takes one word, so that the query may stand behind it: with commas, or the flag again, several. */
export function addWords(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, ...text.split(',')];
}
