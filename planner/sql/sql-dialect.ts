import type { SqlParam } from '../../model/plan.js';
import type { Grain } from '../../model/schema.js';
import type { LogicalType } from '../../model/value.js';
import type { SqlCastType, SqlComoment, SqlMoment, SqlName, SqlNumberTest } from './sql-tree.js';

/** How a dialect writes what dialects write differently. Operands come as text that may stand in a list or a call. */
export interface SqlDialect {
  /** A name in quotes. */
  readonly name: (name: SqlName) => string;
  /** A column that the model names by a bare word, in quotes. */
  readonly word: (word: string) => string;
  /** @param place `$1` */
  readonly parameter: (place: string, type: SqlParam['type']) => string;
  readonly nullOf: (type: LogicalType | null) => string;
  readonly cast: (operand: string, type: SqlCastType) => string;
  /** See `real` in the tree. */
  readonly real: (operand: string) => string;
  /** @param text a parameter that holds the digits */
  readonly number: (text: string, type: LogicalType) => string;
  /** @param time it may stand in the result several times */
  readonly bucket: (time: string, granularity: Grain | null) => string;
  readonly match: (kind: 'contains' | 'startsWith' | 'endsWith', operand: string, needle: string) => string;
  /** @param bind makes a parameter of a text */
  readonly compareNumber: (test: SqlNumberTest, operand: string, bind: (text: string) => string) => string;
  readonly sum: (operand: string, type: LogicalType | null) => string;
  readonly extreme: (kind: 'min' | 'max', operand: string, type: LogicalType | null) => string;
  readonly avg: (operand: string) => string;
  readonly anyValue: (operand: string) => string;
  /** @param operand of type double */
  readonly moments: (part: SqlMoment, operand: string) => string;
  readonly comoments: (part: SqlComoment, x: string, y: string) => string;
  /** An operand in a form whose order in the source is that of its values in the house. */
  readonly ordered: (operand: string, type: LogicalType | null) => string;
  /** The value at the least or greatest time of the rows that pass; of several, the least or greatest value. */
  readonly atEnd: (end: 'first' | 'last', value: string, time: string, filter: string) => string;
  readonly sketch: (operand: string, type: LogicalType | null, precision: number) => string;
}
