/**
 * Lower case as DuckDB's `lower()` gives it, so that text filters pass the same rows on a rollup and on a source:
 * one character at a time and without a word's context, after Unicode 15.1.
 */
export function lowerCase(text: string): string {
  return DIFFERENT.test(text) ? Array.from(text, lowerCharacter).join('') : text.toLowerCase();
}

/**
 * Where JavaScript may give another answer: the dotted capital I, which becomes two characters; the capital sigma,
 * which becomes a final one at the end of a word; and the capitals that Unicode added after 15.1, which stay.
 */
const DIFFERENT =
  /[\u0130\u03a3\u1c89\ua7cb\ua7cc\ua7ce\ua7d2\ua7d4\ua7da\ua7dc\u{10d50}-\u{10d65}\u{16ea0}-\u{16eb8}]/u;

function lowerCharacter(character: string): string {
  if (character === '\u0130') return 'i';
  if (character === '\u03a3') return '\u03c3';
  return DIFFERENT.test(character) ? character : character.toLowerCase();
}
