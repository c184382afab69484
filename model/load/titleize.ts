/** Words that stay small in a title, unless they come first. */
const SMALL_WORDS = new Set(
  'a an and at but by for from in into nor of off on onto or out over so the to with'.split(' '),
);

/** The title that Cube gives to a name without one: `total_delay` → `Total Delay`, `createdAt` → `Created at`. */
export function titleize(name: string): string {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .toLowerCase()
    .split('_')
    .filter((word) => word !== '');
  return words.map((word, index) => (index > 0 && SMALL_WORDS.has(word) ? word : capitalize(word))).join(' ');
}

function capitalize(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
