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
