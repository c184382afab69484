import { LIMITS } from '../limits.js';
import type { DataModel } from '../schema.js';
import { buildModel } from './build-model.js';
import { parseYaml } from './parse-yaml.js';
import { Problems } from './problems.js';

/**
 * The model of YAML files in Cube's format; they are one model, and their order is the order of definition. Throws one
 * StoreError `model_invalid` with all errors, each with its file, line and column; `position` is that of the first.
 */
export function loadYamlModel(files: readonly { readonly file: string; readonly text: string }[]): DataModel {
  const problems = new Problems();
  const budget = { left: LIMITS.modelValuesMax };
  const documents = files.flatMap(({ file, text }, order) => {
    const document = parseYaml(file, order, text, budget, problems);
    return document === null ? [] : [document];
  });
  return buildModel(documents, problems);
}
