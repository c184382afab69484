import { Worker } from 'node:worker_threads';
import { LIMITS } from '../model/limits.js';
import type { Evaluation, ScriptSettings } from './evaluate-model.js';
import type { ScriptReply, ScriptTask } from './script-thread.js';

/**
 * Runs model files in the sandbox and gives the `Evaluation` of each as JSON, up to the first fault. The thread lives
 * for this call only. It is killed when a file neither ends nor lets itself be interrupted.
 */
export async function runInSandbox(texts: readonly string[], settings: ScriptSettings): Promise<string[]> {
  const task: ScriptTask = { texts, settings };
  const thread = new Worker(new URL('./script-thread.js', import.meta.url), { workerData: task });
  const evaluations: string[] = [];
  let timer: NodeJS.Timeout | undefined;
  const ended = new Promise<string[]>((resolve) => {
    const giveUp = (message: string, stack = '') => {
      const fault: Evaluation = { kind: 'fault', message, stacks: [stack] };
      resolve([...evaluations, JSON.stringify(fault)]);
    };
    thread.on('message', (reply: ScriptReply) => {
      clearTimeout(timer);
      if (reply.kind === 'fault') return giveUp(reply.message, reply.stack);
      if (reply.kind === 'done') evaluations.push(reply.json);
      if (evaluations.length === texts.length) return resolve(evaluations);
      const late = () => giveUp(`runs for more than ${LIMITS.modelScriptKillMs} ms`);
      timer = setTimeout(late, LIMITS.modelScriptKillMs);
    });
    thread.on('error', (error) => giveUp(`broke the sandbox: ${error.message}`));
    thread.on('exit', () => giveUp('ended the sandbox'));
  });
  const found = await ended;
  clearTimeout(timer);
  await thread.terminate();
  return found;
}
