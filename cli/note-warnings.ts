import type { StoreStatus } from '../index.js';
import { formatCount } from './format.js';
import { printNote } from './print.js';

const SHOWN = 20;

/** On stderr, a line for each warning about the model: `granary: model.yml:3:5: …`. */
export function noteWarnings({ modelWarnings }: StoreStatus): void {
  for (const { position, path, message } of modelWarnings.slice(0, SHOWN)) {
    printNote(`granary: ${position.file}:${position.line}:${position.column}: ${path}: ${message}`);
  }
  const hidden = modelWarnings.length - SHOWN;
  if (hidden > 0) printNote(`granary: and ${formatCount(hidden)} more warnings: granary status --json`);
}
