/** A logarithmic axis between whole powers of ten. */
export interface LogScale {
  /** Powers of ten, both ends included. */
  readonly ticks: readonly number[];
  /** Position of a value; what lies below the axis is put at its start. */
  at(value: number): number;
}

/** @param start position of the smallest tick; `end` that of the largest */
export function logScale(values: readonly number[], start: number, end: number): LogScale {
  const positive = values.filter((value) => value > 0 && Number.isFinite(value));
  const low = Math.floor(Math.log10(Math.min(1, ...positive)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...positive, 1))));
  return {
    ticks: Array.from({ length: high - low + 1 }, (_, step) => Number(`1e${low + step}`)),
    at(value) {
      const share = (Math.log10(Math.max(value, 10 ** low)) - low) / (high - low);
      return start + Math.min(1, share) * (end - start);
    },
  };
}
