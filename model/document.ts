import type { Position } from './errors.js';

/**
 * A data model as a plain object in the shape of Cube's YAML: what is printed for a user to edit, and what
 * `openStore({ model })` takes beside paths.
 */
export interface ModelDocument {
  readonly cubes: readonly CubeDocument[];
}

export interface CubeDocument {
  readonly name: string;
  readonly measures?: readonly MemberDocument[];
  readonly dimensions?: readonly MemberDocument[];
  readonly pre_aggregations?: readonly MemberDocument[];
  readonly [key: string]: unknown;
}

export interface MemberDocument {
  readonly name: string;
  readonly [key: string]: unknown;
}

/** What a JavaScript model defines, each definition in the shape of a cube or a view with its `name`. */
export interface ScriptModel {
  readonly file: string;
  readonly cubes: readonly ScriptDefinition[];
  readonly views: readonly ScriptDefinition[];
}

export interface ScriptDefinition {
  /** Plain data, unchecked. References in SQL are written as in YAML: `{CUBE}`, `{orders.id}`. */
  readonly definition: unknown;
  /** Of the call that defines it. */
  readonly position: Position;
}
