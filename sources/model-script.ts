import { StoreError } from '../model/errors.js';
import type { Position } from '../model/errors.js';
import type { ScriptModel } from '../model/document.js';
import { LIMITS } from '../model/limits.js';
import type { Defined, Evaluation, ScriptSettings } from './evaluate-model.js';
import { runInSandbox } from './script-sandbox.js';
import { positionIn } from './script-text.js';
import { runTrusted } from './script-trusted.js';

export interface ScriptOptions {
  /**
   * `sandbox`: in an interpreter of its own, without the machine, with a limit of time and memory. `trusted`: as code
   * of this process, which can do what the process can, and may never end.
   */
  readonly mode: 'trusted' | 'sandbox';
  /** COMPILE_CONTEXT of the models: what JSON can say. */
  readonly compileContext: Readonly<Record<string, unknown>>;
  /** SECURITY_CONTEXT of the models: what JSON can say. */
  readonly securityContext?: Readonly<Record<string, unknown>>;
}

interface ScriptFile {
  readonly file: string;
  readonly text: string;
}

/**
 * Runs JavaScript models in Cube's format, each file by itself, and gives what they define as plain data. Both modes
 * give the same.
 * @throws StoreError `model_invalid` with file, line and column of the first fault: a syntax error, what the file
 *   throws, what is no plain data, and in the sandbox a limit that is reached
 */
export async function runModelScripts(
  files: readonly ScriptFile[],
  { mode, compileContext, securityContext = {} }: ScriptOptions,
): Promise<ScriptModel[]> {
  if (files.length === 0) return [];
  const settings: ScriptSettings = {
    compileContext: JSON.stringify(compileContext),
    securityContext: JSON.stringify(securityContext),
    // Two noncharacters: no text that means something holds them.
    open: '\uFDD0',
    close: '\uFDD1',
    depthMax: LIMITS.modelDepthMax,
    valuesMax: LIMITS.modelValuesMax,
    charsMax: LIMITS.modelBytesMax,
  };
  const scripts = files.map(({ file, text }) => ({ file, text: text.replace(/^\uFEFF/, '') }));
  for (const script of scripts) {
    if (script.text.length <= LIMITS.modelBytesMax) continue;
    throw faultOf(script, null, `the file is longer than ${LIMITS.modelBytesMax} characters; split it`);
  }
  const texts = scripts.map(({ text }) => text);
  if (mode === 'trusted')
    return scripts.map((script) => readModel(runTrusted(script.text, settings), script));
  const evaluations = await runInSandbox(texts, settings);
  return evaluations.map((json, at) => readModel(json, scripts[at]));
}

function readModel(json: string, script: ScriptFile): ScriptModel {
  const { file } = script;
  const evaluation = parseEvaluation(json);
  if (evaluation === null) throw faultOf(script, null, 'the file tampered with what runs it');
  if (evaluation.kind === 'fault') {
    const places = evaluation.stacks.map((stack) => positionIn(stack, file));
    throw faultOf(script, places.find((place) => place !== null) ?? null, evaluation.message);
  }
  const locate = ({ definition, stack }: Defined) => ({
    definition,
    position: positionIn(stack, file) ?? startOf(file),
  });
  return { file, cubes: evaluation.cubes.map(locate), views: evaluation.views.map(locate) };
}

/** Null where the text is no evaluation: it comes from the interpreter that ran the file, which can say anything. */
function parseEvaluation(json: string): Evaluation | null {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return null;
  }
  if (!isRecord(value)) return null;
  if (value['kind'] === 'fault') {
    const { message, stacks } = value;
    const isFault = typeof message === 'string' && isListOf(stacks, (stack) => typeof stack === 'string');
    return isFault ? (value as unknown as Evaluation) : null;
  }
  const isDefined = (entry: unknown) => isRecord(entry) && typeof entry['stack'] === 'string';
  const isModel =
    value['kind'] === 'model' && isListOf(value['cubes'], isDefined) && isListOf(value['views'], isDefined);
  return isModel ? (value as unknown as Evaluation) : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isListOf(value: unknown, test: (entry: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(test);
}

function startOf(file: string): Position {
  return { file, line: 1, column: 1 };
}

function faultOf(script: ScriptFile, position: Position | null, what: string): StoreError {
  const { line, ...rest } = position ?? startOf(script.file);
  const full = `needs more than ${LIMITS.modelScriptBytesMax} bytes of memory`;
  const told = what === 'out of memory' ? full : what;
  const message = told.replace(/\s*[\r\n]\s*/g, ' ').slice(0, LIMITS.modelProblemChars);
  const isModule = /^\s*(?:import|export|await)\b/.test(script.text.split('\n')[line - 1] ?? '');
  const next = isModule ? { next: 'A model file is a script: it cannot import, export or await.' } : {};
  return new StoreError('model_invalid', `${message}.`, { position: { line, ...rest }, ...next });
}
