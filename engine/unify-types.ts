import type { LogicalType } from '../model/value.js';

/** The type that holds all values of both, each exactly; null: there is none. */
export function unifyTypes(a: LogicalType, b: LogicalType): LogicalType | null {
  const [scaleA, scaleB] = [scaleOf(a), scaleOf(b)];
  if (scaleA !== null && scaleB !== null) return scaleA >= scaleB ? a : b;
  if (a.kind !== b.kind) return null;
  return a;
}

/** Digits behind the point of an exact number; null for all else. */
export function scaleOf(type: LogicalType): number | null {
  if (type.kind === 'decimal') return type.scale;
  return type.kind === 'integer' ? 0 : null;
}
