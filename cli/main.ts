#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { StoreError } from '../index.js';
import { build } from './build.js';
import { explain } from './explain.js';
import { collect } from './gc.js';
import { ingest } from './ingest.js';
import { exportRollups } from './export.js';
import { inspect } from './inspect.js';
import { diff, history, rollback } from './history.js';
import { endOnClosedPipe, printJson, printNote } from './print.js';
import { query } from './query.js';
import { status } from './status.js';
import { tryOut } from './try.js';
import { UsageError } from './usage-error.js';
import { verify } from './verify.js';
import { addWords } from './wish-options.js';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

const HELP = `
Exit codes: 0 ok, 1 failed, 2 usage, 3 verify found a difference.
Start with: granary try --demo`;

endOnClosedPipe();
process.exitCode = await main(process.argv.slice(2));

/** Runs one verb; gives the exit code. */
async function main(args: readonly string[]): Promise<number> {
  let code = 0;
  const program = commands((exitCode) => {
    code = exitCode;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    return explainFailure(error, program.opts<{ json: boolean }>().json);
  }
}

function commands(exit: (code: number) => void): Command {
  const program = new Command('granary')
    .description('A pre-aggregation store inside your process.')
    .version(packageVersion())
    .option('--config <file>', 'the configuration', 'granary.config.json')
    .option('--json', 'print JSON and nothing else', false)
    .addHelpText('after', HELP)
    .exitOverride();
  program
    .command('try')
    .description('infer a model for files, build rollups, and compare both ways to answer')
    .argument('[path]', 'a .parquet or .csv file, or a folder of them')
    .option('--demo', 'use real flights, or made-up orders where they are not installed', false)
    .option('--out <folder>', 'where the model, the store and the report go', 'granary-try')
    .option('--force', 'overwrite files there that are not as try wrote them', false)
    .action(async (path: string | undefined, _options: unknown, command: Command) => {
      exit(await tryOut(path ?? null, command.optsWithGlobals()));
    });
  program
    .command('build')
    .description('build what is missing, or whose definition changed')
    .argument('[rollups...]', 'only these, as cube.preAggregation')
    .option('--force', 'build again what is there', false)
    .option('--from <time>', 'only partitions from this ISO time on')
    .option('--to <time>', 'only partitions before this ISO time')
    .action(async (rollups: string[], _options: unknown, command: Command) => {
      exit(await build(rollups, command.optsWithGlobals()));
    });
  program
    .command('query')
    .description('answer a Cube query')
    .argument('<json>', 'the query, or - to read it from stdin')
    .option('--policy <policy>', 'auto (default), rollupOnly or sourceOnly')
    .option('--use <rollups>', 'only these rollups: cube.preAggregation,… (also repeated)', addWords)
    .option('--avoid <rollups>', 'none of these rollups, likewise', addWords)
    .option('--as-of <publish>', 'as an earlier publish had it: its number, or an ISO time with Z')
    .action(async (text: string, _options: unknown, command: Command) => {
      exit(await query(text, command.optsWithGlobals()));
    });
  program
    .command('explain')
    .description('tell which rollup answers a query, and why the others do not')
    .argument('<json>', 'the query, or - to read it from stdin')
    .option('--policy <policy>', 'auto (default), rollupOnly or sourceOnly')
    .option('--use <rollups>', 'only these rollups: cube.preAggregation,… (also repeated)', addWords)
    .option('--avoid <rollups>', 'none of these rollups, likewise', addWords)
    .option('--as-of <publish>', 'as an earlier publish had it: its number, or an ISO time with Z')
    .action(async (text: string, _options: unknown, command: Command) => {
      exit(await explain(text, command.optsWithGlobals()));
    });
  program
    .command('ingest')
    .description('publish pre-aggregated rows of a Parquet file as partitions of a rollup')
    .argument('<rollup>', 'cube.preAggregation')
    .argument('<file>', 'a .parquet file with a column for each of the rollup')
    .option('--range <times...>', 'two ISO times [from, to): the rows are all that there is of it')
    .action(async (rollup: string, file: string, _options: unknown, command: Command) => {
      exit(await ingest(rollup, file, command.optsWithGlobals()));
    });
  program
    .command('gc')
    .description('remove the files that no reader will want again')
    .action(async (_options: unknown, command: Command) => {
      exit(await collect(command.optsWithGlobals()));
    });
  program
    .command('status')
    .description('list the rollups of the model and what is built of them')
    .option('--files', 'list their files', false)
    .option('--source', 'ask the sources what is not built of what they hold now', false)
    .action(async (_options: unknown, command: Command) => {
      exit(await status(command.optsWithGlobals()));
    });
  program
    .command('history')
    .description('list the publishes that are kept')
    .action(async (_options: unknown, command: Command) => {
      exit(await history(command.optsWithGlobals()));
    });
  program
    .command('diff')
    .description('tell what changed from one publish to another')
    .argument('<from>', 'number of the earlier publish')
    .argument('<to>', 'number of the later publish')
    .action(async (from: string, to: string, _options: unknown, command: Command) => {
      exit(await diff(from, to, command.optsWithGlobals()));
    });
  program
    .command('rollback')
    .description('publish anew what an earlier publish held')
    .argument('<to>', 'number of that publish')
    .argument('[rollups...]', 'only these, as cube.preAggregation')
    .action(async (to: string, rollups: string[], _options: unknown, command: Command) => {
      exit(await rollback(to, rollups, command.optsWithGlobals()));
    });
  program
    .command('verify')
    .description('check every published file, and with --source its rows against the source')
    .option('--source', 'compare each partition with what its source gives now', false)
    .option('--budget <ms>', 'begin no further partition after these milliseconds')
    .option('--after <place>', 'go on where a budget ended')
    .action(async (_options: unknown, command: Command) => {
      exit(await verify(command.optsWithGlobals()));
    });
  program
    .command('export')
    .description('write what is published as a folder of Parquet files that a pattern may read')
    .argument('[rollups...]', 'only these, as cube.preAggregation')
    .requiredOption('--to <folder>', 'a folder that is not there, or is empty')
    .option('--format <format>', 'flat, or hive with a folder for each partition', 'flat')
    .option('--compression <codec>', 'zstd, or none in version 1 of Parquet', 'zstd')
    .option('--index <name>', 'rows in the order of this index of each rollup')
    .action(async (rollups: string[], _options: unknown, command: Command) => {
      exit(await exportRollups(rollups, command.optsWithGlobals()));
    });
  program
    .command('inspect')
    .description('tell what the footer of a Parquet file says: schema, order, statistics, metadata')
    .argument('<file>', 'any Parquet file')
    .action(async (path: string, _options: unknown, command: Command) => {
      exit(await inspect(path, command.optsWithGlobals()));
    });
  return program;
}

/** The message on stderr, the stack only on request; with --json the error also as JSON on stdout. */
function explainFailure(error: unknown, json: boolean): number {
  if (error instanceof CommanderError && error.exitCode === 0) return 0;
  if (json) printJson({ error: errorJson(error) });
  // Commander has printed its own message.
  if (error instanceof CommanderError) return EXIT_USAGE;
  const known = error instanceof StoreError || error instanceof UsageError;
  printNote(`granary: ${known ? '' : 'unexpected: '}${messageText(error)}`);
  if (process.env['GRANARY_DEBUG'] === '1' && error instanceof Error) printNote(error.stack ?? '');
  return error instanceof UsageError ? EXIT_USAGE : EXIT_FAILED;
}

/** One line, or one for each error of a model. */
function messageText(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof StoreError && error.code === 'model_invalid') return message;
  return message.replace(/\s*\n\s*/g, ' ');
}

function errorJson(error: unknown): Record<string, unknown> {
  const message = messageText(error);
  if (error instanceof StoreError) {
    const { code, next = null, position, uncovered } = error;
    return {
      code,
      message,
      next,
      ...(position === undefined ? {} : { position }),
      ...(uncovered.length === 0 ? {} : { uncovered }),
    };
  }
  const usage = error instanceof UsageError || error instanceof CommanderError;
  return { code: usage ? 'usage' : 'unexpected', message, next: null };
}

function packageVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
