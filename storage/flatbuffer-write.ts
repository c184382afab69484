/**
 * Writes a FlatBuffer (flatbuffers.dev/internals): the metadata of Arrow is made of them. What refers stands before
 * what it refers to, so that all offsets are positive:
 *
 *     offset of the root | vtable, table | what its fields refer to, in their order | …
 */

/** A field of a table is a number of so many bytes, or something that it refers to; null: absent, which is the default. */
export type FlatField = FlatScalar | FlatNode | null;

interface FlatScalar {
  readonly kind: 'scalar';
  readonly bytes: 1 | 2 | 4 | 8;
  readonly value: number;
}

export type FlatNode =
  | { readonly kind: 'text'; readonly text: string }
  /** Its fields by their number in the schema. */
  | { readonly kind: 'table'; readonly fields: readonly FlatField[] }
  | { readonly kind: 'tables'; readonly items: readonly FlatNode[] }
  /** A vector of structs that are aligned to 8 bytes. */
  | { readonly kind: 'structs'; readonly count: number; readonly bytes: Uint8Array };

export const scalar = (bytes: FlatScalar['bytes'], value: number): FlatScalar => ({
  kind: 'scalar',
  bytes,
  value,
});
export const text = (value: string): FlatNode => ({ kind: 'text', text: value });
export const table = (...fields: readonly FlatField[]): FlatNode => ({ kind: 'table', fields });
export const tables = (items: readonly FlatNode[]): FlatNode => ({ kind: 'tables', items });

/** The bytes of a FlatBuffer, a multiple of 8; to be put where 8 divides the address. */
export function encodeFlatBuffer(root: FlatNode): Uint8Array {
  const out = new Output();
  const open: { readonly at: number; readonly node: FlatNode }[] = [{ at: out.claim(4, 4), node: root }];
  // The list grows while it is gone through.
  for (const { at, node } of open) {
    const start = writeNode(out, node, (field, child) => open.push({ at: field, node: child }));
    out.view.setUint32(at, start - at, true);
  }
  out.claim(0, 8);
  return out.bytes();
}

type Refer = (at: number, node: FlatNode) => void;

/** Gives the position of the node. */
function writeNode(out: Output, node: FlatNode, refer: Refer): number {
  switch (node.kind) {
    case 'text': {
      const bytes = Buffer.from(node.text);
      const at = out.claim(4 + bytes.length + 1, 4);
      out.view.setUint32(at, bytes.length, true);
      out.set(bytes, at + 4);
      return at;
    }
    case 'structs': {
      // The count before it, so that the structs themselves are aligned.
      const at = out.claim(8 + node.bytes.length, 8) + 4;
      out.view.setUint32(at, node.count, true);
      out.set(node.bytes, at + 4);
      return at;
    }
    case 'tables': {
      const at = out.claim(4 + node.items.length * 4, 4);
      out.view.setUint32(at, node.items.length, true);
      for (const [i, item] of node.items.entries()) refer(at + 4 + i * 4, item);
      return at;
    }
    case 'table':
      return writeTable(out, node.fields, refer);
  }
}

function writeTable(out: Output, fields: readonly FlatField[], refer: Refer): number {
  const offsets: number[] = [];
  let size = 4; // the way to the vtable
  for (const field of fields) {
    if (field === null) {
      offsets.push(0);
      continue;
    }
    const bytes = field.kind === 'scalar' ? field.bytes : 4;
    size = Math.ceil(size / bytes) * bytes;
    offsets.push(size);
    size += bytes;
  }
  const vtable = out.claim(4 + fields.length * 2, 2);
  const at = out.claim(size, 8);
  out.view.setUint16(vtable, 4 + fields.length * 2, true);
  out.view.setUint16(vtable + 2, size, true);
  for (const [i, offset] of offsets.entries()) out.view.setUint16(vtable + 4 + i * 2, offset, true);
  out.view.setInt32(at, at - vtable, true);
  for (const [i, field] of fields.entries()) {
    if (field === null) continue;
    if (field.kind === 'scalar') writeScalar(out.view, at + offsets[i], field);
    else refer(at + offsets[i], field);
  }
  return at;
}

function writeScalar(view: DataView, at: number, { bytes, value }: FlatScalar): void {
  if (bytes === 1) view.setUint8(at, value);
  else if (bytes === 2) view.setInt16(at, value, true);
  else if (bytes === 4) view.setInt32(at, value, true);
  else view.setBigInt64(at, BigInt(value), true);
}

class Output {
  #buffer = new Uint8Array(1024);
  #length = 0;
  view = new DataView(this.#buffer.buffer);

  /** Zeros of that many bytes, at a multiple of `alignment`. */
  claim(bytes: number, alignment: number): number {
    const at = Math.ceil(this.#length / alignment) * alignment;
    this.#length = at + bytes;
    if (this.#length > this.#buffer.length) {
      const larger = new Uint8Array(2 * this.#length);
      larger.set(this.#buffer);
      this.#buffer = larger;
      this.view = new DataView(larger.buffer);
    }
    return at;
  }

  set(bytes: Uint8Array, at: number): void {
    this.#buffer.set(bytes, at);
  }

  bytes(): Uint8Array {
    return this.#buffer.slice(0, this.#length);
  }
}
