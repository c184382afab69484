import { cubeOf, type Cube, type Join, type MemberId, type PreAggregation } from '../schema.js';
import type { Combination, Leg } from './check-combinations.js';
import { mapAt, type Context } from './declare.js';
import type { Place } from './located.js';

type Cubes = ReadonlyMap<string, Cube>;

/** Tells why the two rollups of a `rollup_join` cannot be joined by what they store. */
export function checkRollupJoin(combination: Combination, cubes: Cubes, context: Context): void {
  const { preAggregation, node, legs } = combination;
  const { problems } = context;
  const place = node.entries.get('rollups')?.key ?? node.place;
  const sources = new Set(legs.map(({ rollup }) => cubes.get(rollup.cube)?.dataSource));
  if (sources.size === 1) {
    problems.warn(
      place,
      'rollup_join_in_one_source',
      'both rollups are of one data source: an ordinary rollup that lists the members of both cubes does the same',
    );
  }
  const members = membersOf(preAggregation);
  const missing = members.find((member) => !legs.some(({ rollup }) => membersOf(rollup).includes(member)));
  if (missing !== undefined) {
    const known = legs.flatMap(({ rollup }) => membersOf(rollup));
    problems.add(place, `none of the rollups stores \`${missing}\`${problems.hint(missing, known)}`);
    return;
  }
  const joins = joinsOf(members, cubes);
  if (joins === null) {
    const names = [...new Set(members.map(cubeOf))].join(', ');
    problems.add(place, `no join leads from one of the cubes ${names} to all others: declare one`);
    return;
  }
  const within = new Set(legs.flatMap(({ rollup }) => joinsOf(membersOf(rollup), cubes) ?? []));
  const between = joins.filter((join) => !within.has(join));
  if (between.length === 0) {
    problems.add(
      place,
      'there is nothing to join: its members need no join beyond those within its rollups. Write an ordinary rollup',
    );
  }
  for (const join of between) checkJoin(join, combination, context);
}

/** What is compared must be stored: dimensions of one rollup with dimensions of the other. */
function checkJoin(join: Join, { preAggregation, node, legs }: Combination, context: Context): void {
  const { problems } = context;
  const { parts } = join.sql;
  const compared = parts.flatMap((part) => (part.kind === 'member' ? [part.member] : []));
  const ends = [join.from, join.to].map((cube) => compared.filter((member) => cubeOf(member) === cube));
  if (parts.some((part) => part.kind === 'cube') || ends.some((members) => members.length === 0)) {
    problems.add(
      placeOfSql(join, context) ?? node.place,
      `\`${preAggregation.id}\` joins rollups by this: compare dimensions, not columns, as in \`{CUBE.user_id} = {users.id}\``,
    );
    return;
  }
  const place = node.entries.get('rollups')?.key ?? node.place;
  const way = `the join from \`${join.from}\` to \`${join.to}\` compares`;
  const found: Leg[] = [];
  for (const members of ends) {
    const names = members.map((member) => `\`${member}\``).join(', ');
    const stored = legs.filter(({ rollup }) => members.every((member) => rollup.dimensions.includes(member)));
    const [leg, second] = stored;
    if (leg === undefined) {
      problems.add(
        place,
        `${way} ${names}, which none of the rollups lists: add it to \`dimensions\` of one`,
      );
    } else if (second !== undefined) {
      problems.add(place, `${way} ${names}, which both rollups list: leave it in one of them`);
    } else {
      found.push(leg);
    }
  }
  if (found.length === 2 && found[0] === found[1]) {
    problems.add(place, `${way} two dimensions of \`${found[0]?.rollup.id}\`; it must compare both rollups`);
  }
}

function placeOfSql(join: Join, { cubes }: Context): Place | null {
  const declared = cubes.get(join.from);
  const index = (declared?.text.joins ?? []).findIndex(({ name }) => name === join.to);
  if (declared === undefined || index < 0) return null;
  return mapAt(declared.node, ['joins', index]).entries.get('sql')?.value.place ?? null;
}

function membersOf({ measures, dimensions, segments, timeDimensions }: PreAggregation): MemberId[] {
  return [...measures, ...dimensions, ...segments, ...timeDimensions.map(({ dimension }) => dimension)];
}

/** The joins from one of the members' cubes to all others, on shortest ways; null where there are none. */
function joinsOf(members: readonly MemberId[], cubes: Cubes): Join[] | null {
  const wanted = [...new Set(members.map(cubeOf))];
  for (const root of wanted) {
    const joins = waysFrom(root, wanted, cubes);
    if (joins !== null) return joins;
  }
  return null;
}

function waysFrom(root: string, wanted: readonly string[], cubes: Cubes): Join[] | null {
  const reached = new Map<string, Join | null>([[root, null]]);
  for (const name of reached.keys()) {
    for (const join of cubes.get(name)?.joins ?? []) if (!reached.has(join.to)) reached.set(join.to, join);
  }
  const joins = new Set<Join>();
  for (const cube of wanted) {
    if (!reached.has(cube)) return null;
    for (let join = reached.get(cube) ?? null; join !== null; join = reached.get(join.from) ?? null)
      joins.add(join);
  }
  return [...joins];
}
