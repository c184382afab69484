/**
 * What the text of a JavaScript model can name, and the plain document that it defines. The same functions run beside
 * Granary (trusted) and, as text, inside the sandbox; so they use nothing but their arguments, each other and the
 * language itself.
 *
 *     text ──► with (scope) { … } ──► cube(name, definition) ──► plain copy ──► JSON
 *                  └─ a name that the file does not declare is a reference: `{Orders}`, `{CUBE.count}`
 */

export interface ScriptSettings {
  /** COMPILE_CONTEXT as JSON. */
  readonly compileContext: string;
  /** SECURITY_CONTEXT as JSON. */
  readonly securityContext: string;
  /** Two characters that stand around references in text until the text is copied, when they become braces. */
  readonly open: string;
  readonly close: string;
  readonly depthMax: number;
  readonly valuesMax: number;
  /** UTF-16 units of all keys and strings. */
  readonly charsMax: number;
}

/** What `evaluateModel` gives, as JSON. */
export type Evaluation =
  | { readonly kind: 'model'; readonly cubes: readonly Defined[]; readonly views: readonly Defined[] }
  /** `stacks`: where it was thrown, and the call of `cube` or `view` before it. */
  | { readonly kind: 'fault'; readonly message: string; readonly stacks: readonly string[] };

export interface Defined {
  readonly definition: unknown;
  /** Of the call of `cube` or `view`, as the engine writes it. */
  readonly stack: string;
}

interface State {
  readonly settings: ScriptSettings;
  /** The dotted name of every reference. */
  readonly names: WeakMap<object, string>;
  readonly cubes: Defined[];
  readonly views: Defined[];
  lastCall: string;
  valuesLeft: number;
  charsLeft: number;
}

/** The functions of this file as one text, whose value is `evaluateModel`. */
export function evaluateModelText(): string {
  const parts = [
    evaluateModel,
    createScope,
    define,
    createReference,
    callReference,
    callWithValues,
    contextValue,
    quoteText,
    copyValue,
    copyObject,
    copyText,
    describeFault,
  ];
  return `(() => {\n${parts.map(String).join('\n')}\nreturn evaluateModel;\n})()`;
}

/** Runs a compiled file and gives an `Evaluation` as JSON. Does not throw. */
export function evaluateModel(body: (scope: object) => unknown, settings: ScriptSettings): string {
  const state: State = {
    settings,
    names: new WeakMap(),
    cubes: [],
    views: [],
    lastCall: '',
    valuesLeft: settings.valuesMax,
    charsLeft: settings.charsMax,
  };
  try {
    body(createScope(state));
    return JSON.stringify({ kind: 'model', cubes: state.cubes, views: state.views });
  } catch (error) {
    return JSON.stringify(describeFault(error, state.lastCall));
  }
}

/** Every name that is neither the file's own nor of the language is a reference. Undeclared variables can be set. */
function createScope(state: State): object {
  const language = new Set(
    (
      'undefined NaN Infinity Object Array String Number Boolean BigInt Symbol Math JSON Date RegExp Map Set ' +
      'Error TypeError RangeError SyntaxError ReferenceError ' +
      'isNaN isFinite parseInt parseFloat encodeURIComponent decodeURIComponent encodeURI decodeURI'
    ).split(' '),
  );
  const silent = () => undefined;
  const variables = new Map<string, unknown>([
    ['cube', (name: unknown, definition: unknown) => define('cube', name, definition, state)],
    ['view', (name: unknown, definition: unknown) => define('view', name, definition, state)],
    ['COMPILE_CONTEXT', JSON.parse(state.settings.compileContext)],
    ['console', { log: silent, debug: silent, info: silent, warn: silent, error: silent }],
  ]);
  return new Proxy(Object.create(null) as object, {
    has: (_, name) => typeof name === 'string' && (variables.has(name) || !language.has(name)),
    get: (_, name) => {
      if (typeof name === 'symbol') return undefined;
      if (variables.has(name)) return variables.get(name);
      // As a reference its comparisons would be false, and its defaults never taken.
      if (name === 'process') {
        throw new ReferenceError(
          'there is no `process` in a model: give what it needs as compileContext, and read COMPILE_CONTEXT',
        );
      }
      return createReference(name, state);
    },
    set: (_, name, value) => variables.set(String(name), value).has(String(name)),
  });
}

