import type { ScriptModel } from '../document.js';
import { LIMITS } from '../limits.js';
import type { DataModel } from '../schema.js';
import { buildModel } from './build-model.js';
import { locateScript } from './locate-script.js';
import { parseYaml } from './parse-yaml.js';
import { Problems } from './problems.js';

interface YamlFile {
  readonly file: string;
  readonly text: string;
}

/**
 * The model of files in Cube's format: texts in YAML, and what JavaScript files define. They are one model, and their
 * order is the order of definition. Throws one StoreError `model_invalid` with all errors, each with its file, line and
 * column; `position` is that of the first.
 */
export function loadModelFiles(files: readonly (YamlFile | ScriptModel)[]): DataModel {
  const problems = new Problems();
  const budget = { left: LIMITS.modelValuesMax };
  const documents = files.flatMap((file, order) => {
    if (!('text' in file)) return [locateScript(file, order, budget, problems)];
    const document = parseYaml(file.file, order, file.text, budget, problems);
    return document === null ? [] : [document];
  });
  return buildModel(documents, problems);
}
