import type { SqlPart } from '../sql-template.js';
import type { Context } from './declare.js';
import { column } from './load-call.js';
import type { Site } from './load-template.js';
import type { Call } from './parse-call.js';

type Scalar = string | number | boolean;

/**
 * `SECURITY_CONTEXT.tenant.filter('tenant')` and its like, with the values of the store's context, which become
 * parameters. A key that is absent filters nothing, unless the filter is required.
 */
export function loadSecurityCall(call: Call, site: Site, context: Context): readonly SqlPart[] | string {
  const keys = call.steps.slice(1, -1);
  const method = call.steps.at(-1) ?? '';
  const name = keys.join('.');
  if (keys.length === 0) return `\`${call.steps.join('.')}\` names no key of the context`;
  const value = valueAt(context.securityContext, keys);
  const values = scalarsOf(value);
  if (values === null) return `\`${name}\` of the security context is neither a value nor a list of values`;
  switch (method) {
    case 'requiredFilter':
      if (value == null) return required(call.steps[0] ?? '', keys);
      return condition(call, values, Array.isArray(value), site, context);
    case 'filter':
      if (value == null) return [{ kind: 'text', text: '1 = 1' }];
      return condition(call, values, Array.isArray(value), site, context);
    case 'unsafeValue':
      if (values.length !== 1 || Array.isArray(value)) return required(call.steps[0] ?? '', keys);
      return [{ kind: 'text', text: String(values[0]) }];
    case 'value':
      return parameter(call, values);
    default:
      return `the security context has \`filter\`, \`requiredFilter\` and \`unsafeValue\`, not \`${method}\``;
  }
}

function condition(
  call: Call,
  values: readonly Scalar[],
  isList: boolean,
  site: Site,
  context: Context,
): readonly SqlPart[] | string {
  const parts = column(call.args, site, context);
  if (typeof parts === 'string') return parts;
  const [first] = values;
  if (first === undefined) return [{ kind: 'text', text: '1 = 0' }];
  if (!isList) return [...parts, { kind: 'text', text: ' = ' }, { kind: 'value', value: first }];
  const list = values.flatMap((value, at): SqlPart[] => [
    { kind: 'text', text: at === 0 ? ' IN (' : ', ' },
    { kind: 'value', value },
  ]);
  return [...parts, ...list, { kind: 'text', text: ')' }];
}

/** `value()` or, of a list, `value(2)`: what a function of JavaScript is given instead of the value itself. */
function parameter({ args }: Call, values: readonly Scalar[]): readonly SqlPart[] | string {
  const [arg] = args;
  const value = values[arg?.kind === 'number' ? arg.value : 0];
  return value === undefined ? 'the security context has no such value' : [{ kind: 'value', value }];
}

function required(variable: string, keys: readonly string[]): string {
  const shape = keys.reduceRight((inner, key) => `{ ${key}: ${inner} }`, '…');
  return `\`${variable}.${keys.join('.')}\` is required, and the security context has no value there: open the store with \`securityContext: ${shape}\``;
}

function valueAt(root: unknown, keys: readonly string[]): unknown {
  let at = root;
  for (const key of keys) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as Readonly<Record<string, unknown>>)[key];
  }
  return at;
}

/** Null: the value is an object, or a list of more than scalars. Nothing is no value. */
function scalarsOf(value: unknown): readonly Scalar[] | null {
  if (value == null) return [];
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  const isScalar = (item: unknown): item is Scalar =>
    typeof item === 'string' || typeof item === 'boolean' || Number.isFinite(item);
  return values.every(isScalar) ? values : null;
}