function define(kind: 'cube' | 'view', name: unknown, definition: unknown, state: State): void {
  const stack = String(new Error(kind).stack);
  state.lastCall = stack;
  const title = state.names.get(name as object) ?? name;
  if (typeof title !== 'string')
    throw new TypeError(`${kind}() needs a name, as in ${kind}('orders', { … })`);
  if (typeof definition !== 'object' || definition === null) {
    throw new TypeError(`${kind}('${title}') needs an object of its parts`);
  }
  if (Object.hasOwn(definition, 'name')) throw new TypeError(`${kind}('${title}') has its name already`);
  const parts = copyValue(definition, `${kind}('${title}')`, { sql: false, meta: false, above: [] }, state);
  (kind === 'cube' ? state.cubes : state.views).push({
    definition: { name: title, ...(parts as object) },
    stack,
  });
}

/** `Orders` as a value: its text is `{Orders}`, its properties are references too. */
function createReference(name: string, state: State): object {
  const { open, close } = state.settings;
  const reference = new Proxy(() => name, {
    get: (_, key) => {
      if (key === Symbol.toPrimitive || key === 'toString') return () => open + name + close;
      if (typeof key === 'symbol') return undefined;
      return createReference(`${name}.${key.replaceAll(open, '').replaceAll(close, '')}`, state);
    },
    apply: (_, _this, values: unknown[]): unknown => callReference(name, values, state),
  });
  state.names.set(reference, name);
  return reference;
}

/**
 * Only what Cube fills in when a query arrives, and `sql()` of a cube, can be called; the call is part of the
 * reference's name. A function among the arguments gets references to the values that will be there.
 */
function callReference(name: string, values: readonly unknown[], state: State): unknown {
  const isContext = /^(SECURITY_CONTEXT|securityContext|USER_CONTEXT)\./.test(name);
  if (isContext && name.endsWith('.unsafeValue')) return contextValue(name, state);
  if (!isContext && !/^(FILTER_PARAMS|FILTER_GROUP|SQL_UTILS)\b|^\w+\.sql$/.test(name)) {
    throw new TypeError(
      `\`${name}\` is called, but is no function of this file. A model file knows cube(), view(), its own ` +
        'functions and the language; no require, no process, no other files',
    );
  }
  const given = values.find((value) => typeof value === 'function' && !state.names.has(value));
  if (given !== undefined) return callWithValues(name, given as (...values: unknown[]) => unknown, state);
  const texts = values.map((value) => state.names.get(value as object) ?? quoteText(String(value)));
  return createReference(`${name}(${texts.join(', ')})`, state);
}

/** `FILTER_PARAMS.orders.at.filter((from, to) => …)` and `SECURITY_CONTEXT.tenant.filter((tenant) => …)`. */
function callWithValues(name: string, given: (...values: unknown[]) => unknown, state: State): unknown {
  if (!/\.(filter|requiredFilter)$/.test(name)) throw new TypeError(`\`${name}\` takes no function`);
  if (name.startsWith('FILTER_PARAMS.')) {
    if (given.length === 0) {
      throw new TypeError(
        `the function given to \`${name}\` names no value: write (from, to) => … or (value) => …`,
      );
    }
    const places = Array.from({ length: given.length }, (_, at) => createReference(String(at), state));
    const text = quoteText(String(given(...places)));
    return createReference(`${name}(${given.length}, ${text})`, state);
  }
  const value = contextValue(name, state);
  const path = name.replace(/\.\w+$/, '');
  if (value === null || value === undefined) {
    return name.endsWith('.filter') ? '1 = 1' : createReference(`${path}.requiredFilter("")`, state);
  }
  if (!Array.isArray(value)) return given(createReference(`${path}.value()`, state));
  return given(value.map((_, at) => createReference(`${path}.value(${at})`, state)));
}

