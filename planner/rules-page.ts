/** `docs/rules.md` from the rules of matching; `npm run rules` writes it. */
import { typeRule } from './match-type.js';
import type { RuleText } from './rule.js';
import { RULES } from './rules.js';

const HEAD = `# When a rollup answers a query

A rollup answers a query when it passes every check below; \`explain\` shows them for every rollup, in this order. Execution asks the same functions and stops at the first that fails. Where several rollups pass, [\`selection\`](config.md#which-rollup-answers) decides.

The ids in brackets are those of the documented behaviour that a rule follows; tests carry the same ids in their titles.

<!-- Made from the code by \`npm run rules\`. -->
`;

/** Markdown as prettier leaves it. */
export function rulesPage(): string {
  return [HEAD, ...[typeRule, ...RULES].map(ruleSection)].join('\n');
}

function ruleSection({ name, asks, codes, spec }: RuleText, at: number): string {
  const rows = Object.entries(codes).map(([code, sentence]) => [`\`${code}\``, sentence]);
  const widths = [0, 1].map((column) =>
    Math.max(...[['refused with', 'because'], ...rows].map((row) => row[column].length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  const rule = line(widths.map((width) => '-'.repeat(width)));
  const table = [line(['refused with', 'because']), rule, ...rows.map(line)].join('\n');
  return `## ${at + 1}. \`${name}\`\n\n${asks} [${spec.join(', ')}]\n\n${table}\n`;
}
