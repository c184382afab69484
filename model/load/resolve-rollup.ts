import type { Cube, PreAggregation } from '../schema.js';
import type { Context, DeclaredCube } from './declare.js';
import type { LocatedScalar } from './located.js';
import { parseReference } from './parse-template.js';

/** The pre-aggregation that an entry of `rollups` names: `users.main`, `CUBE.main` or `main`; null with a problem. */
export function resolveRollup(
  entry: LocatedScalar,
  home: DeclaredCube,
  cubes: ReadonlyMap<string, Cube>,
  { problems }: Context,
): PreAggregation | null {
  const written = String(entry.value);
  const reference = parseReference(written);
  const steps = reference !== null && 'steps' in reference ? reference.steps : [];
  const name = steps.at(-1);
  if (name === undefined || steps.length > 2) {
    problems.add(entry.place, `\`${written}\` is no pre-aggregation: write \`cube.pre_aggregation\``);
    return null;
  }
  const first = steps.length === 1 || steps[0] === 'CUBE' ? home.name : steps[0];
  const cube = cubes.get(first);
  if (cube === undefined) {
    problems.add(entry.place, `there is no cube \`${first}\`${problems.hint(first, ['CUBE'], cubes.keys())}`);
    return null;
  }
  const found = cube.preAggregations.find((preAggregation) => preAggregation.name === name);
  if (found !== undefined) return found;
  const names = cube.preAggregations.map((preAggregation) => preAggregation.name);
  const hint = problems.hint(name, names);
  const known = names.length === 0 ? '' : `; it has ${names.slice(0, 10).join(', ')}`;
  problems.add(entry.place, `\`${first}\` has no pre-aggregation \`${name}\`${hint === '' ? known : hint}`);
  return null;
}
