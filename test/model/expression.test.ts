import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluateExpression, type Expression, expressionMeasures } from '../../dist/model/expression.js';
import { LIMITS } from '../../dist/model/limits.js';
import { parseExpression } from '../../dist/model/parse-expression.js';
import type { SqlPart } from '../../dist/model/sql-template.js';
import { duckRows } from './duckdb.js';

/** `{a} / {b}` with the references cut out. */
function parts(sql: string): SqlPart[] {
  return sql
    .split(/\{(\w+)\}/)
    .map((piece, i): SqlPart =>
      i % 2 === 1 ? { kind: 'member', member: `c.${piece}` } : { kind: 'text', text: piece },
    );
}

const parse = (sql: string): Expression | null => parseExpression(parts(sql));
const VALUES: Readonly<Record<string, number | null>> = { 'c.a': 6, 'c.b': 4, 'c.zero': 0, 'c.none': null };
const value = (sql: string): number | null => evaluateExpression(parse(sql)!, (measure) => VALUES[measure]!);

describe('evaluateExpression', () => {
  test.each([
    ['{a} / {b}', 1.5],
    ['1 / 3 * 3', 1],
    ['{a} - {b} - 1', 1],
    ['{a} - ({b} - 1)', 3],
    ['2 + 3 * {b}', 14],
    ['-{a} % {b}', -2],
    ['- - {a}', 6],
    ['+.5e1', 5],
    ['100.0 * {a} / NULLIF({b}, 0)', 150],
    ['{a} / NULLIF({zero}, 0)', null],
    ['COALESCE({none}, NULL, {a})', 6],
    ['coalesce({none})', null],
    ['abs({b} - {a} * 2)', 8],
    ['nullif({none}, 1)', null],
    ['nullif({a}, {none})', 6],
    ['CAST({a} AS DOUBLE PRECISION) / cast({b} as numeric)', 1.5],
    ['{a}::double / {b}::float::real', 1.5],
    ['{none} * 0', null],
  ])('%s', (sql, expected) => {
    expect(value(sql)).toBe(expected);
  });

  test('[X24] division is real, and NULL by zero', () => {
    expect(value('1 / 3')).toBe(1 / 3);
    expect(value('{a} / {zero}')).toBeNull();
    expect(value('{a} % {zero}')).toBeNull();
    expect(value('{zero} / {zero}')).toBeNull();
    expect(value('{a} / -{zero}')).toBeNull();
  });
});

describe('parseExpression', () => {
  test.each([
    '',
    '{a} {b}',
    '{a} +',
    '* {a}',
    '({a}',
    '{a})',
    '{a} -- {b}',
    '{a} /* {b} */',
    '{a} // {b}',
    '{a} ** 2',
    '{a} ^ 2',
    '{a} > {b}',
    '{a} || {b}',
    '{a}; DROP TABLE x',
    '2x',
    '1_000',
    '1e999',
    "'6'",
    '"a"',
    'amount',
    'sum({a})',
    'ROUND({a}, 2)',
    'CASE WHEN {a} > 0 THEN 1 END',
    'CAST({a} AS INTEGER)',
    'CAST({a} AS NUMERIC(10, 2))',
    '{a}::int',
    '{a}::',
    'abs()',
    'abs({a}, {b})',
    'nullif({a})',
    'coalesce()',
    'coalesce({a},)',
    'NULL NULL',
  ])('leaves to the source: %s', (sql) => {
    expect(parse(sql)).toBeNull();
  });

  test('leaves a reference to a table to the source', () => {
    expect(
      parseExpression([
        { kind: 'cube', cube: 'c' },
        { kind: 'text', text: '.amount' },
      ]),
    ).toBeNull();
  });

  test('is bounded in depth and length', () => {
    const most = LIMITS.expressionTermsMax;
    expect(parse(`${'('.repeat(100_000)}{a}`)).toBeNull();
    expect(parse(`${'- '.repeat(100_000)}{a}`)).toBeNull();
    expect(parse(`1${' + 1'.repeat(100_000)}`)).toBeNull();
    const longest = parse(`1${' + 1'.repeat(most - 1)}`);
    expect(evaluateExpression(longest!, () => null)).toBe(most);
    expect(parse(`1${' + 1'.repeat(most)}`)).toBeNull();
  });

  test('names its measures once, in order', () => {
    const measures = expressionMeasures(parse('{b} / nullif({a} + -{b}, {zero})')!);
    expect([...measures]).toEqual(['c.b', 'c.a', 'c.zero']);
  });
});

/** Expressions as text twice: as a model has it, and for DuckDB with doubles and guarded divisions. */
interface Texts {
  readonly ours: string;
  readonly duck: string;
  /** 3 for a product, 2 for a sum, 4 for what needs no brackets. */
  readonly rank: number;
}

const bracketed = (text: string, needed: boolean): string => (needed ? `(${text})` : text);

function combine(left: Texts, operator: '+' | '-' | '*' | '/' | '%', right: Texts): Texts {
  const rank = operator === '+' || operator === '-' ? 2 : 3;
  const duckLeft = bracketed(left.duck, left.rank < rank);
  const duckRight =
    operator === '/' || operator === '%'
      ? `nullif(${right.duck}, 0)`
      : bracketed(right.duck, right.rank <= rank);
  return {
    ours: `${bracketed(left.ours, left.rank < rank)} ${operator} ${bracketed(right.ours, right.rank <= rank)}`,
    duck: `${duckLeft} ${operator} ${duckRight}`,
    rank,
  };
}

const anyTexts = fc.letrec<{ node: Texts }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 5, depthSize: 'medium' },
    fc
      .constantFrom('0', '1', '2.5', '3e0', '.5')
      .map((text) => ({ ours: text, duck: `${text}::DOUBLE`, rank: 4 })),
    fc.constantFrom('a', 'b', 'zero', 'none').map((name) => ({
      ours: `{${name}}`,
      duck: `(${String(VALUES[`c.${name}`])}::DOUBLE)`,
      rank: 4,
    })),
    fc
      .tuple(tie('node'), fc.constantFrom('+', '-', '*', '/', '%'), tie('node'))
      .map((args) => combine(...args)),
    tie('node').map(({ ours, duck }) => ({ ours: `-(${ours})`, duck: `-(${duck})`, rank: 4 })),
    tie('node').map(({ ours, duck }) => ({ ours: `ABS(${ours})::float`, duck: `abs(${duck})`, rank: 4 })),
    fc
      .tuple(fc.constantFrom('nullif', 'coalesce'), tie('node'), tie('node'))
      .map(([name, first, second]) => ({
        ours: `${name}(${first.ours}, ${second.ours})`,
        duck: `${name}(${first.duck}, ${second.duck})`,
        rank: 4,
      })),
  ),
})).node;

test('a parsed expression is worth what DuckDB computes in doubles', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyTexts, { minLength: 100, maxLength: 100 }), async (texts) => {
      const rows = await duckRows(`SELECT ${texts.map(({ duck }) => `(${duck})::DOUBLE`).join(', ')}`);
      texts.forEach(({ ours, duck }, i) => {
        const expected = rows[0][i] as number | null;
        const found = value(ours);
        expect(found === null ? null : found + 0, `${ours} as ${duck}`).toBe(
          expected === null ? null : expected + 0,
        );
      });
    }),
    { numRuns: 5 },
  );
});
