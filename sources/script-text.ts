/** A model file as a script: how its text is compiled, and how a place in it is found in a stack. */
import type { Position } from '../model/errors.js';

/** The name of a model file in stacks: unlike its path, it needs no quoting and leads nowhere. */
export const SCRIPT_NAME = 'granary-model';
/** The same of the file inside its wrapper. */
export const WRAPPED_NAME = 'granary-model-wrapped';

/** A function that runs the text. The text must be a whole script by itself, or it could close the bracket. */
export function wrapScript(text: string): string {
  return `(function (scope) { with (scope) {\n${text}\n}})`;
}

/** The innermost place in the file; null where the stack names none. Reads the stacks of V8 and of QuickJS. */
export function positionIn(stack: string, file: string): Position | null {
  const frame = /^\s+at .*?\bgranary-model(-wrapped)?:(\d+)(?::(\d+))?\)?$/m.exec(stack);
  if (frame !== null) {
    const [, wrapped, line, column = 1] = frame;
    return {
      file,
      line: Math.max(Number(line) - (wrapped === undefined ? 0 : 1), 1),
      column: Number(column),
    };
  }
  // V8 shows a syntax error as the line itself with a caret below it.
  const caret = /^granary-model:(\d+)\n.*\n([^\S\n]*)\^/.exec(stack);
  return caret === null ? null : { file, line: Number(caret[1]), column: caret[2].length + 1 };
}
