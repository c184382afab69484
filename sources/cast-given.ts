/** From the type in which a column is given to that in which the rollup holds it. */
import { unreachable } from '../model/assert.js';
import type { IngestColumn, IngestKind } from '../model/ingest-column.js';
import type { LogicalType } from '../model/value.js';
import { quoteIdentifier } from './quote-duckdb.js';

export interface CastColumn {
  /** The value in the rollup's type. */
  readonly sql: string;
  /** Condition of the rows whose value the rollup cannot hold as it is; null: there is none. */
  readonly lost: string | null;
  /** What is wrong with them. */
  readonly fault: string;
}

/**
 * @param name as it is given
 * @param given its type as DuckDB writes it
 */
export function castGiven(name: string, given: string, column: IngestColumn): CastColumn {
  const kind = kindOf(given);
  const quoted = quoteIdentifier(name);
  const target = column.type ?? defaultType(column, kind);
  const held = target === null ? column.takes : typeText(target);
  const fits = column.takes === 'any' ? kind !== null && kind !== 'sketch' : takes(column.takes, kind);
  if (!fits) {
    // A column of NULLs alone fits whatever its type is.
    const sql = target === null ? 'NULL' : `CAST(NULL AS ${duckdbType(target)})`;
    return { sql, lost: `${quoted} IS NOT NULL`, fault: `is ${given}, where the rollup holds ${held}` };
  }
  if (target === null) return { sql: quoted, lost: null, fault: '' };
  const type = duckdbType(target);
  const isExact = target.kind === 'integer' || target.kind === 'decimal';
  if (!isExact || kind === 'integer') return { sql: `CAST(${quoted} AS ${type})`, lost: null, fault: '' };
  const value = kind === 'double' ? `CAST(${quoted} AS VARCHAR)` : quoted;
  const cast = `TRY_CAST(${target.kind === 'decimal' ? value : quoted} AS ${type})`;
  return {
    sql: cast,
    lost: `${quoted} IS NOT NULL AND (${cast} IS NULL OR CAST(${cast} AS ${given}) <> ${quoted})`,
    fault: `does not fit into ${held}`,
  };
}

function typeText(type: LogicalType): string {
  return type.kind === 'decimal' ? `decimals of ${type.scale} digits` : `type ${type.kind}`;
}

type GivenKind = LogicalType['kind'] | null;

function kindOf(type: string): GivenKind {
  if (type === 'VARCHAR' || type === 'UUID' || type.startsWith('ENUM(')) return 'string';
  if (type === 'BOOLEAN') return 'boolean';
  if (type === 'FLOAT' || type === 'DOUBLE') return 'double';
  if (type === 'BLOB') return 'sketch';
  if (type === 'DATE' || /^TIMESTAMP(_\w+| WITH TIME ZONE)?$/.test(type)) return 'time';
  if (/^U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)$/.test(type)) return 'integer';
  const scale = /^DECIMAL\(\d+,(\d+)\)$/.exec(type)?.[1];
  if (scale === undefined) return null;
  return scale === '0' ? 'integer' : 'decimal';
}

function takes(wanted: Exclude<IngestKind, 'any'>, kind: GivenKind): boolean {
  return wanted === kind || ((wanted === 'number' || wanted === 'integer') && isNumber(kind));
}

function isNumber(kind: GivenKind): boolean {
  return kind === 'integer' || kind === 'decimal' || kind === 'double';
}

/** Of what is not known elsewhere: counts are integers whatever they come as, all else stays as it is. */
function defaultType({ takes: wanted }: IngestColumn, kind: GivenKind): LogicalType | null {
  switch (wanted) {
    case 'integer':
      return { kind: 'integer' };
    case 'string':
    case 'boolean':
    case 'time':
      return { kind: wanted };
    case 'sketch':
      return { kind: 'sketch', precision: 0 };
    case 'number':
    case 'any':
      return kind === 'string' || kind === 'time' ? { kind } : null;
    default:
      return unreachable(wanted);
  }
}

function duckdbType(type: LogicalType): string {
  switch (type.kind) {
    case 'string':
      return 'VARCHAR';
    case 'boolean':
      return 'BOOLEAN';
    case 'integer':
      return 'HUGEINT';
    case 'decimal':
      return type.scale === 0 ? 'HUGEINT' : `DECIMAL(38,${type.scale})`;
    case 'double':
      return 'DOUBLE';
    case 'time':
      return 'TIMESTAMP';
    case 'sketch':
      return 'BLOB';
    default:
      return unreachable(type);
  }
}
