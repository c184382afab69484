import { DuckDBInstance } from '@duckdb/node-api';
import { entryOfInteger } from '../engine/sketches/sketch-entry.js';
import { Sketch } from '../engine/sketches/sketch.js';
import { relativeErrorBound } from '../model/aggregates.js';
import type { SketchAccuracy } from './sketch-accuracy.js';

const PRECISIONS = [11, 12, 13, 14];
/** The mean of so many squares tells DuckDB's error, which is ten times ours, well enough. */
export const DUCKDB_SETS = 40;
/** An estimate beyond this many times its bound of three sigma is no chance. */
const BOUNDS_MAX = 2;

/** Of DuckDB's approx_count_distinct over the same sets. */
export interface PeerAccuracy {
  readonly distinct: number;
  readonly sets: number;
  readonly rms: number;
}

export interface Accuracies {
  readonly accuracy: readonly SketchAccuracy[];
  readonly duckdb: readonly PeerAccuracy[];
  /** An estimate that is too far off; null: none. */
  readonly fault: string | null;
}

/** Over disjoint sets of integers, `sets` of each size. */
export async function measureAccuracy(
  sizes: readonly number[],
  sets: number,
  seed: number,
): Promise<Accuracies> {
  const accuracy: SketchAccuracy[] = [];
  const duckdb: PeerAccuracy[] = [];
  let fault: string | null = null;
  const instance = await DuckDBInstance.create(':memory:');
  try {
    const connection = await instance.connect();
    for (const distinct of sizes) {
      const ours = new Map(PRECISIONS.map((precision) => [precision, 0]));
      let theirs = 0;
      const peers = Math.min(sets, DUCKDB_SETS);
      for (let set = 0; set < sets; set++) {
        const start = firstOf(set, seed);
        for (const [precision, estimate] of estimatesOf(start, distinct)) {
          const error = estimate / distinct - 1;
          ours.set(precision, (ours.get(precision) ?? 0) + error * error);
          if (Math.abs(error) > BOUNDS_MAX * relativeErrorBound(precision)) {
            fault = `precision ${precision}: ${estimate} estimates ${distinct}`;
          }
        }
        if (set >= peers) continue;
        const sql = `SELECT approx_count_distinct(i) FROM range(${start}, ${start + distinct}) AS t(i)`;
        const [[found]] = (await connection.runAndReadAll(sql)).getRows();
        theirs += (Number(found) / distinct - 1) ** 2;
      }
      for (const [precision, squares] of ours) {
        accuracy.push({ precision, distinct, sets, rms: Math.sqrt(squares / sets) });
      }
      duckdb.push({ distinct, sets: peers, rms: Math.sqrt(theirs / peers) });
    }
  } finally {
    instance.closeSync();
  }
  return { accuracy, duckdb, fault };
}

/** Sets of one seed lie 2^30 apart, and seeds 2^40: 64 of them are told apart. */
function firstOf(set: number, seed: number): number {
  return (seed % 64) * 2 ** 40 + set * 2 ** 30;
}

/** By precision, of the integers from `start` on. */
function estimatesOf(start: number, count: number): [number, number][] {
  const sketches = PRECISIONS.map((precision) => new Sketch(precision));
  for (let value = start; value < start + count; value++) {
    const entry = entryOfInteger(value);
    for (const sketch of sketches) sketch.addEntry(entry);
  }
  return sketches.map((sketch) => [sketch.precision, sketch.estimate()]);
}
