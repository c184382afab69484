import { z } from 'zod';

import { modelFile } from './structure.js';

/**
 * The structure of a model file as JSON Schema (draft 2020-12), for editors: the keys of today in snake_case, and lists
 * of named things. What else `normalise` understands (camelCase, maps by name, empty entries) loads all the same.
 */
export function modelJsonSchema(): Readonly<Record<string, unknown>> {
  const schema = z.toJSONSchema(modelFile, { io: 'input' });
  const { $schema, ...rest } = schema as Record<string, unknown>;
  return {
    $schema,
    title: 'Granary data model',
    description: 'Cubes in the format of Cube, as Granary reads them.',
    ...rest,
  };
}
