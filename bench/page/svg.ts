/** The little of SVG that the plots need: numbers that are short, text that is escaped, a frame with a title. */

const FONT = 'system-ui, sans-serif';
/** Told apart also by those who see fewer colours (Okabe and Ito). */
export const COLOURS = [
  '#0072b2',
  '#d55e00',
  '#e69f00',
  '#009e73',
  '#cc79a7',
  '#56b4e9',
  '#000000',
  '#999999',
];

export interface Frame {
  readonly title: string;
  readonly width: number;
  readonly height: number;
}

export function svgFrame({ title, width, height }: Frame, body: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="${FONT}" font-size="12">`,
    `<title>${escape(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    text(12, 20, title, { weight: 600, size: 14 }),
    ...body,
    '</svg>',
    '',
  ].join('\n');
}

export interface TextStyle {
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly size?: number;
  readonly weight?: number;
  readonly colour?: string;
}

export function text(x: number, y: number, words: string, style: TextStyle = {}): string {
  const { anchor = 'start', size = 12, weight = 400, colour = '#222222' } = style;
  return `<text x="${short(x)}" y="${short(y)}" text-anchor="${anchor}" font-size="${size}" font-weight="${weight}" fill="${colour}">${escape(words)}</text>`;
}

export function line(x1: number, y1: number, x2: number, y2: number, colour = '#dddddd'): string {
  return `<line x1="${short(x1)}" y1="${short(y1)}" x2="${short(x2)}" y2="${short(y2)}" stroke="${colour}"/>`;
}

/** A coordinate: a tenth of a pixel is enough. */
export function short(value: number): string {
  return String(Number(value.toFixed(1)));
}

function escape(words: string): string {
  return words
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
