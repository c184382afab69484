/**
 * SQL by its meaning, before a dialect writes it. A tree cannot hold what must not reach a source: a value stands in a
 * parameter, and text and names are `ModelText` and `SqlName`, which only this file makes, from the model.
 */
import type { MeasureState } from '../../model/aggregates.js';
import type { SourceKey, SqlParam } from '../../model/plan.js';
import { memberColumn } from '../../model/schema.js';
import type { Cube, CubeTable, Dimension, Grain, MemberId } from '../../model/schema.js';
import type { SqlPart } from '../../model/sql-template.js';
import type { LogicalType } from '../../model/value.js';
import type { SubQueryName } from '../sub-query.js';

declare const fromModel: unique symbol;

/** SQL as the model's author wrote it. */
export type ModelText = string & { readonly [fromModel]: 'text' };

type ModelName = string & { readonly [fromModel]: 'name' };

/** An alias of a table or a column; dialects quote it. */
export type SqlName =
  | ModelName
  | SubQueryName
  | '_key'
  | `_input${number}`
  | 'from'
  | 'to'
  | 'nulls'
  | '_windows'
  | '_label'
  | '_from'
  | '_to';

export interface SqlSelect {
  readonly distinct: boolean;
  readonly columns: readonly SqlColumn[];
  readonly from: SqlFrom;
  readonly where: SqlExpression | null;
  /** How many columns, from the first, the rows are grouped by. */
  readonly groupKeys: number;
  readonly page: SqlPage | null;
}

export interface SqlColumn {
  readonly expression: SqlExpression;
  readonly name: SqlName;
}

export type SqlFrom =
  | {
      readonly kind: 'tables';
      readonly root: SqlTable;
      readonly joins: readonly SqlJoin[];
      /** Each row once for every row of values that it fits; null: as it is. */
      readonly windows: SqlValues | null;
    }
  /** The rows of all of them, whose columns agree by position. */
  | { readonly kind: 'selects'; readonly selects: readonly SqlSelect[] };

export interface SqlTable {
  readonly alias: SqlName;
  readonly table:
    | { readonly kind: 'table'; readonly text: ModelText }
    | { readonly kind: 'query'; readonly query: SqlExpression }
    | { readonly kind: 'select'; readonly select: SqlSelect };
}

/** A LEFT JOIN. */
export interface SqlJoin {
  readonly table: SqlTable;
  readonly on: SqlExpression;
}

/** A list of values with the alias `_windows`, joined to rows that stand before it. */
export interface SqlValues {
  readonly columns: readonly SqlWindowColumn[];
  /** At least one, each with a value for every column. */
  readonly rows: readonly (readonly SqlExpression[])[];
  readonly on: SqlExpression;
}

/** NULLs stand last in both directions. */
export interface SqlPage {
  readonly order: readonly { readonly name: SqlName; readonly descending: boolean }[];
  readonly limit: number | null;
  readonly offset: number;
}

export type SqlExpression =
  | SqlParameter
  | { readonly kind: 'constant'; readonly value: boolean | 1 }
  /** NULL where another select of the same rows may have a value; null type: not known. */
  | { readonly kind: 'null'; readonly type: LogicalType | null }
  /** A column of the selects below; where a select is joined as a table, of that. */
  | { readonly kind: 'column'; readonly name: SqlName; readonly table?: SqlName }
  /** A column that the model names by a bare word, of a cube's table. */
  | { readonly kind: 'tableColumn'; readonly table: SqlName; readonly word: ModelText }
  | { readonly kind: 'template'; readonly parts: readonly SqlTemplatePart[] }
  | { readonly kind: 'cast'; readonly operand: SqlExpression; readonly type: SqlCastType }
  | { readonly kind: 'case'; readonly condition: SqlExpression; readonly value: SqlExpression }
  | { readonly kind: 'coalesce'; readonly operand: SqlExpression; readonly fallback: false | 0 }
  /** One value of several, which is NULL when the first of them is. */
  | { readonly kind: 'row'; readonly operands: readonly SqlExpression[] }
  /** Null granularity: the millisecond, the finest that a time is told by. */
  | { readonly kind: 'bucket'; readonly time: SqlExpression; readonly granularity: Grain | null }
  /** What the wall clock of a zone shows at a UTC time. */
  | { readonly kind: 'wallClock'; readonly time: SqlExpression; readonly timezone: SqlParameter }
  /** The UTC time at which the wall clock of a zone shows a time. */
  | { readonly kind: 'moment'; readonly time: SqlExpression; readonly timezone: SqlParameter }
  /** A number that is written in a text, as a value of a type that holds it. */
  | { readonly kind: 'number'; readonly text: SqlParameter; readonly type: LogicalType }
  /** An integer that divides as a real number in the text around it. */
  | { readonly kind: 'real'; readonly operand: SqlExpression }
  | SqlWindowColumn
  | SqlCondition
  | SqlAggregate;

export interface SqlWindowColumn {
  readonly kind: 'windowColumn';
  readonly column: '_label' | '_from' | '_to';
}

export interface SqlParameter {
  readonly kind: 'parameter';
  readonly param: SqlParam;
}

export type SqlCastType = 'string' | 'boolean' | 'time' | 'double';

