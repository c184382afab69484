/** Examples of the documents, copied unchanged: their blocks of code and tables under test/cases/documents. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '..', 'cases', 'documents');

/** The blocks of one document by the names that the copy gives them in lines `=== name`. */
export function documentBlocks(document: string): (name: string) => string {
  const text = readFileSync(join(folder, `${document}.txt`), 'utf8');
  const [, ...parts] = text.split(/^=== (.*)\n/m);
  const blocks = new Map(parts.flatMap((name, at) => (at % 2 === 0 ? [[name, parts[at + 1]] as const] : [])));
  return (name) => {
    const block = blocks.get(name);
    if (block === undefined) throw new Error(`${document}.txt has no block ${name}`);
    return block;
  };
}

/** The first block with the entries of the others put where they leave it out, by `...` or in a comment. */
export function completed(...blocks: readonly string[]): string {
  const [cube, ...additions] = blocks;
  return additions.reduce((whole, addition) => {
    return sectionsOf(addition).reduce((text, [name, entries]) => {
      const section = new RegExp(`^(  ${name}: \\{\\n[^]*?)(\\n  \\},?)$`, 'm');
      if (section.test(text)) {
        return text.replace(section, (_, head: string, tail: string) => `${comma(head)}\n${entries}${tail}`);
      }
      return text.replace(/\n\}\);\s*$/, (end) => `\n  ${name}: {\n${entries}\n  },${end}`);
    }, whole);
  }, cube);
}

function sectionsOf(block: string): [name: string, entries: string][] {
  const written = block.replaceAll(/^ *\.\.\.,\n/gm, '');
  return [...written.matchAll(/^ {2}(\w+): \{\n([^]*?)\n {2}\},?$/gm)].map(([, name, entries]) => [
    name,
    entries,
  ]);
}

const comma = (entries: string): string => (entries.endsWith(',') ? entries : `${entries},`);

/** The rows of a table in Markdown, each cell as its text. */
export function tableRows(block: string): { readonly columns: string[]; readonly rows: string[][] } {
  const [head, , ...rows] = block.trim().split('\n').map(cells);
  return { columns: head.map((name) => name.replaceAll('*', '')), rows };
}

function cells(line: string): string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

/** A cell as a literal of SQL: a number, a time or a text. */
export function literal(cell: string): string {
  if (/^[\d.]+$/.test(cell)) return cell;
  return `${/^\d{4}-\d{2}-\d{2}[T ]/.test(cell) ? 'TIMESTAMP ' : ''}'${cell}'`;
}
