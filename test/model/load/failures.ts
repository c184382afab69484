import { expect } from 'vitest';

import { StoreError } from '../../../dist/model/errors.js';
import { loadYamlModel } from '../../../dist/model/load/load-yaml-model.js';
import type { DataModel } from '../../../dist/model/schema.js';

/** The model of one file, `m.yml`. */
export function load(text: string): DataModel {
  return loadYamlModel([{ file: 'm.yml', text }]);
}

/** The error with which a model is refused. */
export function failureOf(action: () => unknown): StoreError {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(StoreError);
    const failure = error as StoreError;
    expect(failure.code).toBe('model_invalid');
    return failure;
  }
  throw new Error('the model was accepted');
}

/** The errors of a model of one file, each as `line:column: path: message`. */
export function errorsOf(text: string): string[] {
  return failureOf(() => load(text))
    .message.split('\n')
    .map((line) => line.replace(/^m\.yml:/, ''));
}

/** A cube `orders` with the usual members; `more` is written below, at the level of the cube's keys. */
export function orders(more = ''): string {
  return `cubes:
  - name: orders
    sql_table: orders
    measures:
      - {name: count, type: count}
      - {name: revenue, type: sum, sql: amount}
      - {name: buyers, type: count_distinct_approx, sql: user_id}
    dimensions:
      - {name: id, type: number, sql: id, primary_key: true}
      - {name: status, type: string, sql: "{CUBE}.status"}
      - {name: category, type: string, sql: category}
      - {name: created_at, type: time, sql: created_at}
    segments:
      - {name: done, sql: "{CUBE}.status = 'done'"}
${more}`;
}

/** `orders` with one pre-aggregation `main`, its keys at the start of the lines. */
export function rollup(keys: string): string {
  const body = keys.trim().replace(/^/gm, '        ');
  return orders(`    pre_aggregations:\n      - name: main\n${body}\n`);
}
