import type { Candidate, CubeQueryDocument, Fix, QueryMeta } from '../index.js';
import type { Verdict } from './compare-answers.js';

/** All that `granary try` found out: what it prints with --json, and what the report shows. */
export interface TryResult {
  /** What was tried: a file's name, or the name of the demo. */
  readonly title: string;
  /** Of the source's main table. */
  readonly rows: number;
  readonly rollups: readonly TriedRollup[];
  readonly runs: readonly QuestionRun[];
  readonly machine: string;
  /** ISO day. */
  readonly date: string;
}

export interface TriedRollup {
  readonly id: string;
  readonly rows: number;
  readonly bytes: number;
  readonly partitions: number;
  readonly buildMs: number;
}

/** One query, answered both ways. */
export interface QuestionRun {
  readonly title: string;
  readonly query: CubeQueryDocument;
  /** Medians. For an estimate the source counts the distinct values exactly. */
  readonly rawMs: number;
  readonly granaryMs: number;
  readonly meta: QueryMeta;
  readonly answerRows: number;
  readonly verdict: Verdict;
  readonly candidates: readonly Candidate[];
  /** Where no rollup answers: the smallest change that lets one. */
  readonly fix: Fix | null;
}
