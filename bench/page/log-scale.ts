/** A logarithmic axis that begins and ends at 1, 2 or 5 times a power of ten. */
export interface LogScale {
  /** Pixels. */
  readonly at: (value: number) => number;
  /** Powers of ten, and where they are few also 2 and 5 times them. */
  readonly ticks: readonly number[];
}

const STEPS = [1, 2, 5];
/** Decades from which on powers of ten are enough. */
const MANY_DECADES = 3;

/** @param values positive, at least one */
export function logScale(values: readonly number[], from: number, to: number): LogScale {
  const lowest = Math.min(...values);
  const highest = Math.max(...values);
  const steps = stepsAround(lowest, highest);
  const low = steps.findLast((step) => step <= lowest) ?? steps[0];
  const high = steps.find((step) => step >= highest && step > low) ?? steps[steps.length - 1];
  const decades = Math.log10(high / low);
  const within = steps.filter((step) => step >= low && step <= high);
  return {
    at: (value) => from + (Math.log10(value / low) / decades) * (to - from),
    ticks: decades < MANY_DECADES ? within : within.filter((step) => Number.isInteger(log10(step))),
  };
}

/** Every step from below the lowest value to above the highest. */
function stepsAround(lowest: number, highest: number): number[] {
  const first = Math.floor(Math.log10(lowest)) - 1;
  const last = Math.ceil(Math.log10(highest)) + 1;
  return Array.from({ length: last - first + 1 }, (_, power) => first + power).flatMap((power) =>
    STEPS.map((step) => Number(`${step}e${power}`)),
  );
}

/** Of a step: whole for powers of ten, which `Math.log10` alone would miss by a digit. */
function log10(step: number): number {
  return Number(Math.log10(step).toFixed(9));
}

/** `0.01`, `100`, `10 k`, `1 M` */
export function tickText(value: number): string {
  if (value >= 1e6) return `${shortest(value / 1e6)} M`;
  if (value >= 1e4) return `${shortest(value / 1e3)} k`;
  return shortest(value);
}

function shortest(value: number): string {
  return String(Number(value.toPrecision(3)));
}
