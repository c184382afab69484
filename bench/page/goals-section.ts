import { shortNumber } from '../goals.js';
import { markdownTable, type Section } from './markdown.js';
import type { Recorded } from './recorded.js';

/** Every goal that a run was judged by, those of the list (`G1` …) first. */
export function goalsSection(recorded: Recorded): Section | null {
  const goals = recorded
    .newest()
    .flatMap((run) => (run.goals ?? []).filter(({ what }) => what !== undefined));
  if (goals.length === 0) return null;
  const number = (id: string): number => (/^G\d+$/.test(id) ? Number(id.slice(1)) : Infinity);
  const sorted = [...goals].sort((a, b) => (number(a.id) === number(b.id) ? 0 : number(a.id) - number(b.id)));
  const amount = (value: number | null, unit: string): string =>
    value === null ? 'none' : `${shortNumber(value)}${/^[×%]/.test(unit) ? '' : ' '}${unit}`;
  const missed = sorted.filter(({ met }) => !met).length;
  const table = markdownTable(
    ['goal', 'what', 'asked', 'figure', 'met'],
    sorted.map(({ id, what, bound, goal, figure, unit, met }) => [
      id,
      what,
      `${bound} ${amount(goal, unit)}`,
      amount(figure, unit),
      met ? 'yes' : '**no**',
    ]),
    ['figure'],
  );
  return {
    text: `## Goals\n\n${sorted.length - missed} of ${sorted.length} are met.\n\n${table}\n`,
    plots: {},
  };
}
