/** One model written in both languages of the documents: in YAML as today, in JavaScript in camelCase. */
import { loadModelFiles } from '../../dist/model/load/load-model-files.js';
import { loadYamlModel } from '../../dist/model/load/load-yaml-model.js';
import type { DataModel } from '../../dist/model/schema.js';
import { runModelScripts } from '../../dist/sources/model-script.js';

export interface CubeInTwo {
  readonly name: string;
  readonly [key: string]: unknown;
}

export const LANGUAGES = ['YAML', 'JavaScript'] as const;
export type Language = (typeof LANGUAGES)[number];

/** The model of `cubes`, whose keys are in snake_case and whose references are in braces. */
export async function loadIn(language: Language, cubes: readonly CubeInTwo[]): Promise<DataModel> {
  // JSON is YAML; a cube on a line of its own, so that its position tells it apart.
  const yaml = `cubes: [\n${cubes.map((cube) => `  ${JSON.stringify(cube)}`).join(',\n')}\n  ]`;
  if (language === 'YAML') return loadYamlModel([{ file: 'm.yml', text: yaml }]);
  const text = `\n${cubes.map(({ name, ...cube }) => `cube(${script(name)}, ${script(cube)});`).join('\n')}`;
  const [model] = await runModelScripts([{ file: 'm.js', text }], { mode: 'trusted', compileContext: {} });
  return loadModelFiles([model]);
}

function script(value: unknown): string {
  if (typeof value === 'string') {
    return `\`${value.replace(/[`\\$]/g, '\\$&').replace(/\{([\w.]+)\}/g, '${$1}')}\``;
  }
  if (Array.isArray(value)) return `[${value.map(script).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, entry]) => {
    const camel = key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    return `${camel}: ${script(entry)}`;
  });
  return `{ ${entries.join(', ')} }`;
}
