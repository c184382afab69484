import { mkdirSync, writeFileSync } from 'node:fs';
import { arch, cpus, platform } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { type BuildReport, formatModel } from '../index.js';
import { recordOwnFiles, refuseForeignFiles } from './own-files.js';
import { printHeading, printJson, printLine, printNote } from './print.js';
import { showProgress } from './progress.js';
import { htmlReport } from './report.js';
import { type Ways, openWays, runQuestion } from './run-questions.js';
import { columnsTable, missText, questionsTable, rollupsTable, summaryLine } from './try-text.js';
import type { QuestionRun, TryResult } from './try-result.js';
import { DEMO_FILE, type TrySubject, demoSubject, fileSubject } from './try-subject.js';
import { UsageError } from './usage-error.js';
import type { Globals } from './with-store.js';

const EXIT_DIFFERENT = 1;
const STORE_FOLDER = '.granary';
const OWN_FILES = ['model.yml', 'granary.config.json', 'report.html'];

interface TryFlags extends Globals {
  readonly demo: boolean;
  readonly out: string;
  readonly force: boolean;
}

/**
 * `granary try`: from files to a model, rollups, and a dozen queries answered both ways. Writes all that it made
 * into one folder. Exit code 1 when any answer differs.
 */
export async function tryOut(path: string | null, flags: TryFlags): Promise<number> {
  if ((path === null) !== flags.demo) {
    throw new UsageError('give either a file or folder to look at, or --demo.');
  }
  const folder = resolve(flags.out);
  const own = path === null ? [...OWN_FILES, DEMO_FILE] : OWN_FILES;
  if (!flags.force) refuseForeignFiles(folder, own);
  const say = flags.json ? SILENT : SPOKEN;

  say.heading(`1 · Looking at ${path ?? 'the demo'}`);
  const subject = path === null ? await demoSubject(folder) : await fileSubject(path);
  for (const warning of subject.warnings) printNote(`granary: ${warning}`);
  if (subject.columns.length > 0) say.line(columnsTable(subject.columns));

  say.heading(`2 · The model of ${subject.title}`);
  const model = await formatModel(subject.document);
  const files = writeSetup(folder, subject, model);
  recordOwnFiles(folder, own);
  say.line(model.trimEnd());

  const ways = await openWays(subject.document, {
    store: files.store,
    sources: subject.sources,
    selection: subject.selection,
  });
  try {
    say.heading('3 · Building the rollups');
    const built = await ways.rollups.build({ force: true, onProgress: showProgress(process.stderr) });
    const result = await answerQuestions(ways, subject, built);
    say.line(rollupsTable(result));

    say.heading('4 · The same questions, answered both ways');
    say.line(questionsTable(result));
    say.line(`\n${summaryLine(result)}`);

    const miss = result.runs.find((run) => run.meta.mode === 'source');
    if (miss !== undefined) {
      say.heading('5 · A question that no rollup answers');
      say.line(missText(miss));
    }
    writeFileSync(files.report, htmlReport(result));
    recordOwnFiles(folder, own);
    say.heading('Written');
    for (const file of [files.model, files.config, files.store, files.report]) say.line(display(file));
    say.heading('Next');
    for (const command of nextCommands(files.config, result.runs, miss)) say.line(command);
    if (flags.json) printJson(result);
    return result.runs.some((run) => run.verdict.kind === 'different') ? EXIT_DIFFERENT : 0;
  } finally {
    await ways.close();
  }
}

interface SetupFiles {
  readonly model: string;
  readonly config: string;
  readonly store: string;
  readonly report: string;
}

const SPOKEN = { heading: printHeading, line: printLine };
const SILENT: typeof SPOKEN = { heading() {}, line() {} };

function writeSetup(folder: string, subject: TrySubject, model: string): SetupFiles {
  const files = {
    model: join(folder, 'model.yml'),
    config: join(folder, 'granary.config.json'),
    store: join(folder, STORE_FOLDER),
    report: join(folder, 'report.html'),
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(files.model, model);
  const config = {
    model: 'model.yml',
    store: `${STORE_FOLDER}/`,
    selection: subject.selection,
    sources: subject.sources,
  };
  writeFileSync(files.config, `${JSON.stringify(config, null, 2)}\n`);
  return files;
}

async function answerQuestions(ways: Ways, subject: TrySubject, built: BuildReport): Promise<TryResult> {
  const counted = await ways.source.query({ measures: [subject.rowCount] });
  const { rollups } = await ways.rollups.status();
  const runs: QuestionRun[] = [];
  for (const question of subject.questions) runs.push(await runQuestion(ways, question, subject.doubles));
  return {
    title: subject.title,
    rows: Number(counted.data[0]?.[subject.rowCount]),
    rollups: rollups.map(({ id, rows, bytes, partitions }) => {
      const buildMs = built.rollups.find(({ preAggregation }) => preAggregation === id)?.durationMs ?? 0;
      return { id, rows, bytes, partitions, buildMs };
    }),
    runs,
    machine: machineName(),
    date: new Date().toISOString().slice(0, 10),
  };
}

function machineName(): string {
  const all = cpus();
  const model = all[0]?.model.trim() ?? 'unknown processor';
  return `${model}, ${all.length} threads, ${platform()} ${arch()}, Node ${process.versions.node}`;
}

function nextCommands(config: string, runs: readonly QuestionRun[], miss: QuestionRun | undefined): string[] {
  const verb = (name: string, rest = ''): string =>
    `${ownCommand()} ${name} --config ${quote(display(config))}${rest}`;
  const asked = runs.find((run) => run.meta.mode !== 'source') ?? runs[0];
  const explained = miss ?? asked;
  const json = (run: QuestionRun | undefined): string =>
    run === undefined ? '' : ` ${quote(JSON.stringify(run.query))}`;
  return [verb('query', json(asked)), verb('explain', json(explained)), verb('status')];
}

/** How this program is called from here: by its package where it is installed, else by its file. */
function ownCommand(): string {
  const file = resolve(process.argv[1] ?? '');
  const installed = file.includes('node_modules');
  return installed ? 'npx granary' : `node ${quote(display(file))}`;
}

function display(path: string): string {
  return relative(process.cwd(), path) || '.';
}

/** One word of a POSIX shell. */
function quote(text: string): string {
  return /^[\w./:=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
