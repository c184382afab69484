import type { DuckDBConnection } from '@duckdb/node-api';

/**
 * Interrupts what runs on a connection once the signal has come, and goes on with it until the function that it gives is
 * called: DuckDB forgets an interrupt that comes before a statement begins, while it is being prepared.
 */
export function interruptOn(
  signal: AbortSignal | undefined,
  connection: Pick<DuckDBConnection, 'interrupt'>,
): () => void {
  if (signal === undefined) return () => undefined;
  let timer: NodeJS.Timeout | undefined;
  const begin = (): void => {
    connection.interrupt();
    timer = setInterval(() => connection.interrupt(), AGAIN_MS);
  };
  if (signal.aborted) begin();
  else signal.addEventListener('abort', begin, { once: true });
  return () => {
    signal.removeEventListener('abort', begin);
    clearInterval(timer);
  };
}

const AGAIN_MS = 20;