export type SqlTemplatePart =
  | { readonly kind: 'text'; readonly text: ModelText }
  | { readonly kind: 'table'; readonly alias: SqlName }
  /** An expression in the midst of text; dialects put it in brackets. */
  | { readonly kind: 'inner'; readonly expression: SqlExpression };

export type SqlOperator = '=' | '<' | '<=' | '>' | '>=';

type SqlCondition =
  /** Lets every row pass. */
  | { readonly kind: 'always' }
  | { readonly kind: 'and' | 'or'; readonly operands: readonly SqlExpression[] }
  | { readonly kind: 'not'; readonly operand: SqlExpression }
  | { readonly kind: 'isNull'; readonly operand: SqlExpression; readonly negated: boolean }
  | {
      readonly kind: 'compare';
      readonly operator: SqlOperator;
      readonly left: SqlExpression;
      readonly right: SqlExpression;
    }
  | SqlNumberTest
  /** Whatever the case; the needle is in lower case already. */
  | {
      readonly kind: 'match';
      readonly match: 'contains' | 'startsWith' | 'endsWith';
      readonly operand: SqlExpression;
      readonly needle: SqlParameter;
    };

/** Numbers by what they are worth; a double is compared with the double nearest to the literal. */
export interface SqlNumberTest {
  readonly kind: 'compareNumber';
  readonly operator: SqlOperator;
  readonly operand: SqlExpression;
  readonly type: LogicalType;
  /** Exactly digits / 10^scale. */
  readonly digits: bigint;
  readonly scale: number;
}

export type SqlAggregate =
  /** Null: of rows. */
  | { readonly kind: 'count'; readonly operand: SqlExpression | null }
  | { readonly kind: 'countNulls' | 'countDistinct'; readonly operand: SqlExpression }
  /** Null type: not known, the source's own. */
  | {
      readonly kind: 'sum' | 'min' | 'max';
      readonly operand: SqlExpression;
      readonly type: LogicalType | null;
    }
  | { readonly kind: 'avg' | 'anyValue'; readonly operand: SqlExpression }
  /** Of doubles, see `model/moments.ts`; all are NULL, or 0, without a value. */
  | { readonly kind: 'moments'; readonly part: SqlMoment; readonly operand: SqlExpression }
  /** Of pairs of doubles of which neither is NULL. */
  | {
      readonly kind: 'comoments';
      readonly part: SqlComoment;
      readonly operand: SqlExpression;
      readonly other: SqlExpression;
    }
  | { readonly kind: 'spread'; readonly statistic: 'variance' | 'stddev'; readonly operand: SqlExpression }
  | {
      readonly kind: 'together';
      readonly statistic: 'covariance' | 'correlation';
      readonly operand: SqlExpression;
      readonly other: SqlExpression;
    }
  | SqlByTime
  | {
      readonly kind: 'sketch';
      readonly operand: SqlExpression;
      readonly type: LogicalType | null;
      readonly precision: number;
    };

/**
 * Of the rows that have a value and a time, the one with the least or greatest time in milliseconds; of several, the
 * one with the least or greatest value.
 */
export interface SqlByTime {
  readonly kind: 'byTime';
  readonly end: 'first' | 'last';
  readonly part: 'value' | 'time';
  readonly operand: SqlExpression;
  readonly time: SqlExpression;
  /** Of the value; null: not known. */
  readonly type: LogicalType | null;
}

export const MOMENTS = ['count', 'mean', 'm2'] as const;
export type SqlMoment = (typeof MOMENTS)[number];

export const COMOMENTS = ['count', 'meanX', 'meanY', 'm2X', 'm2Y', 'c'] as const;
export type SqlComoment = (typeof COMOMENTS)[number];

export function modelText(
  from: Extract<SqlPart, { kind: 'text' }> | (CubeTable & { kind: 'table' }),
): ModelText {
  return (from.kind === 'text' ? from.text : from.name) as ModelText;
}

/** The word that a template consists of. */
export function modelWord(part: Extract<SqlPart, { kind: 'text' }>): ModelText | null {
  return /^\s*[_a-zA-Z][_a-zA-Z0-9]*\s*$/.test(part.text) ? (part.text.trim() as ModelText) : null;
}

export function cubeAlias(cube: Cube): SqlName {
  return cube.name as ModelName;
}

export function columnName({ column }: SourceKey): SqlName {
  return column as ModelName;
}

/** The names of the columns of a state. */
export function stateNames({ columns }: MeasureState): readonly SqlName[] {
  return columns as readonly ModelName[];
}

/** Of the table that a sub-query is; no cube's name has its dot. */
export function subQueryAlias(dimension: Dimension): SqlName {
  return dimension.id as ModelName;
}

export function memberName(member: MemberId): SqlName {
  return memberColumn(member) as ModelName;
}

export function parameter(param: SqlParam): SqlParameter {
  return { kind: 'parameter', param };
}

export function stringParameter(value: string): SqlParameter {
  return parameter({ type: 'string', value });
}

export function timeParameter(value: number): SqlParameter {
  return parameter({ type: 'time', value });
}

/** Every row of `from`. */
export function selectOf(columns: readonly SqlColumn[], from: SqlFrom): SqlSelect {
  return { distinct: false, columns, from, where: null, groupKeys: 0, page: null };
}
