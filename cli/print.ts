/** To stdout: the answer of a verb. */
export function printLine(text = ''): void {
  process.stdout.write(`${text}\n`);
}

export function printJson(value: unknown): void {
  printLine(JSON.stringify(value, null, 2));
}

/** To stderr: what is not the answer. */
export function printNote(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** A heading, bold where the terminal can. */
export function printHeading(text: string): void {
  const plain = !process.stdout.isTTY || process.env['NO_COLOR'] !== undefined;
  printLine(plain ? `\n${text}` : `\n\u001b[1m${text}\u001b[22m`);
}

/** Ends quietly when the reader of stdout has gone, as in `granary status | head -1`. */
export function endOnClosedPipe(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(process.exitCode ?? 0);
  });
}
