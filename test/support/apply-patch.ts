/** RFC 6902 on plain data, as far as `explain` uses it; whatever does not fit the document throws. */
import type { PatchOperation } from '../../dist/index.js';

/** The document is left as it is. */
export function applyPatch<T>(document: T, patch: readonly PatchOperation[]): T {
  const copy = structuredClone(document);
  for (const operation of patch) applyOperation(copy, structuredClone(operation));
  return copy;
}

function applyOperation(document: unknown, { op, path, value }: PatchOperation): void {
  const steps = path.split('/').slice(1);
  const last = steps.pop();
  const holder = steps.reduce<unknown>((inner, step) => (inner as Record<string, unknown>)[step], document);
  if (last === undefined || typeof holder !== 'object' || holder === null) throw new Error(`no ${path}`);
  if (Array.isArray(holder)) {
    const at = last === '-' ? holder.length : Number(last);
    if (!Number.isInteger(at) || at > holder.length - (op === 'add' ? 0 : 1))
      throw new Error(`${op}: no ${path}`);
    holder.splice(at, op === 'add' ? 0 : 1, ...(op === 'remove' ? [] : [value]));
    return;
  }
  setKey(holder as Record<string, unknown>, last, { op, path, value });
}

function setKey(holder: Record<string, unknown>, key: string, { op, path, value }: PatchOperation): void {
  if (op !== 'add' && !Object.hasOwn(holder, key)) throw new Error(`${op}: no ${path}`);
  if (op === 'remove') delete holder[key];
  else holder[key] = value;
}
