/**
 * Makes a failing case small: parts of the model, the data and the query are left out while it goes on failing in the
 * same way. What was referred to goes with what referred to it.
 */
import type { Case } from './random-case.js';
import { finishModel } from './random-model.js';
import type { ModelParts, RandomModel } from './random-model.js';
import { repairModel } from './repair-model.js';
import type { Failure } from './run-cases.js';

export interface Small {
  readonly model: RandomModel;
  /** Null: it is a build that fails. */
  readonly failed: Case | null;
  readonly failure: Failure;
  readonly tries: number;
}

/** Null when it does not fail. */
export type Attempt = (model: RandomModel, failed: Case | null) => Promise<Failure | null>;

/** What is taken apart. */
interface Parts {
  readonly model: ModelParts;
  readonly failed: Case | null;
}

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** @param timeMs after which it is small enough */
export async function shrinkSample(
  model: RandomModel,
  failure: Failure,
  attempt: Attempt,
  timeMs: number,
): Promise<Small> {
  const { cubes, views, rollups, span, selection } = model;
  let parts: Parts = { model: { cubes, views, rollups, span, selection }, failed: failure.failed };
  let found = failure;
  let tries = 0;
  const end = performance.now() + timeMs;
  const isSmaller = async (smaller: Parts | null): Promise<boolean> => {
    if (smaller === null || performance.now() > end) return false;
    tries += 1;
    const next = await attempt(finishModel(smaller.model), smaller.failed).catch(() => null);
    if (next === null || next.kind !== failure.kind || refusesAnew(found, next)) return false;
    [parts, found] = [smaller, next];
    return true;
  };
  for (let before = ''; before !== JSON.stringify(parts) && performance.now() < end;) {
    before = JSON.stringify(parts);
    for (const place of placesOf(parts)) {
      const list = listAt(parts, place);
      // Halves first, then quarters, and at last one by one.
      for (let size = Math.max(1, list.length >> 1); size >= 1; size = size === 1 ? 0 : size >> 1) {
        for (let at = 0; at < listAt(parts, place).length;) {
          if (!(await isSmaller(without(parts, place, at, size)))) at += size;
        }
      }
    }
    for (const simpler of simplerQueries(parts)) await isSmaller(simpler);
  }
  return { model: finishModel(parts.model), failed: parts.failed, failure: found, tries };
}

/** A refusal that was none before, or another one, comes of what was left out. */
function refusesAnew({ actual: before }: Failure, { actual: after }: Failure): boolean {
  if (after?.kind !== 'refused') return false;
  return before?.kind !== 'refused' || adviceOf(before.message) !== adviceOf(after.message);
}

/** The last sentence, in which no member is named. */
function adviceOf(message: string): string {
  return message.split(/[.:] /).at(-1) ?? '';
}

type Place = readonly (string | number)[];

/** Lists of which elements may go: those of the query first, since they make the rest unneeded. */
function placesOf(parts: Parts): Place[] {
  const places: Place[] = [];
  const visit = (value: Json, place: Place): void => {
    if (typeof value !== 'object' || value === null) return;
    if (Array.isArray(value) && value.length > 0 && mayShrink(place)) places.push(place);
    // What stands last is left out first, so that places before it stay.
    for (const [key, inner] of Object.entries(value).toReversed())
      visit(inner as Json, [...place, Array.isArray(value) ? Number(key) : key]);
  };
  visit(parts.failed as unknown as Json, ['failed']);
  const { rollups, views, cubes } = parts.model;
  visit(rollups as unknown as Json, ['model', 'rollups']);
  visit(views as unknown as Json, ['model', 'views']);
  visit(cubes as unknown as Json, ['model', 'cubes']);
  return places;
}

const PAIRS = new Set(['dateRange', 'built', 'buildRange', 'path', 'own']);

function mayShrink(place: Place): boolean {
  const last = place[place.length - 1];
  // What stands in the model is also told beside it, and goes with that.
  if (PAIRS.has(String(last)) || place.includes('document')) return false;
  // Of a list of lists only pairs of an order are known.
  return !(typeof last === 'number' && place[place.length - 2] === 'order');
}

function listAt(parts: Parts, place: Place): readonly Json[] {
  let value = parts as unknown as Json;
  for (const step of place) value = (value as Record<string | number, Json> | undefined)?.[step] ?? null;
  return Array.isArray(value) ? value : [];
}

function without(parts: Parts, place: Place, at: number, size: number): Parts | null {
  const copy = structuredClone(parts) as unknown as Json;
  const list = listAt(copy as unknown as Parts, place) as Json[];
  if (list.length === 0) return null;
  list.splice(at, size);
  return repaired(copy as unknown as Parts);
}

function repaired({ model, failed }: Parts): Parts {
  return { model: repairModel(model), failed };
}

/** A key of the query or of a rollup less, and trees of filters by their branches. */
function* simplerQueries(parts: Parts): Iterable<Parts> {
  const { model, failed } = parts;
  for (const key of Object.keys(failed?.query ?? {}) as (keyof Query)[])
    yield withQuery(parts, (query) => delete query[key]);
  for (const [at, filter] of (failed?.query.filters ?? []).entries()) {
    const inner = 'and' in filter ? filter.and : 'or' in filter ? filter.or : [];
    for (const branch of inner)
      yield withQuery(parts, (copy) => (copy.filters = replaced(copy.filters, at, branch)));
  }
  for (const [at, time] of (failed?.query.timeDimensions ?? []).entries()) {
    if (typeof time === 'string') continue;
    for (const key of ['granularity', 'dateRange'] as const) {
      const { [key]: dropped, ...rest } = time;
      if (dropped === undefined) continue;
      yield withQuery(parts, (copy) => (copy.timeDimensions = replaced(copy.timeDimensions, at, rest)));
    }
  }
  for (const [at] of model.rollups.entries()) {
    for (const plain of [{ partition: null }, { built: 'all' }, { priority: null }, { buildRange: null }]) {
      const rollups = model.rollups.map((rollup, each) => (each === at ? { ...rollup, ...plain } : rollup));
      if (JSON.stringify(rollups) !== JSON.stringify(model.rollups))
        yield { failed, model: { ...model, rollups: rollups as ModelParts['rollups'] } };
    }
  }
  for (const [at] of model.cubes.entries()) {
    const cubes = model.cubes.map((cube, each) => (each === at ? { ...cube, composite: false } : cube));
    if (model.cubes[at].composite) yield { failed, model: { ...model, cubes } };
  }
  if (model.selection !== 'first') yield { failed, model: { ...model, selection: 'first' } };
}

type Query = { -readonly [Key in keyof Case['query']]: Case['query'][Key] };

function withQuery(parts: Parts, change: (query: Query) => void): Parts {
  const copy = structuredClone(parts);
  if (copy.failed !== null) change(copy.failed.query);
  return copy;
}

function replaced<T>(list: readonly T[] | undefined, at: number, value: T): T[] {
  return (list ?? []).map((item, each) => (each === at ? value : item));
}
