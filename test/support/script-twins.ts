/** The JavaScript of the documents beside its twin in YAML. */
import { expect } from 'vitest';
import { loadModelFiles } from '../../dist/model/load/load-model-files.js';
import { loadYamlModel } from '../../dist/model/load/load-yaml-model.js';
import type { DataModel } from '../../dist/model/schema.js';
import { runModelScripts } from '../../dist/sources/model-script.js';

/** The model of one trusted JavaScript file, `m.js`. */
export async function loadScript(text: string, compileContext = {}): Promise<DataModel> {
  const [script] = await runModelScripts([{ file: 'm.js', text }], { mode: 'trusted', compileContext });
  return loadModelFiles([script]);
}

/** The model without what tells how it was written: its places and spellings. */
export function meaningOf({ cubes }: DataModel): unknown {
  const ways = new Set(['position', 'pointer', 'keys']);
  return JSON.parse(
    JSON.stringify([...cubes], (key, value: unknown) => {
      if (ways.has(key)) return undefined;
      return value instanceof Map ? [...value] : value;
    }),
  );
}

/** Both texts give one model. */
export async function expectTwins(js: string, yaml: string): Promise<void> {
  const meaning = meaningOf(await loadScript(js));
  expect(meaning).toEqual(meaningOf(loadYamlModel([{ file: 'm.yml', text: yaml }])));
  expect(JSON.stringify(meaning).length).toBeGreaterThan(200);
}

export const valuesOf = (rows: readonly object[]) => rows.map((row) => Object.values(row));
