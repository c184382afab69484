/** The table of ARCHITECTURE.md, "who may open which door", as a function over one file. */
import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import { scanTypeScript, type Scan } from './scan-typescript.js';

export const ROOMS = ['model', 'planner', 'sources', 'storage', 'engine', 'server', 'cli'] as const;

export const RULES = [
  'room', // imports another room that it may not
  'package', // imports a package that it may not
  'builtin', // a pure room imports node:*
  'disk', // node:fs outside storage/node-disk.ts
  'threads', // worker threads outside engine/workers and the sandbox of model scripts
  'computed', // imports a name that cannot be read
  'async',
  'clock',
  'random',
  'world', // a pure room reads the process
  'marker', // a comment that promises work
  'length',
] as const;
export type Rule = (typeof RULES)[number];

export interface Breach {
  readonly rule: Rule;
  /** `path:line: what` */
  readonly message: string;
}

const INNER_ROOMS = ['model', 'planner', 'sources', 'storage', 'engine'];
/** What a room may import beside itself: rooms or single files. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  model: [],
  planner: ['model'],
  sources: ['model'],
  storage: ['model'],
  engine: ['model', 'storage', 'sources/source.ts'],
  store: INNER_ROOMS,
  index: ['store', ...INNER_ROOMS],
  server: ['index'],
  cli: ['index', 'server'],
};
const PURE = ['model', 'planner'];
const LINES_MAX = 300;

/** Every breach in the file at `path` (relative to the repository, with forward slashes). */
export function findBreaches(path: string, text: string): Breach[] {
  const scan = scanTypeScript(text);
  const breaches: Breach[] = [];
  const report = (rule: Rule, at: number, what: string) => {
    breaches.push({ rule, message: `${path}:${text.slice(0, at).split('\n').length}: ${what}` });
  };
  for (const { specifier, at } of findImports(scan)) {
    const [rule, what] = specifier === null ? computed : judgeImport(path, specifier);
    if (rule !== null) report(rule, at, what);
  }
  if (PURE.includes(roomOf(path))) {
    for (const [rule, pattern] of IMPURE) {
      for (const match of scan.code.matchAll(pattern)) report(rule, match.index, `uses ${match[0]}`);
    }
  }
  for (const { from, text: comment } of scan.comments) {
    if (/\b(?:TODO|FIXME)\b/i.test(comment)) report('marker', from, 'a comment promises work');
  }
  const lines = text.trimEnd().split('\n').length;
  if (lines > LINES_MAX && !tellsWhyLong(scan)) {
    report(
      'length',
      0,
      `${lines} lines, and its head does not say "Longer than ${LINES_MAX} lines because …"`,
    );
  }
  return breaches;
}

const computed: Verdict = ['computed', 'imports a name that cannot be read'];

const IMPURE: [Rule, RegExp][] = [
  ['async', /(?<![\w$])(?:async|await|Promise)(?![\w$])/g],
  ['async', /(?<![\w$.])(?:setTimeout|setInterval|setImmediate|queueMicrotask|fetch)(?=\s*\()/g],
  ['clock', /(?<![\w$])(?:Date\s*\.\s*now|Temporal\s*\.\s*Now|performance\s*\.\s*\w)/g],
  ['clock', /(?<![\w$.])new\s+Date(?![\w$])(?!\s*\(\s*[^\s)])/g],
  ['clock', /(?<![\w$.])(?<!new\s+)Date(?=\s*\()/g],
  ['random', /(?<![\w$])(?:Math\s*\.\s*random|crypto\s*\.)/g],
  ['world', /(?<![\w$.])process\s*\./g],
];

interface Import {
  /** Null where it is not written out. */
  readonly specifier: string | null;
  readonly at: number;
}

/** import, export from, import(), import types, require(), and the URL of a module beside this one. */
function findImports({ code, strings }: Scan): Import[] {
  const imports: Import[] = [];
  const written = new Set<number>();
  for (const { from, to, text } of strings) {
    written.add(from);
    const before = code.slice(0, from).trimEnd();
    const isImport = /(?:(?<![\w$.])(?:from|import|(?:import|require)\s*\()|getBuiltinModule\s*\()$/.test(
      before,
    );
    const isUrl = /\bnew\s+URL\s*\($/.test(before) && /^\s*,\s*import\s*\.\s*meta/.test(code.slice(to));
    if (!isImport && !(isUrl && text.endsWith('.js'))) continue;
    imports.push({ specifier: text.includes('\\') ? null : text, at: from });
  }
  for (const call of code.matchAll(/(?<![\w$.])(?:import|require)\s*\(\s*/g)) {
    if (!written.has(call.index + call[0].length)) imports.push({ specifier: null, at: call.index });
  }
  return imports;
}

type Verdict = readonly [rule: Rule, what: string] | readonly [null];

function judgeImport(path: string, specifier: string): Verdict {
  if (specifier.startsWith('.')) return judgeRoom(path, posix.join(posix.dirname(path), specifier));
  if (specifier === 'granary') return judgeRoom(path, 'index.js');
  if (/^[/#]|^file:|^data:/.test(specifier)) return ['room', `imports ${specifier}`];

  const room = roomOf(path);
  const name = specifier.replace(/^node:/, '');
  if (isBuiltin(specifier) && PURE.includes(room)) return ['builtin', `imports ${specifier}`];
  if (name.split('/')[0] === 'fs' && path !== 'storage/node-disk.ts' && room !== 'cli') {
    return ['disk', `imports ${specifier}; only storage/node-disk.ts and cli/ may`];
  }
  const hasThreads =
    path.startsWith('engine/workers/') || /^sources\/script-(?:sandbox|thread)\.ts$/.test(path);
  if (/^(?:worker_threads|piscina)(?:\/|$)/.test(name) && !hasThreads) {
    return ['threads', `imports ${specifier}; only engine/workers/ and the sandbox of model scripts may`];
  }
  if (isBuiltin(specifier) || !PURE.includes(room)) return [null];
  if (path.startsWith('model/load/') && (specifier === 'yaml' || specifier === 'zod')) return [null];
  return ['package', `imports ${specifier}`];
}

function judgeRoom(path: string, target: string): Verdict {
  const file = target.replace(/\.js$/, '.ts');
  const room = roomOf(path);
  if (roomOf(file) === room || MAY_IMPORT[room]?.some((door) => door === file || door === roomOf(file))) {
    return [null];
  }
  return ['room', `${room} imports ${file}`];
}

/** The folder at the root; of the files there, `index` and `store`, which is `store.ts` and its `store-*.ts`. */
function roomOf(path: string): string {
  if (path === 'index.ts') return 'index';
  return /^store(?:-[^/]*)?\.ts$/.test(path) ? 'store' : path.split('/')[0];
}

function tellsWhyLong({ code, comments: [head] }: Scan): boolean {
  return (
    head !== undefined &&
    code.slice(0, head.from).trim() === '' &&
    head.text.replace(/[\s*]+/g, ' ').includes(`onger than ${LINES_MAX} lines because `)
  );
}
