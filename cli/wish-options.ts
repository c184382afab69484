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
