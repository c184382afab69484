/** A name as DuckDB reads it back whatever is in it. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A string constant as DuckDB reads it back whatever is in it. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
