import { LIMITS } from '../model/limits.js';
import type { AskedName, OrderKey } from '../model/query.js';
import { suggest } from '../model/suggest.js';
import { invalid, record, show, tooMany } from './query-error.js';

/**
 * The asked keys, else Cube's default (first time, else first measure descending, else first dimension), and
 * then all remaining columns ascending, so that no two rows are in doubt.
 * @param columns of the answer
 * @throws StoreError `query_invalid`
 */
export function normaliseOrder(columns: readonly AskedName[], value: unknown): OrderKey[] {
  const asked = parseOrder(value);
  const names = columns.map(({ column }) => column);
  const keys = asked.map(([member, descending, path]): OrderKey => {
    const column = names.find((name) => name === member) ?? names.find((name) => isBucketOf(name, member));
    if (column !== undefined) return { column, descending };
    const near = suggest(member, names);
    throw invalid(
      path,
      `'${member}' is not part of the query`,
      near === null ? 'Order by a member that the query asks for.' : `Did you mean '${near}'?`,
    );
  });
  if (keys.length === 0) keys.push(defaultOrder(columns));
  const taken = new Set(keys.map((key) => key.column));
  return [
    ...keys.filter((key, at) => keys.findIndex((other) => other.column === key.column) === at),
    ...names.filter((name) => !taken.has(name)).map((column) => ({ column, descending: false })),
  ];
}

function parseOrder(value: unknown): [string, boolean, string][] {
  if (value == null) return [];
  const entries = Array.isArray(value) ? value : Object.entries(record(value, 'order'));
  if (entries.length > LIMITS.queryMembersMax) throw tooMany('order', entries.length);
  return entries.map((entry: unknown, at) => {
    const path = `order[${at}]`;
    const [member, direction] = Array.isArray(entry) ? (entry as unknown[]) : orderObject(entry, path);
    const word = typeof direction === 'string' ? direction.toLowerCase() : direction;
    if (typeof member !== 'string' || (word !== 'asc' && word !== 'desc')) {
      throw invalid(
        path,
        `${show(entry)} is not an order`,
        'Use ["cube.member", "asc"] or ["cube.member", "desc"].',
      );
    }
    return [member, word === 'desc', path];
  });
}

/** `{ id, desc }`, as Cube's own client writes it. */
function orderObject(entry: unknown, path: string): [unknown, unknown] {
  const raw = record(entry, path);
  return [raw['id'], raw['desc'] === true ? 'desc' : 'asc'];
}

function isBucketOf(name: string, member: string): boolean {
  return name.startsWith(`${member}.`) && !name.slice(member.length + 1).includes('.');
}

function defaultOrder(columns: readonly AskedName[]): OrderKey {
  const first = (kind: AskedName['kind']) => columns.find((column) => column.kind === kind);
  const { column, kind } = first('time') ?? first('measure') ?? columns[0];
  return { column, descending: kind === 'measure' };
}
