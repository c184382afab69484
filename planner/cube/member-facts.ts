/** What Cube derives from the SQL of members: owners, proxies, leaves, and what joins multiply. */
import { NO_STEP } from '../../model/rolling-window.js';
import type { DataModel, Granularity, Measure, MemberId } from '../../model/schema.js';
import { cubeOf } from '../../model/schema.js';
import { innerParts } from '../../model/sql-parts.js';
import { lookUp } from '../find-member.js';
import { memberClosure, templatesOf } from '../join-tree.js';
import { isMeasure, measureOf } from '../leaf-states.js';
import { minGranularity } from './granularity-hierarchy.js';

/** The members with SQL of their own cube's columns that the given ones are computed from, sorted. */
export function ownedMembers(model: DataModel, members: readonly MemberId[]): readonly MemberId[] {
  return [...memberClosure(model, members)].filter((member) => isOwned(model, member)).toSorted(byCode);
}

/** A member is its cube's own unless its SQL refers to members and to no table. */
function isOwned(model: DataModel, member: MemberId): boolean {
  const { parts } = sqlOf(model, member);
  const inner = [...innerParts(parts)];
  return (
    !inner.some(({ kind }) => kind === 'member' || kind === 'bucket') ||
    inner.some(({ kind }) => kind === 'cube')
  );
}

/** The member for which another stands one to one; null where there is none. Not of a measure with an aggregate. */
export function proxied(model: DataModel, member: MemberId): MemberId | null {
  const { parts, type, filtered, subQuery } = sqlOf(model, member);
  const [part] = parts;
  const plain = type === null || ['number', 'string', 'time', 'boolean'].includes(type);
  return parts.length === 1 && part?.kind === 'member' && plain && !filtered && !subQuery
    ? part.member
    : null;
}

function sqlOf(model: DataModel, member: MemberId) {
  const found = lookUp(model, member);
  const definition = found?.kind === 'measure' ? found.measure : null;
  const type =
    found?.kind === 'measure'
      ? found.measure.type
      : found?.kind === 'dimension'
        ? found.dimension.type
        : null;
  const templates = definition === null ? templatesOf(model, member) : [definition.sql];
  return {
    parts: templates[0]?.parts ?? [],
    type,
    filtered: (definition?.filters.length ?? 0) > 0,
    subQuery: found?.kind === 'dimension' && found.dimension.subQuery,
  };
}

/** The measures that the given ones are made of and that refer to no other measure, each once. */
export function leafMeasures(model: DataModel, measures: readonly MemberId[]): readonly MemberId[] {
  const reached = [...memberClosure(model, measures)].filter((member) => isMeasure(model, member));
  return reached.filter((measure) => innerMeasures(model, measure).length === 0);
}

const ADDITIVE: ReadonlySet<Measure['type']> = new Set([
  'sum',
  'count',
  'count_distinct_approx',
  'min',
  'max',
]);

export function areAdditive(model: DataModel, measures: readonly MemberId[]): boolean {
  return measures.every((measure) => ADDITIVE.has(measureOf(model, measure).type));
}

/** The measures that are computed where joins repeat the rows of their cubes. */
export function multipliedMeasures(
  model: DataModel,
  measures: readonly MemberId[],
  multiplied: ReadonlySet<string>,
): readonly MemberId[] {
  const computed = new Set(measures.flatMap((measure) => computedMeasures(model, measure)));
  return [...computed].filter(
    (measure) => multiplied.has(cubeOf(measure)) && measureOf(model, measure).type !== 'count_distinct',
  );
}

/** The measure itself or, where it is made of measures of several cubes, the parts that are of one cube. */
function computedMeasures(model: DataModel, measure: MemberId): readonly MemberId[] {
  const composite = (member: MemberId): boolean =>
    innerMeasures(model, member).some((inner) => cubeOf(inner) !== cubeOf(member));
  const parts = [...memberClosure(model, [measure])]
    .filter((member) => isMeasure(model, member) && composite(member))
    .flatMap((member) => innerMeasures(model, member).filter((inner) => !composite(inner)));
  return parts.length === 0 ? [measure] : parts;
}

function innerMeasures(model: DataModel, measure: MemberId): readonly MemberId[] {
  return templatesOf(model, measure).flatMap(({ parts }) =>
    parts.flatMap((part) => (part.kind === 'member' && isMeasure(model, part.member) ? [part.member] : [])),
  );
}

/** Cube sorts names by their code units. */
export function byCode(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The finest unit of the windows of cumulative measures, as Cube reads it from their texts. */
export function windowGranularity(model: DataModel, measures: readonly MemberId[]): Granularity | null {
  let finest: Granularity | null = null;
  for (const measure of measures) {
    const { window } = measureOf(model, measure);
    if (window?.kind !== 'fixed') continue;
    for (const step of [window.leading, window.trailing]) {
      const unit = step === NO_STEP ? null : WINDOW_UNITS.find((each) => step?.unit === each);
      finest = minGranularity(finest, unit ?? null);
    }
  }
  return finest;
}

/** Of other units Cube knows nothing here. */
const WINDOW_UNITS = ['day', 'month', 'year', 'week', 'hour'] as const;
