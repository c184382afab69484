import type { BuildProgress } from '../index.js';
import { cutText, formatCount } from './format.js';

const BAR_WIDTH = 24;

/**
 * Shows the progress of a build on a stream: one bar for each rollup where the stream is a terminal, else one
 * line when a rollup is done.
 */
export function showProgress(stream: NodeJS.WriteStream): (progress: BuildProgress) => void {
  let rows = 0;
  return (progress) => {
    rows = progress.done === 1 ? progress.rows : rows + progress.rows;
    const finished = progress.done === progress.total;
    const line = doneLine(progress, rows);
    if (stream.isTTY) {
      const bar = cutText(`${barOf(progress)} ${line}`, Math.max(BAR_WIDTH, stream.columns - 1));
      stream.write(`\r\u001b[2K${bar}${finished ? '\n' : ''}`);
    } else if (finished) {
      stream.write(`${line}\n`);
    }
  };
}

function barOf({ done, total }: BuildProgress): string {
  const filled = Math.round((done / Math.max(1, total)) * BAR_WIDTH);
  return '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
}

function doneLine({ preAggregation, done, total }: BuildProgress, rows: number): string {
  const partitions = total === 1 ? '1 partition' : `${done} of ${total} partitions`;
  return `${preAggregation}: ${partitions}, ${formatCount(rows)} rows`;
}