/** Text as an argument of a call, where its own braces are no references. */
function quoteText(text: string): string {
  return JSON.stringify(text.replace(/[{}]/g, '\\$&'));
}

/** The value of the security context whose method a reference names. */
function contextValue(name: string, state: State): unknown {
  let at: unknown = JSON.parse(state.settings.securityContext);
  for (const key of name.split('.').slice(1, -1)) {
    const isObject = typeof at === 'object' && at !== null;
    at = isObject && Object.hasOwn(at as object, key) ? (at as Record<string, unknown>)[key] : undefined;
  }
  return at;
}

interface Where {
  /** Whether text is SQL, in which braces of the text itself must not become references. */
  readonly sql: boolean;
  readonly meta: boolean;
  /** The objects that hold this value. */
  readonly above: readonly object[];
}

/** A copy of plain data in which references are text. `path` names the value in errors. */
function copyValue(value: unknown, path: string, where: Where, state: State): unknown {
  if (--state.valuesLeft < 0)
    throw new RangeError(`the file defines more than ${state.settings.valuesMax} values`);
  const name = state.names.get(value as object);
  const { open, close } = state.settings;
  if (name !== undefined) return copyText(where.sql ? open + name + close : name, where.sql, state);
  switch (typeof value) {
    case 'undefined':
    case 'boolean':
      return value;
    case 'string':
      return copyText(value, where.sql, state);
    case 'number':
      if (Number.isFinite(value)) return value;
      throw new TypeError(`${path}: ${value} is no value of a model`);
    case 'object':
      return value === null ? null : copyObject(value, path, where, state);
    default:
      throw new TypeError(`${path}: a model is plain data; this is a ${typeof value}`);
  }
}

function copyObject(value: object, path: string, where: Where, state: State): unknown {
  if (where.above.includes(value)) throw new TypeError(`${path}: holds itself`);
  if (where.above.length >= state.settings.depthMax) {
    throw new RangeError(`${path}: nested more than ${state.settings.depthMax} levels deep`);
  }
  const above = [...where.above, value];
  if (Array.isArray(value)) {
    const items: unknown[] = [];
    for (let i = 0; i < value.length; i++) {
      items.push(copyValue(value[i], `${path}[${i}]`, { ...where, above }, state) ?? null);
    }
    return items;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) {
    const kind = Object.prototype.toString.call(value).slice(8, -1);
    throw new TypeError(`${path}: a model is plain data; this is a ${kind}`);
  }
  const entries: [string, unknown][] = [];
  for (const [key, inner] of Object.entries(value)) {
    const meta = where.meta || key === 'meta';
    const sql = !meta && ['sql', 'sql2', 'sqlTable', 'sql_table'].includes(key);
    const plainKey = copyText(key, false, state).replace(/^\{(.*)\}$/, '$1');
    entries.push([plainKey, copyValue(inner, `${path}.${plainKey}`, { sql, meta, above }, state)]);
  }
  return Object.fromEntries(entries);
}

function copyText(text: string, isSql: boolean, state: State): string {
  const { open, close, charsMax } = state.settings;
  state.charsLeft -= text.length;
  if (state.charsLeft < 0) throw new RangeError(`the file defines more than ${charsMax} characters`);
  const own = isSql ? text.replace(/[{}]/g, '\\$&') : text;
  return own.replaceAll(open, '{').replaceAll(close, '}');
}

/** Anything can be thrown, and its own text can throw again. */
function describeFault(error: unknown, lastCall: string): Evaluation {
  try {
    const message = error instanceof Error ? error.message : `threw ${String(error)}`;
    const stack = error instanceof Error ? String(error.stack) : '';
    return { kind: 'fault', message, stacks: [stack, lastCall] };
  } catch {
    return { kind: 'fault', message: 'threw a value that cannot be shown', stacks: [lastCall] };
  }
}
