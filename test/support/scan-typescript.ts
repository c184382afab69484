/** TypeScript cut into what is code, what is comment and what is string. Columns and lines stay where they are. */
export interface Scan {
  /** The text with comments, the insides of strings and regular expressions blanked. */
  readonly code: string;
  readonly comments: readonly Stretch[];
  /** Literals without substitutions, with their insides as written. */
  readonly strings: readonly Stretch[];
}

export interface Stretch {
  readonly from: number;
  readonly to: number; // exclusive, quotes included
  readonly text: string;
}

const REGEX_MAY_FOLLOW =
  /(?:^|[=(,:;!&|?{}[+\-*%<>~^]|(?<![\w$.])(?:return|typeof|case|in|of|do|else|void|delete|throw))$/;

export function scanTypeScript(text: string): Scan {
  const code = text.split('');
  const comments: Stretch[] = [];
  const strings: Stretch[] = [];
  /** Depth of braces at which each open `${` ends. */
  const substitutions: number[] = [];
  let depth = 0;
  let at = 0;

  const blank = (from: number, to: number) => {
    for (let i = from; i < to; i++) if (code[i] !== '\n') code[i] = ' ';
  };
  const endOf = (pattern: RegExp, from: number) => {
    pattern.lastIndex = from;
    return pattern.test(text) ? pattern.lastIndex : text.length;
  };
  const template = (from: number) => {
    const end = endOf(/(?:[^\\`$]|\\[^]|\$(?!\{))*(?:`|\$\{)/y, from + 1);
    const closed = text[end - 1] === '`';
    blank(from + 1, closed ? end - 1 : end - 2);
    if (closed && text[from] === '`') strings.push({ from, to: end, text: text.slice(from + 1, end - 1) });
    if (!closed) substitutions.push(depth);
    return end;
  };

  while (at < text.length) {
    const char = text[at];
    const pair = text.slice(at, at + 2);
    if (pair === '//' || pair === '/*') {
      const end = endOf(pair === '//' ? /[^\n]*/y : /[^]*?\*\//y, at);
      comments.push({ from: at, to: end, text: text.slice(at, end) });
      blank(at, end);
      at = end;
    } else if (char === "'" || char === '"') {
      const end = endOf(char === "'" ? /'(?:[^'\\\n]|\\[^])*'?/y : /"(?:[^"\\\n]|\\[^])*"?/y, at);
      strings.push({ from: at, to: end, text: text.slice(at + 1, end - 1) });
      blank(at + 1, end - 1);
      at = end;
    } else if (char === '`') {
      at = template(at);
    } else if (char === '}' && substitutions.at(-1) === depth) {
      substitutions.pop();
      at = template(at);
    } else if (
      char === '/' &&
      REGEX_MAY_FOLLOW.test(
        code
          .slice(Math.max(0, at - 40), at)
          .join('')
          .trimEnd(),
      )
    ) {
      const end = endOf(/\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/\w*/y, at);
      blank(at + 1, end);
      at = end;
    } else {
      if (char === '{') depth++;
      if (char === '}') depth--;
      at++;
    }
  }
  return { code: code.join(''), comments, strings };
}
