/** A query in the words of a rollup: a proxy dimension is the dimension that its SQL names and nothing else. */
import type { Filter } from '../model/filter.js';
import type { Query } from '../model/query.js';
import type { DataModel, Dimension, MemberId } from '../model/schema.js';
import { lookUp } from './find-member.js';
import type { RollupShape } from './rollup-shape.js';

/**
 * The query with each proxy that the rollup does not store replaced by the dimension of the same type behind it that
 * it does store. Lists keep their order and length. The query itself where nothing is replaced.
 */
export function storedQuery(model: DataModel, query: Query, shape: RollupShape): Query {
  let replaced = false;
  const stored = (member: MemberId, has: (member: MemberId) => boolean): MemberId => {
    if (has(member)) return member;
    const original = originals(model, member).find(has) ?? member;
    replaced ||= original !== member;
    return original;
  };
  const column = (member: MemberId): MemberId => stored(member, (id) => shape.dimensions.has(id));
  const time = (member: MemberId): MemberId => stored(member, (id) => shape.times.has(id));
  const dimensions = query.dimensions.map(column);
  const timeDimensions = query.timeDimensions.map((each) => ({ ...each, dimension: time(each.dimension) }));
  const filter = query.filter === null ? null : rename(query.filter, column);
  return replaced ? { ...query, dimensions, timeDimensions, filter } : query;
}

/** The granularities that a rollup stores of the time dimensions, by the names that the query has for them. */
export function askedTimes(model: DataModel, query: Query, shape: RollupShape): RollupShape['times'] {
  const stored = storedQuery(model, query, shape);
  return new Map(
    query.timeDimensions.flatMap(({ dimension }, at) => {
      const granularity = shape.times.get(stored.timeDimensions[at].dimension);
      return granularity === undefined ? [] : [[dimension, granularity]];
    }),
  );
}

/** The dimensions that a chain of proxies leads to, nearest first. */
function originals(model: DataModel, member: MemberId): MemberId[] {
  const chain: MemberId[] = [];
  for (let at = proxied(model, member); at !== null; at = proxied(model, at.id)) chain.push(at.id);
  return chain;
}

/** The one dimension that the SQL of a dimension is; null: it is more, or of another type. */
function proxied(model: DataModel, member: MemberId): Dimension | null {
  const proxy = lookUp(model, member);
  if (proxy?.kind !== 'dimension' || proxy.dimension.subQuery) return null;
  const [only, ...more] = proxy.dimension.sql.parts;
  if (only?.kind !== 'member' || more.length > 0) return null;
  const original = lookUp(model, only.member);
  const isSame = original?.kind === 'dimension' && original.dimension.type === proxy.dimension.type;
  return isSame ? original.dimension : null;
}

function rename(filter: Filter, column: (member: MemberId) => MemberId): Filter {
  if (filter.kind === 'test') return { ...filter, member: column(filter.member) };
  return { ...filter, filters: filter.filters.map((inner) => rename(inner, column)) };
}
