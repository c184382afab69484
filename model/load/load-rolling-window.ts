import { NO_STEP, parseStep } from '../rolling-window.js';
import type { RollingWindow, WindowStep } from '../rolling-window.js';
import { GRANULARITIES } from '../schema.js';
import type { Context, DeclaredMeasure } from './declare.js';
import { nodeAt } from './located.js';
import type { MeasureText } from './structure.js';

type WindowText = NonNullable<MeasureText['rolling_window']>;

/** Tells a fault of the window, at one of its keys; null: at the window. */
type Refuse = (key: keyof WindowText | null, message: string) => null;

/** Null for a measure that is not cumulative, and for a window with a fault, which goes to the problems. */
export function loadRollingWindow(
  { text, node }: DeclaredMeasure,
  { problems }: Context,
): RollingWindow | null {
  const { type, rolling_window: window } = text;
  const refuse: Refuse = (key, message) => {
    const path = ['rolling_window', ...(key === null ? [] : [key])];
    problems.add((nodeAt(node, path) ?? node).place, message);
    return null;
  };
  if (type === 'running_total') {
    return window === undefined
      ? { kind: 'fixed', trailing: null, leading: NO_STEP, offset: 'end' }
      : refuse(null, 'a measure of type running_total has a window already: give it the type sum');
  }
  if (window === undefined) return null;
  if (type === 'number') {
    const message =
      'a measure of type number has no `rolling_window`: put it on the measures that it refers to';
    return refuse(null, message);
  }
  return (window.type ?? 'fixed') === 'fixed' ? loadFixed(window, refuse) : loadToDate(window, refuse);
}

function loadFixed(window: WindowText, refuse: Refuse): RollingWindow | null {
  if (window.granularity !== undefined) {
    return refuse('granularity', '`granularity` belongs to windows of type to_date');
  }
  if (window.trailing === undefined && window.leading === undefined) {
    return refuse(null, 'the window is empty: give it `trailing`, `leading` or the type to_date');
  }
  const trailing = loadStep(window, 'trailing', refuse);
  const leading = loadStep(window, 'leading', refuse);
  if (trailing === undefined || leading === undefined) return null;
  return { kind: 'fixed', trailing, leading, offset: window.offset ?? 'end' };
}

function loadStep(window: WindowText, key: 'trailing' | 'leading', refuse: Refuse): WindowStep | undefined {
  const text = window[key];
  const step = text === undefined ? NO_STEP : parseStep(text);
  if (step === undefined) {
    refuse(key, `\`${text}\` is no length of a window: write it as \`7 day\` or \`unbounded\``);
  }
  return step;
}

function loadToDate(window: WindowText, refuse: Refuse): RollingWindow | null {
  const { type = 'to_date', granularity } = window;
  for (const key of ['trailing', 'leading', 'offset'] as const) {
    if (window[key] !== undefined) return refuse(key, `a window of type ${type} has no \`${key}\``);
  }
  if (type !== 'to_date' && granularity !== undefined) {
    return refuse('granularity', `a window of type ${type} names its granularity already`);
  }
  // `month_to_date` is the old way to write the type to_date with the granularity month.
  const name = type === 'to_date' ? granularity : type.slice(0, -'_to_date'.length);
  const begins = `a window begins with a ${GRANULARITIES.join(', ')}`;
  if (name === undefined) return refuse(null, `\`granularity\` is missing: ${begins}`);
  const known = GRANULARITIES.find((each) => each === name);
  if (known !== undefined) return { kind: 'toDate', granularity: known };
  return refuse('granularity', `unknown granularity \`${name}\`: ${begins}`);
}
