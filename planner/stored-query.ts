/** A query in the words of a rollup: a proxy dimension is the dimension that its SQL names and nothing else. */
import { filterMembers } from '../model/filter.js';
import type { Filter } from '../model/filter.js';
import type { Query, QueryTimeDimension } from '../model/query.js';
import type { DataModel, Dimension, Grain, MemberId } from '../model/schema.js';
import { lookUp } from './find-member.js';
import type { QueryShape } from './match-rollup.js';
import type { RollupShape } from './rollup-shape.js';

/** What a rollup stores by name. */
type StoredNames = Pick<RollupShape, 'dimensions' | 'times'>;

/**
 * The query with each proxy that the rollup does not store replaced by the dimension of the same type behind it that
 * it does store. Lists keep their order and length. The query itself where nothing is replaced.
 */
export function storedShape(shape: QueryShape, rollup: StoredNames): QueryShape {
  const proxies = proxiesOf(shape.model);
  if (proxies.size === 0) return shape;
  const { query } = shape;
  let replaced = false;
  const stored = (member: MemberId, has: (member: MemberId) => boolean): MemberId => {
    if (has(member)) return member;
    const original = proxies.get(member)?.find(has) ?? member;
    replaced ||= original !== member;
    return original;
  };
  const column = (member: MemberId): MemberId => stored(member, (id) => rollup.dimensions.has(id));
  const time = ({ dimension, granularity }: QueryTimeDimension): MemberId =>
    stored(
      dimension,
      (id) => rollup.times.get(id)?.every((grain) => !isNamesake(grain, granularity)) ?? false,
    );
  const dimensions = query.dimensions.map(column);
  const timeDimensions = query.timeDimensions.map((each) => ({ ...each, dimension: time(each) }));
  const filter = query.filter === null ? null : rename(query.filter, column);
  const windows =
    shape.windows === null
      ? null
      : {
          ...shape.windows,
          dimension: time({ dimension: shape.windows.dimension, granularity: null, range: null }),
        };
  if (!replaced) return shape;
  const filtered = filter === null ? [] : [...filterMembers(filter)];
  return { ...shape, query: { ...query, dimensions, timeDimensions, filter }, filtered, windows };
}

/** Two granularities of one name that two dimensions define, each its own. */
function isNamesake(stored: Grain, asked: Grain | null): boolean {
  if (typeof stored === 'string' || asked === null || typeof asked === 'string') return false;
  return stored.name === asked.name && JSON.stringify(stored.grid) !== JSON.stringify(asked.grid);
}

/**
 * What is known of the stored times, by the names that the query has for them.
 * @param timesOf by the names that are stored
 */
export function askedTimes(
  shape: QueryShape,
  rollup: RollupShape,
  timesOf: (stored: Query) => RollupShape['times'],
): RollupShape['times'] {
  const { query } = storedShape(shape, rollup);
  const times = timesOf(query);
  return new Map(
    shape.query.timeDimensions.flatMap(({ dimension }, at) => {
      const grains = times.get(query.timeDimensions[at].dimension);
      return grains === undefined ? [] : [[dimension, grains]];
    }),
  );
}

/** The name that the query has for the time by which a rollup is partitioned; null: it asks for no such time. */
export function askedPartitioning(shape: QueryShape, rollup: RollupShape): MemberId | null {
  const { timeDimensions } = storedShape(shape, rollup).query;
  const at = timeDimensions.findIndex(({ dimension }) => dimension === rollup.partitionDimension);
  return at < 0 ? null : shape.query.timeDimensions[at].dimension;
}

type Proxies = ReadonlyMap<MemberId, readonly MemberId[]>;

const KNOWN = new WeakMap<DataModel, Proxies>();

/** Every proxy of the model with the dimensions that it leads to, nearest first; found once. */
function proxiesOf(model: DataModel): Proxies {
  const known = KNOWN.get(model);
  if (known !== undefined) return known;
  const proxies = new Map<MemberId, readonly MemberId[]>();
  for (const cube of model.cubes.values()) {
    for (const dimension of cube.dimensions.values()) {
      const chain: MemberId[] = [];
      for (let at = original(model, dimension); at !== null; at = original(model, at)) chain.push(at.id);
      if (chain.length > 0) proxies.set(dimension.id, chain);
    }
  }
  KNOWN.set(model, proxies);
  return proxies;
}

/** The one dimension that the SQL of a dimension is; null: it is more, or of another type. */
function original(model: DataModel, { type, sql, subQuery }: Dimension): Dimension | null {
  const [only, ...more] = sql.parts;
  if (subQuery || only?.kind !== 'member' || more.length > 0) return null;
  const found = lookUp(model, only.member);
  return found?.kind === 'dimension' && found.dimension.type === type ? found.dimension : null;
}

function rename(filter: Filter, column: (member: MemberId) => MemberId): Filter {
  if (filter.kind === 'test') return { ...filter, member: column(filter.member) };
  return { ...filter, filters: filter.filters.map((inner) => rename(inner, column)) };
}
