/**
 * What a filter means. A filter is a tree of tests; a test looks at one member and is true or false for every
 * value, NULL included, so that trees need no third truth value.
 */
import type { MemberId } from './schema.js';

export type Filter =
  | { readonly kind: 'and'; readonly filters: readonly Filter[] }
  | { readonly kind: 'or'; readonly filters: readonly Filter[] }
  | { readonly kind: 'test'; readonly member: MemberId; readonly test: Test };

export type Test =
  /** The value is one of `values`, or NULL and `orNull`. `negated` turns the answer round. */
  | {
      readonly kind: 'oneOf';
      readonly values: readonly Literal[];
      readonly orNull: boolean;
      readonly negated: boolean;
    }
  /**
   * The text contains, starts or ends with one of `needles`, whatever their case. `negated`: with none of them;
   * NULL then passes.
   */
  | {
      readonly kind: 'text';
      readonly match: 'contains' | 'startsWith' | 'endsWith';
      readonly needles: readonly string[];
      readonly negated: boolean;
    }
  | {
      readonly kind: 'compare';
      readonly operator: '<' | '<=' | '>' | '>=';
      readonly value: Literal;
    }
  | { readonly kind: 'isNull'; readonly negated: boolean }
  /** A time in the half-open range; null: unbounded. `negated`: outside of it; NULL never passes. */
  | {
      readonly kind: 'timeRange';
      readonly from: number | null;
      readonly to: number | null; // exclusive
      readonly negated: boolean;
    };

/** A constant of a query, parsed by the type of the member that it is compared with. */
export type Literal =
  | { readonly kind: 'string'; readonly value: string }
  /** Exactly digits / 10^scale. */
  | { readonly kind: 'number'; readonly digits: bigint; readonly scale: number }
  | { readonly kind: 'boolean'; readonly value: boolean }
  /** Milliseconds since the epoch, UTC. */
  | { readonly kind: 'time'; readonly value: number };
