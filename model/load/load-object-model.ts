import { LIMITS } from '../limits.js';
import type { DataModel } from '../schema.js';
import { buildModel } from './build-model.js';
import type { SecurityContext } from './declare.js';
import { locateObject } from './locate-object.js';
import { Problems } from './problems.js';

/**
 * The model of a plain object, `{ cubes: [...] }` or with cubes and members keyed by name. Throws one StoreError
 * `model_invalid` with all errors, each with the path of its value; their position is always `model:1:1`.
 */
export function loadObjectModel(document: unknown, securityContext: SecurityContext = {}): DataModel {
  const problems = new Problems();
  const located = locateObject(document, { left: LIMITS.modelValuesMax }, problems);
  return buildModel([located], problems, securityContext);
}
