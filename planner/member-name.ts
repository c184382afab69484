/**
 * A name that a cube or member may have, from any text: `Cost Total $` → `cost_total`. Where no letter of the
 * text can stay, `column_<position + 1>`.
 */
export function memberName(text: string, position = 0): string {
  const name = text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
  if (name === '') return `column_${position + 1}`;
  return /^[0-9]/.test(name) ? `c_${name}` : name;
}
