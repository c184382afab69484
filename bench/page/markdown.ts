/** A part of the page: its text, and the plots that it shows, by the name of their file. */
export interface Section {
  readonly text: string;
  readonly plots: Readonly<Record<string, string>>;
}

/** A table as prettier leaves it. @param rows cells as text; those under titles of `numbers` are set to the right */
export function markdownTable(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  numbers: readonly string[] = titles.slice(1),
): string {
  const cells = [titles, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = titles.map((_, at) => Math.max(3, ...cells.map((row) => row[at].length)));
  const isNumber = titles.map((title) => numbers.includes(title));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, at) => (isNumber[at] ? cell.padStart(widths[at]) : cell.padEnd(widths[at]))).join(' | ')} |`;
  const rule = widths.map((width, at) => (isNumber[at] ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)));
  return [line(cells[0]), `| ${rule.join(' | ')} |`, ...cells.slice(1).map(line)].join('\n');
}

export function plotLink(title: string, file: string): string {
  return `![${title}](benchmarks/${file})`;
}
