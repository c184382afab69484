/**
 * Answers by plan, so that what was asked before is not scanned again. A plan is of one snapshot, and so is its answer:
 * nothing need be taken back. They are kept by columns, and each caller gets rows of its own.
 */
import type { QueryAnswer } from './engine/run-query.js';
import type { Value } from './model/value.js';
import { BoundedCache } from './store-bounded-cache.js';
import type { AnswerPlan } from './store-plan.js';

type KeptAnswer = Omit<QueryAnswer, 'data'>;

export class AnswerCache {
  readonly #answers: BoundedCache<KeptAnswer>;
  readonly #isOff: boolean;

  /** @param bytesMax 0: nothing is kept */
  constructor(bytesMax: number) {
    this.#answers = new BoundedCache(Infinity, bytesMax);
    this.#isOff = bytesMax === 0;
  }

  /** With rows that the caller may change; null: it has to be scanned. */
  take(plan: AnswerPlan, numbers: 'string' | 'native'): QueryAnswer | null {
    const kept = this.#isOff || plan.keptAs === null ? null : this.#answers.take(keyOf(plan.keptAs, numbers));
    if (kept === null) return null;
    return { ...kept, data: plan.prepared.makeRows(kept.columns, kept.rows) };
  }

  /** Nothing of what the source has a part in: it may change without a publish. */
  keep(plan: AnswerPlan, numbers: 'string' | 'native', answer: QueryAnswer): void {
    if (this.#isOff || plan.keptAs === null) return;
    if (plan.prepared.plan.pieces.some(({ kind }) => kind === 'source')) return;
    const { data: _, ...kept } = answer;
    this.#answers.keep(keyOf(plan.keptAs, numbers), kept, bytesOf(kept));
  }

  /** Of a snapshot that is gone. */
  clear(): void {
    this.#answers.clear();
  }
}

function keyOf(plan: number, numbers: 'string' | 'native'): string {
  return `${plan} ${numbers}`;
}

/** Near enough for a budget. */
function bytesOf({ columns }: KeptAnswer): number {
  let bytes = ANSWER_BYTES;
  for (const column of columns) for (const value of column) bytes += bytesOfValue(value);
  return bytes;
}

const ANSWER_BYTES = 500;

function bytesOfValue(value: Value): number {
  return typeof value === 'string' ? 24 + 2 * value.length : typeof value === 'bigint' ? 40 : 16;
}
