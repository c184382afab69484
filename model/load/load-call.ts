/** What Cube's context variables give when they are called in SQL, as parts of a template. */
import type { FilterParam, SqlPart } from '../sql-template.js';
import type { Context, DeclaredCube } from './declare.js';
import type { Call, CallArgument } from './parse-call.js';
import { SECURITY_CONTEXTS } from './parse-template.js';
import { loadSecurityCall } from './load-security-call.js';
import { loadText, type Site } from './load-template.js';

/** The parts, or what is wrong with the call. */
export function loadCall(call: Call, site: Site, context: Context): readonly SqlPart[] | string {
  const [first = '', ...rest] = call.steps;
  if (first === 'FILTER_PARAMS') return oneFilter(call, site, context);
  if (first === 'FILTER_GROUP') return filterGroup(call, site, context);
  if (SECURITY_CONTEXTS.has(first)) return loadSecurityCall(call, site, context);
  if (first === 'SQL_UTILS') return convertTz(call, site, context);
  if (rest.length === 1 && rest[0] === 'sql' && call.args.length === 0) return tableOf(first, site, context);
  return `\`${call.steps.join('.')}\` cannot be called: there are FILTER_PARAMS, FILTER_GROUP, SECURITY_CONTEXT, SQL_UTILS and \`cube.sql()\``;
}

function oneFilter(call: Call, site: Site, context: Context): readonly SqlPart[] | string {
  const param = filterParam(call, site, context);
  return typeof param === 'string' ? param : [{ kind: 'filter', params: [param] }];
}

function filterGroup(call: Call, site: Site, context: Context): readonly SqlPart[] | string {
  const usage = 'FILTER_GROUP takes FILTER_PARAMS, each with its `.filter(…)`';
  const params: FilterParam[] = [];
  for (const arg of call.args) {
    if (arg.kind !== 'call' || arg.steps[0] !== 'FILTER_PARAMS') return usage;
    const param = filterParam(arg, site, context);
    if (typeof param === 'string') return param;
    params.push(param);
  }
  return params.length === 0 || call.steps.length > 1 ? usage : [{ kind: 'filter', params }];
}

function filterParam({ steps, args }: Call, site: Site, context: Context): FilterParam | string {
  const [, cubeName = '', name = '', method] = steps;
  if (steps.length !== 4 || method !== 'filter') {
    return "FILTER_PARAMS is written `FILTER_PARAMS.cube.dimension.filter('column')`";
  }
  const { cubes, problems } = context;
  const cube = cubeName === 'CUBE' ? site.home : cubes.get(cubeName);
  if (cube === undefined) return `there is no cube \`${cubeName}\`${problems.hint(cubeName, cubes.keys())}`;
  const member = cube.members.get(name);
  if (member === undefined) {
    return `\`${cube.name}\` has no member \`${name}\`${problems.hint(name, cube.members.keys())}`;
  }
  if (member.kind !== 'dimension') {
    return `FILTER_PARAMS is about dimensions; \`${member.id}\` is a ${member.kind}`;
  }
  const [first, second] = args;
  if (first?.kind === 'number' && second?.kind === 'text' && args.length === 2) {
    const parts = loadText(second.text, { ...site, values: first.value }, context);
    return typeof parts === 'string' ? parts : { member: member.id, values: first.value, parts };
  }
  const parts = column(args, site, context);
  return typeof parts === 'string' ? parts : { member: member.id, values: null, parts };
}

function convertTz({ steps, args }: Call, site: Site, context: Context): readonly SqlPart[] | string {
  if (steps.length !== 2 || steps[1] !== 'convertTz') {
    return "SQL_UTILS has one function: `SQL_UTILS.convertTz('column')`";
  }
  const parts = column(args, site, context);
  return typeof parts === 'string' ? parts : [{ kind: 'local', parts }];
}

/** The one argument that names a column: its text, or a reference to a dimension. */
export function column(
  args: readonly CallArgument[],
  site: Site,
  context: Context,
): readonly SqlPart[] | string {
  const [arg] = args;
  if (arg?.kind === 'lambda') {
    return 'a function of Python cannot be run here: give the column in quotes, or write this cube in JavaScript, where `filter((from, to) => …)` can';
  }
  if (args.length === 1 && arg?.kind === 'text' && arg.text.trim() !== '') {
    return loadText(arg.text, site, context);
  }
  if (args.length === 1 && arg?.kind === 'path') return loadText(`{${arg.steps.join('.')}}`, site, context);
  return "one argument is expected, the column in quotes: `'created_at'`";
}

function tableOf(name: string, site: Site, { cubes, problems }: Context): readonly SqlPart[] | string {
  if (!site.isTable) return `\`${name}.sql()\` can stand in the \`sql\` of a cube and of a build range only`;
  const cube = cubes.get(name);
  if (cube === undefined) return `there is no cube \`${name}\`${problems.hint(name, cubes.keys())}`;
  const sourceOf = ({ text }: DeclaredCube): string => text.data_source ?? 'default';
  if (sourceOf(cube) !== sourceOf(site.home)) {
    return `\`${name}\` lies in the data source '${sourceOf(cube)}', this cube in '${sourceOf(site.home)}': its rows cannot be read from here`;
  }
  return [{ kind: 'table', cube: name }];
}
