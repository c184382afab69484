import type { DataModel } from '../schema.js';
import { loadModelFiles } from './load-model-files.js';

/** The model of YAML files in Cube's format, as `loadModelFiles` gives it. */
export function loadYamlModel(files: readonly { readonly file: string; readonly text: string }[]): DataModel {
  return loadModelFiles(files);
}
