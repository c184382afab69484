import type { CodeRange } from '../../model/range-fit.js';
import type { Codes } from '../scan-task.js';

/**
 * The codes of the rows of [from, to). Ends as soon as it knows that a block excludes nothing, which is soon where a
 * column of few values is scattered.
 *
 * @param top the greatest code of the column
 */
export function codeRange(codes: Codes, from: number, to: number, top: number): CodeRange {
  let least = top;
  let greatest = -1;
  let hasTop = false;
  for (let row = from; row < to; row++) {
    const code = codes[row];
    if (code >= least && code <= greatest) continue;
    if (code === top) hasTop = true;
    else {
      if (code < least) least = code;
      if (code > greatest) greatest = code;
    }
    if (hasTop && least === 0 && greatest === top - 1) break;
  }
  return { from: least, to: Math.max(greatest + 1, least), top: hasTop };
}
