/** Random filters on dimensions and on measures: every operator, alone and in trees. */
import type { CubeFilter, CubeOperator, CubeValue } from './cube-query.js';
import type { RandomDimension, RandomMeasure } from './random-model.js';
import { isoDay, moment } from './random-values.js';
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
  span: Span,
  depth: number,
): CubeFilter | null {
  if (dimensions.length === 0) return null;
  if (depth > 0 && tape.chance(25)) {
    const inner = tape
      .times(1 + tape.below(3), () => randomFilter(tape, dimensions, span, depth - 1))
      .filter((filter) => filter !== null);
    return tape.chance(50) ? { and: inner } : { or: inner };
  }
  const { id: member, type } = tape.pick(dimensions);
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
    if (type === 'string') return tape.pick(texts);
    if (type === 'number') return tape.pick(numbers);
    if (type === 'boolean') return tape.pick(['true', 'false']);
    const text = new Date(moment(tape, span)).toISOString();
    return wholeDate ? text.slice(0, 10) : text.slice(0, -1);
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

/** A filter on what groups have. */
export function having(tape: Tape, { id: member, rough }: RandomMeasure, span: Span): CubeFilter {
  if (rough || tape.chance(15)) return { member, operator: tape.pick(['set', 'notSet'] as const) };
  const filter = (): CubeFilter => ({
    member,
    operator: tape.pick([...lists, ...orders]),
    values: [tape.pick(numbers)],
  });
  if (tape.chance(3)) return { member, operator: 'contains', values: ['a'] };
  if (tape.chance(3)) return { member, operator: 'afterDate', values: [isoDay(span.from)] };
  return tape.chance(25) ? { or: [filter(), filter()] } : filter();
}
