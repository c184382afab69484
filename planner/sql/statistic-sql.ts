/** Statistics in SQL, from their moments. */
import type { SqlComoment, SqlMoment } from './sql-tree.js';

/** As `finishSpread` of the model. */
export function spreadText(statistic: 'variance' | 'stddev', part: (part: SqlMoment) => string): string {
  const variance = `(${part('m2')}) / (${part('count')} - 1)`;
  const value = statistic === 'variance' ? variance : `sqrt(${variance})`;
  return `CASE WHEN ${part('count')} >= 2 THEN ${value} END`;
}

/** As `finishTogether` of the model, but that rounding may lead beyond 1. */
export function togetherText(
  statistic: 'covariance' | 'correlation',
  part: (part: SqlComoment) => string,
): string {
  const two = `${part('count')} >= 2`;
  if (statistic === 'covariance') return `CASE WHEN ${two} THEN (${part('c')}) / (${part('count')} - 1) END`;
  const [x, y] = [part('m2X'), part('m2Y')];
  const value = `(${part('c')}) / (sqrt(${x}) * sqrt(${y}))`;
  return `CASE WHEN ${two} AND (${x}) <> 0 AND (${y}) <> 0 THEN ${value} END`;
}
