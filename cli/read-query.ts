import { readFileSync } from 'node:fs';
import { UsageError } from './usage-error.js';

/** The query in an argument, or in stdin where the argument is `-`. Only its JSON is checked here. */
export function readQuery(argument: string): unknown {
  const text = argument === '-' ? readFileSync(0, 'utf8') : argument;
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(
      `the query is no JSON (${reason}). Put it in single quotes: '{"measures":["orders.count"]}'.`,
    );
  }
}
