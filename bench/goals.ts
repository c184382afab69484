/** A bound that a bench measures itself against, the figure that it found, and whether the one keeps the other. */
export interface Goal {
  /** As in the list of goals: `G1`; or a few words. */
  readonly id: string;
  /** What was measured, with its size and its peer: `Q1 on M, DuckDB on strings / Granary`. */
  readonly what: string;
  readonly bound: 'at least' | 'at most';
  readonly goal: number;
  readonly figure: number;
  /** Of goal and figure alike: `×` for a ratio, `ms`, `%`, `MB/s` … */
  readonly unit: string;
  readonly met: boolean;
}

/** Judges a figure; one that is not a number never keeps its bound. */
export function judge({
  unit = '×',
  ...asked
}: Omit<Goal, 'met' | 'unit'> & { readonly unit?: string }): Goal {
  const { bound, goal, figure } = asked;
  return { ...asked, unit, met: bound === 'at least' ? figure >= goal : figure <= goal };
}

/** One line for each: the figure, the goal beside it, and `met` or `NOT MET`. */
export function printGoals(goals: readonly Goal[]): void {
  for (const goal of goals) console.log(goalText(goal));
}

/** @returns `G1  Q1 on M, DuckDB on strings / Granary: 93× (goal: at least 60×)  met` */
export function goalText({ id, what, bound, goal, figure, unit, met }: Goal): string {
  const amount = (value: number): string => `${shortNumber(value)}${/^[×%]/.test(unit) ? '' : ' '}${unit}`;
  return `${id}  ${what}: ${amount(figure)} (goal: ${bound} ${amount(goal)})  ${met ? 'met' : 'NOT MET'}`;
}

/** Three digits, and all of those before the point. */
export function shortNumber(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 1 ? 2 : 3;
  return String(Number(value.toFixed(digits)));
}
