/**
 * The thread of the sandbox: each file runs in a QuickJS of its own, compiled to WebAssembly, which has the language
 * and nothing else. The thread may be killed at any moment, which ends even a native loop of the interpreter.
 */
import { parentPort, workerData } from 'node:worker_threads';
import variant from '@jitl/quickjs-wasmfile-release-sync';
import { newQuickJSWASMModuleFromVariant, newVariant } from 'quickjs-emscripten-core';
import type {
  QuickJSContext,
  QuickJSHandle,
  QuickJSSyncVariant,
  QuickJSWASMModule,
} from 'quickjs-emscripten-core';
import { assert } from '../model/assert.js';
import { LIMITS } from '../model/limits.js';
import { evaluateModelText } from './evaluate-model.js';
import type { ScriptSettings } from './evaluate-model.js';
import { SCRIPT_NAME, WRAPPED_NAME, wrapScript } from './script-text.js';

export interface ScriptTask {
  readonly texts: readonly string[];
  readonly settings: ScriptSettings;
}

const WASM_PAGE_BYTES = 64 * 1024;
/** The least with which the module starts: 16 MiB. */
const WASM_PAGES = 256;

const TOO_LATE = `runs for more than ${LIMITS.modelScriptMsMax} ms`;

/** One `ready` when the interpreter is loaded, then one reply for each file, until the first that is not `done`. */
export type ScriptReply =
  | { readonly kind: 'ready' }
  /** `json`: whatever the file's interpreter gave, an `Evaluation` unless the file tampered with it. */
  | { readonly kind: 'done'; readonly json: string }
  | { readonly kind: 'fault'; readonly message: string; readonly stack: string };

const port = parentPort;
assert(port !== null, 'this file runs as a thread');
const { texts, settings } = workerData as ScriptTask;
const quickjs = await loadQuickJs();
const reply = (message: ScriptReply) => port.postMessage(message);
reply({ kind: 'ready' });
for (const text of texts) {
  const outcome = runFile(quickjs, text, settings);
  reply(outcome);
  if (outcome.kind !== 'done') break;
}

/**
 * The interpreter counts no memory of its own in WebAssembly, where it cannot ask for the size of a block; so the
 * limit is that of the memory which it is given.
 */
async function loadQuickJs(): Promise<QuickJSWASMModule> {
  const maximum = LIMITS.modelScriptBytesMax / WASM_PAGE_BYTES;
  const wasmMemory = new WebAssembly.Memory({ initial: WASM_PAGES, maximum });
  // Its types describe the CommonJS form, where the variant lies one level deeper.
  const base = variant as unknown as QuickJSSyncVariant;
  return newQuickJSWASMModuleFromVariant(newVariant(base, { wasmMemory }));
}

function runFile(quickjs: QuickJSWASMModule, text: string, settings: ScriptSettings): ScriptReply {
  const context = quickjs.newContext();
  const deadline = performance.now() + LIMITS.modelScriptMsMax;
  let isLate = false;
  context.runtime.setMaxStackSize(LIMITS.modelScriptStackBytesMax);
  context.runtime.setInterruptHandler(() => (isLate ||= performance.now() > deadline));
  const outcome = evaluate(context, text, settings);
  // After a fault the interpreter is left as it is: the thread ends, and its memory with it.
  if (outcome.kind === 'done') context.dispose();
  return isLate && outcome.kind === 'fault' ? { ...outcome, message: TOO_LATE } : outcome;
}

function evaluate(context: QuickJSContext, text: string, settings: ScriptSettings): ScriptReply {
  const run = (code: string, name: string, compileOnly = false) =>
    context.evalCode(code, name, { type: 'global', compileOnly });
  const check = run(text, SCRIPT_NAME, true);
  if (check.error !== undefined) return failure(context, check.error);
  check.value.dispose();
  const body = run(wrapScript(text), WRAPPED_NAME);
  if (body.error !== undefined) return failure(context, body.error);
  const evaluator = context.unwrapResult(run(evaluateModelText(), 'granary'));
  const given = context.unwrapResult(run(`(${JSON.stringify(settings)})`, 'granary'));
  const result = context.callFunction(evaluator, context.undefined, body.value, given);
  for (const handle of [body.value, evaluator, given]) handle.dispose();
  if (result.error !== undefined) return failure(context, result.error);
  const json = readText(context, result.value);
  result.value.dispose();
  return { kind: 'done', json };
}

/** Empty where the value is no text, or is longer than any model may be. */
function readText(context: QuickJSContext, handle: QuickJSHandle): string {
  if (context.typeof(handle) !== 'string') return '';
  const length = context.getProp(handle, 'length').consume((value) => context.getNumber(value));
  return length <= LIMITS.modelScriptBytesMax ? context.getString(handle) : '';
}

function failure(context: QuickJSContext, error: QuickJSHandle): ScriptReply {
  const textAt = (key: string) =>
    context
      .getProp(error, key)
      .consume((value) => (context.typeof(value) === 'string' ? context.getString(value) : ''));
  return { kind: 'fault', message: textAt('message'), stack: textAt('stack') };
}
