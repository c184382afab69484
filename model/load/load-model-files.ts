import type { ScriptModel } from '../document.js';
import { LIMITS } from '../limits.js';
import type { DataModel } from '../schema.js';
import { buildModel } from './build-model.js';
import type { SecurityContext } from './declare.js';
import { fillCompileContext } from './fill-compile-context.js';
import { locateScript } from './locate-script.js';
import { parseYaml } from './parse-yaml.js';
import { Problems } from './problems.js';

interface YamlFile {
  readonly file: string;
  readonly text: string;
}

/** What COMPILE_CONTEXT and SECURITY_CONTEXT give. */
interface ModelContexts {
  readonly compileContext: Readonly<Record<string, unknown>>;
  readonly securityContext: SecurityContext;
}

/**
 * The model of files in Cube's format: texts in YAML, and what JavaScript files define. They are one model, and their
 * order is the order of definition. Throws one StoreError `model_invalid` with all errors, each with its file, line and
 * column; `position` is that of the first.
 */
export function loadModelFiles(
  files: readonly (YamlFile | ScriptModel)[],
  { compileContext, securityContext }: ModelContexts = { compileContext: {}, securityContext: {} },
): DataModel {
  const problems = new Problems();
  const budget = { left: LIMITS.modelValuesMax };
  const documents = files.flatMap((file, order) => {
    if (!('text' in file)) return [locateScript(file, order, budget, problems)];
    const text = fillCompileContext(file.file, file.text, compileContext);
    const document = parseYaml(file.file, order, text, budget, problems);
    return document === null ? [] : [document];
  });
  return buildModel(documents, problems, securityContext);
}
