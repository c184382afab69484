/**
 * Whether a FILTER_PARAMS in the `sql` of a cube only does early what the query's filter does anyway. That is certain
 * only of the plainest SQL: one table, its columns as they are, and the condition one of those that must all hold.
 *
 *     SELECT * FROM orders WHERE amount > 0 AND {FILTER_PARAMS.orders.created_at.filter('created_at')}
 */
import { LIMITS } from '../model/limits.js';
import type { DataModel } from '../model/schema.js';
import type { SqlPart, SqlTemplate } from '../model/sql-template.js';
import { cubeOf } from '../model/schema.js';
import { dimensionOf } from './output-columns.js';

type FilterPart = Extract<SqlPart, { kind: 'filter' }>;

const SELECT = /^\s*SELECT\s+(.+?)\s+FROM\s+([\w."]+|@)(\s+(?:AS\s+)?[\w"]+)?\s+WHERE\s+(.+)$/is;
/** Words after which a condition may be more, or less, than one of those that must all hold. */
const UNSURE =
  /\b(or|not|group|distinct|having|limit|offset|over|union|intersect|except|order|sample|tablesample|using|qualify|window|with|case|fetch|between|is|similar|escape|exists|any|all|some|join|lateral|pivot|unpivot)\b|--|\/\*|;|\$\$|\b(select|from|where)\b[\s\S]*\b\2\b/i;
const COLUMN = /^"?(\w+)"?(?:\."?(\w+)"?)?$/;

const KNOWN = new WeakMap<FilterPart, boolean>();

/** @param cube whose `sql` holds the part */
export function isPushDown(model: DataModel, cube: string, part: FilterPart): boolean {
  const known = KNOWN.get(part) ?? decide(model, cube, part);
  KNOWN.set(part, known);
  return known;
}

function decide(model: DataModel, cube: string, part: FilterPart): boolean {
  const table = model.cubes.get(cube)?.table;
  if (table?.kind !== 'query') return false;
  const text = outline(table.sql.parts, part);
  const match = text.length > LIMITS.pushDownChars ? null : SELECT.exec(text);
  if (match === null || UNSURE.test(match[0])) return false;
  const [, list = '', , , conditions = ''] = match;
  if (!conjuncts(conditions).includes('#')) return false;
  const columns = list.trim() === '*' ? null : list.split(',').map((item) => columnName(item));
  if (columns?.includes(null) === true) return false;
  return part.params.every(({ member, values, parts }) => {
    const name = values === null ? columnName(textOf(parts)) : null;
    const dimension = cubeOf(member) === cube ? dimensionOf(model, member) : null;
    if (name === null || dimension === null || dimension.subQuery) return false;
    return ownColumn(dimension.sql, cube) === name && (columns === null || columns.includes(name));
  });
}

/** The SQL with `#` for the part, `@` for the rows of another cube, and `?` for all that is a value. */
function outline(parts: readonly SqlPart[], part: FilterPart): string {
  const text = parts.map((other) => {
    if (other === part) return '#';
    if (other.kind === 'text') return other.text.replace(/[#@?]/g, ' or ');
    return other.kind === 'table' ? '@' : '?';
  });
  const values = text.join('').replace(/'(?:[^']|'')*'/g, '?');
  return values.replace(/\s+/g, ' ');
}

/** The conditions between the ANDs that stand in no brackets; one in brackets of its own without them. */
function conjuncts(text: string): string[] {
  const found = [''];
  let depth = 0;
  for (const token of text.match(/[()]|\bAND\b|[^()]+?(?=\bAND\b|[()]|$)/gis) ?? []) {
    if (token === '(') depth++;
    if (token === ')') depth--;
    if (depth === 0 && /^and$/i.test(token)) found.push('');
    else found.push((found.pop() ?? '') + token);
  }
  return found.map((condition) => condition.trim().replace(/^\(\s*#\s*\)$/, '#'));
}

/** `created_at` of `o.created_at`; null: more than a column. */
function columnName(text: string): string | null {
  const match = COLUMN.exec(text.trim());
  return match === null ? null : (match[2] ?? match[1] ?? null);
}

function ownColumn({ parts }: SqlTemplate, cube: string): string | null {
  const [first, second, ...more] = parts;
  if (first?.kind === 'text' && second === undefined)
    return /^\s*"?(\w+)"?\s*$/.exec(first.text)?.[1] ?? null;
  if (first?.kind !== 'cube' || first.cube !== cube || second?.kind !== 'text' || more.length > 0)
    return null;
  return /^\."?(\w+)"?\s*$/.exec(second.text)?.[1] ?? null;
}

function textOf(parts: readonly SqlPart[]): string {
  return parts.map((part) => (part.kind === 'text' ? part.text : '?')).join('');
}
