/** Filters as SQL conditions that are true for exactly the values that `compileTest` lets pass. */
import { unreachable } from '../../model/assert.js';
import { StoreError } from '../../model/errors.js';
import { literalFits } from '../../model/filter.js';
import { lowerCase } from '../../model/lower-case.js';
import type { Filter, Literal, Test } from '../../model/filter.js';
import type { MemberId } from '../../model/schema.js';
import type { LogicalType } from '../../model/value.js';
import type { SqlParams } from './sql-writer.js';

/** A row-level expression and its type in the source. */
export interface TypedSql {
  readonly sql: string;
  readonly type: LogicalType;
}

export function filterSql(
  filter: Filter,
  expressionOf: (member: MemberId) => TypedSql,
  params: SqlParams,
): string {
  switch (filter.kind) {
    case 'and':
    case 'or': {
      const parts = filter.filters.map((inner) => filterSql(inner, expressionOf, params));
      return `(${parts.join(filter.kind === 'and' ? ' AND ' : ' OR ')})`;
    }
    case 'test':
      return testSql(filter.test, expressionOf(filter.member), filter.member, params);
    default:
      return unreachable(filter);
  }
}

function testSql(test: Test, value: TypedSql, member: MemberId, params: SqlParams): string {
  const { sql } = value;
  switch (test.kind) {
    case 'isNull':
      return `(${sql}) IS ${test.negated ? 'NOT ' : ''}NULL`;
    case 'oneOf': {
      const hits = test.values
        .map((literal) => equalSql(value, literal, member, params))
        .filter((hit) => hit !== null);
      const hit = hits.length === 0 ? 'FALSE' : hits.join(' OR ');
      if (!test.negated) return test.orNull ? `(${hit} OR (${sql}) IS NULL)` : `(${hit})`;
      return test.orNull ? `(NOT (${hit}) AND (${sql}) IS NOT NULL)` : `(NOT (${hit}) OR (${sql}) IS NULL)`;
    }
    case 'text': {
      const call = { contains: 'contains', startsWith: 'starts_with', endsWith: 'ends_with' }[test.match];
      const hits = test.needles.map(
        (needle) => `${call}(lower(${sql}), ${params.add({ type: 'string', value: lowerCase(needle) })})`,
      );
      return test.negated ? `(NOT (${hits.join(' OR ')}) OR (${sql}) IS NULL)` : `(${hits.join(' OR ')})`;
    }
    case 'compare':
      return compareSql(test.operator, value, test.value, member, params);
    case 'timeRange': {
      const bounds: string[] = [];
      if (test.from !== null) bounds.push(`${sql} >= ${params.add({ type: 'time', value: test.from })}`);
      if (test.to !== null) bounds.push(`${sql} < ${params.add({ type: 'time', value: test.to })}`);
      const inside = bounds.length === 0 ? `(${sql}) IS NOT NULL` : bounds.join(' AND ');
      return test.negated ? `NOT (${inside})` : `(${inside})`;
    }
    default:
      return unreachable(test);
  }
}

/** Null: no value of the type can be equal. */
function equalSql(value: TypedSql, literal: Literal, member: MemberId, params: SqlParams): string | null {
  if (literal.kind === 'number') {
    const bound = numberBound(value, literal, member);
    if (bound.kind === 'beyond' || (bound.kind === 'exact' && !bound.equal)) return null;
    return `${value.sql} = ${boundSql(bound, params)}`;
  }
  return `${valueSql(value)} = ${literalSql(value, literal, member, params)}`;
}

function compareSql(
  operator: '<' | '<=' | '>' | '>=',
  value: TypedSql,
  literal: Literal,
  member: MemberId,
  params: SqlParams,
): string {
  if (literal.kind !== 'number') {
    return `${valueSql(value)} ${operator} ${literalSql(value, literal, member, params)}`;
  }
  const bound = numberBound(value, literal, member);
  const below = operator === '<' || operator === '<=';
  if (bound.kind === 'beyond') return below === bound.above ? `(${value.sql}) IS NOT NULL` : 'FALSE';
  // Between two representable values `<` and `<=` mean the same, and so do `>` and `>=`.
  const exact = bound.kind === 'double' || bound.equal ? operator : below ? '<=' : '>';
  return `${value.sql} ${exact} ${boundSql(bound, params)}`;
}

type NumberBound =
  | { readonly kind: 'double'; readonly text: string }
  /** The greatest value of the column's scale that is not above the literal. */
  | { readonly kind: 'exact'; readonly scaled: bigint; readonly scale: number; readonly equal: boolean }
  /** Above or below every value of the type. */
  | { readonly kind: 'beyond'; readonly above: boolean };

function numberBound(value: TypedSql, literal: Literal & { kind: 'number' }, member: MemberId): NumberBound {
  requireFit(value, literal, member);
  const { digits, scale } = literal;
  if (value.type.kind === 'double') return { kind: 'double', text: `${digits}e${-scale}` };
  const columnScale = value.type.kind === 'decimal' ? value.type.scale : 0;
  const shift = columnScale - scale;
  const divisor = shift < 0 ? 10n ** BigInt(-shift) : 1n;
  const raised = shift < 0 ? digits : digits * 10n ** BigInt(shift);
  const rest = ((raised % divisor) + divisor) % divisor;
  const scaled = (raised - rest) / divisor;
  if (scaled >= 10n ** 38n || scaled <= -(10n ** 38n)) return { kind: 'beyond', above: scaled > 0n };
  return { kind: 'exact', scaled, scale: columnScale, equal: rest === 0n };
}

function boundSql(bound: Exclude<NumberBound, { kind: 'beyond' }>, params: SqlParams): string {
  if (bound.kind === 'double') return `CAST(${params.add({ type: 'string', value: bound.text })} AS DOUBLE)`;
  const { scaled, scale } = bound;
  if (scale === 0) return `CAST(${params.add({ type: 'string', value: String(scaled) })} AS HUGEINT)`;
  const digits = String(scaled < 0n ? -scaled : scaled).padStart(scale + 1, '0');
  const text = `${scaled < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  return `CAST(${params.add({ type: 'string', value: text })} AS DECIMAL(38,${scale}))`;
}

function literalSql(value: TypedSql, literal: Literal, member: MemberId, params: SqlParams): string {
  requireFit(value, literal, member);
  switch (literal.kind) {
    case 'string':
      return params.add({ type: 'string', value: literal.value });
    case 'boolean':
      return params.add({ type: 'boolean', value: literal.value });
    case 'time':
      return params.add({ type: 'time', value: literal.value });
    case 'number':
      throw new Error('numbers are bound by numberBound');
    default:
      return unreachable(literal);
  }
}

/** Times are compared by the millisecond, as they are printed. */
function valueSql(value: TypedSql): string {
  return value.type.kind === 'time' ? `date_trunc('millisecond', ${value.sql})` : value.sql;
}

function requireFit(value: TypedSql, literal: Literal, member: MemberId): void {
  if (literalFits(literal, value.type)) return;
  throw new StoreError(
    'query_invalid',
    `${member} holds values of type ${value.type.kind} in the source; it cannot be compared with a ${literal.kind}.`,
    { next: `Correct the type of ${member} in the model.` },
  );
}
