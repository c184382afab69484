/** Random filters on dimensions and on measures: every operator, alone and in trees. */
import type { CubeFilter, CubeOperator, CubeValue } from './cube-query.js';
import { nameOf } from './model-document.js';
import type { RandomDimension, RandomMeasure, RandomModel } from './random-model.js';
import { isoDay, KINDS, moment, msOfLiteral } from './random-values.js';
import type { Span } from './random-values.js';
import type { Tape } from './tape.js';

const texts = ['a', '', 'A', 'É', '😀', 'i', 'ς', '%', "o'x", '10', 'ff', 'nope', '\u0000', 'x', ' ', '👩'];
const numbers: readonly CubeValue[] = [
  0,
  1,
  '-0',
  '1.5',
  '-0.01',
  '0.1',
  '9007199254740993',
  '9223372036854775807',
  '-9223372036854775809',
  '1e30',
  '0.00000000010',
  7,
  '0.25',
  -3,
  '1024',
  '123456789012345678.5',
  '170141183460469231731687303715884105727',
  '170141183460469231731687303715884105728',
];

export function randomFilter(
  tape: Tape,
  dimensions: readonly RandomDimension[],
  model: Pick<RandomModel, 'cubes' | 'span'>,
  depth: number,
): CubeFilter | null {
  if (dimensions.length === 0) return null;
  if (depth > 0 && tape.chance(25)) {
    const inner = tape
      .times(1 + tape.below(3), () => randomFilter(tape, dimensions, model, depth - 1))
      .filter((filter) => filter !== null);
    return tape.chance(50) ? { and: inner } : { or: inner };
  }
  const dimension = tape.pick(dimensions);
  const { id: member, type } = dimension;
  if (tape.chance(15)) return { member, operator: tape.pick(['set', 'notSet'] as const) };
  const operators: readonly CubeOperator[] =
    type === 'string'
      ? [...lists, ...orders, ...searches]
      : type === 'time'
        ? [...dates, ...lists, ...orders]
        : [...lists, ...orders];
  const operator = tape.pick(operators);
  const single = orders.includes(operator);
  const wholeDate = tape.chance(50);
  const value = (): CubeValue => {
    if (type === 'boolean') return tape.pick(['true', 'false']);
    const stored = tape.chance(40) ? storedValue(tape, dimension, model) : null;
    if (type === 'string') return stored ?? tape.pick(texts);
    if (type === 'number') return stored ?? tape.pick(numbers);
    const text = stored ?? new Date(moment(tape, model.span)).toISOString().slice(0, -1);
    return wholeDate ? text.slice(0, 10) : text;
  };
  if (dates.includes(operator)) {
    const range = [value(), value()].map(String).toSorted();
    return { member, operator, values: operator.endsWith('Range') ? range : range.slice(1) };
  }
  const values = tape.times(1 + (single ? 0 : tape.below(3)), value);
  return {
    member,
    operator,
    values: lists.includes(operator) && tape.chance(15) ? [...values, null] : values,
  };
}

/** What the table holds of a dimension in one of its rows, as a query writes it; null: nothing of the kind. */
function storedValue(
  tape: Tape,
  { id, type }: RandomDimension,
  { cubes }: Pick<RandomModel, 'cubes'>,
): string | null {
  const rows = cubes.find(({ name }) => name === id.split('.')[0])?.rows ?? [];
  const literal = rows.length === 0 ? undefined : tape.pick(rows)[nameOf(id)];
  if (literal === undefined) return null;
  if (type === 'string') return literal.slice(1, -1).replaceAll("''", "'");
  if (type === 'number') return /^-?\d+(\.\d+)?$/.test(literal) ? literal : null;
  return new Date(msOfLiteral(literal)).toISOString().slice(0, -1);
}

const lists: readonly CubeOperator[] = ['equals', 'notEquals', 'in', 'notIn'];
const orders: readonly CubeOperator[] = ['gt', 'gte', 'lt', 'lte'];
const searches: readonly CubeOperator[] = [
  'contains',
  'notContains',
  'startsWith',
  'notStartsWith',
  'endsWith',
  'notEndsWith',
];
const dates: readonly CubeOperator[] = [
  'inDateRange',
  'notInDateRange',
  'onTheDate',
  'beforeDate',
  'beforeOrOnDate',
  'afterDate',
  'afterOrOnDate',
];

/** One or two filters on what groups have, of which not both can be refused. */
export function havings(tape: Tape, measures: readonly RandomMeasure[], span: Span): CubeFilter[] {
  const numeric = measures.filter(
    ({ kind, type }) => kind !== null && KINDS[kind].type === 'number' && !isOdd(type),
  );
  const second = numeric.length > 0 && tape.chance(50) ? [tape.pick(numeric)] : [];
  return [having(tape, tape.pick(measures), span), ...second.map((measure) => compared(tape, measure))];
}

function isOdd(type: RandomMeasure['type']): boolean {
  return type === 'first' || type === 'last';
}

function having(tape: Tape, measure: RandomMeasure, span: Span): CubeFilter {
  const { id: member, rough } = measure;
  if (rough || tape.chance(15)) return { member, operator: tape.pick(['set', 'notSet'] as const) };
  if (tape.chance(3)) return { member, operator: 'contains', values: ['a'] };
  if (tape.chance(3)) return { member, operator: 'afterDate', values: [isoDay(span.from)] };
  if (!tape.chance(25)) return compared(tape, measure);
  return { or: [compared(tape, measure), compared(tape, measure)] };
}

function compared(tape: Tape, { id: member, rough }: RandomMeasure): CubeFilter {
  if (rough) return { member, operator: 'set' };
  return { member, operator: tape.pick([...lists, ...orders]), values: [tape.pick(numbers)] };
}
