import { Script } from 'node:vm';
import { evaluateModel } from './evaluate-model.js';
import type { Evaluation, ScriptSettings } from './evaluate-model.js';
import { SCRIPT_NAME, WRAPPED_NAME, wrapScript } from './script-text.js';

/** Runs a model file as code of this process, whatever it does, and gives its `Evaluation` as JSON. */
export function runTrusted(text: string, settings: ScriptSettings): string {
  let body: (scope: object) => unknown;
  try {
    // By itself first: the text may not end the wrapper.
    new Script(text, { filename: SCRIPT_NAME });
    const wrapped = new Script(wrapScript(text), { filename: WRAPPED_NAME });
    body = wrapped.runInThisContext() as typeof body;
  } catch (error) {
    const { message, stack = '' } = error as Error;
    const fault: Evaluation = { kind: 'fault', message, stacks: [stack] };
    return JSON.stringify(fault);
  }
  return evaluateModel(body, settings);
}
