/** Numbers as humans read them: `1,234`. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** Milliseconds with three digits that mean something: `0.0123`, `4.56`, `123`. */
export function formatMs(ms: number): string {
  if (ms >= 100) return formatCount(Math.round(ms));
  return ms >= 10 ? ms.toFixed(1) : ms >= 1 ? ms.toFixed(2) : ms.toFixed(3);
}

/** The largest unit that is full: `45 s`, `3 h`, `12 d`. */
export function formatAge(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  return seconds < 86_400
    ? `${Math.floor(seconds / 3600)} h`
    : `${formatCount(Math.floor(seconds / 86_400))} d`;
}

export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  for (; value >= 1000 && unit < units.length - 1; unit++) value /= 1000;
  const digits = unit === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${value.toFixed(digits)} ${units[unit]}`;
}

/** How many times: `1.3`, `42`, `1,234`. */
export function formatRatio(ratio: number): string {
  return ratio >= 10 ? formatCount(Math.round(ratio)) : ratio.toFixed(1);
}

export function formatPercent(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 2 : 1)} %`;
}

/** At most so many characters, the last of them an ellipsis where something was cut off. */
export function cutText(text: string, lengthMax: number): string {
  const characters = Array.from(text);
  return characters.length <= lengthMax ? text : `${characters.slice(0, lengthMax - 1).join('')}…`;
}
