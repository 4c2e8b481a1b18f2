import type { CodeText } from './code-text.js';

export type FieldStyle = 'braces' | 'percent' | 'dollar';

interface Fields {
  /** The SQL that a field stands for, where the program says it. */
  value(key: number | string): string | null;
  /** How people call what is put in: its expression. */
  name(key: number | string): string | null;
}

const PATTERNS: Readonly<Record<FieldStyle, RegExp>> = {
  // str.format of Python: `{{`, `}}`, `{}`, `{0}`, `{name!r:>10}`.
  braces: /\{\{|\}\}|\{([^{}\n]{0,120})\}/g,
  // printf of Python, Go, Java: `%%s` (left to the driver), `%%`, `%s`, `%(name)s`, `%1$s`, `%-10.2f`.
  percent: /%%\(\w{1,100}\)s\b|%%s\b|%%|%(?:\((\w{1,100})\))?(?:(\d{1,3})\$)?[-+#0]{0,5}\d{0,5}(?:\.\d{1,5})?[sdirfFgGeExXbcqvtTnp]/g,
  // string.Template of Python.
  dollar: /\$\$|\$(?:\{(\w{1,100})\}|([A-Za-z_]\w{0,100}))/g,
};

/** Fields that already stand in a hole are left alone: they are an expression of the program. */
export function fillFields(text: CodeText, style: FieldStyle, fields: Fields): CodeText {
  const known = text.holes.toSorted((one, other) => one.start - other.start);
  let hole = 0;
  let next = 0;
  for (const match of text.text.matchAll(PATTERNS[style])) {
    const start = match.index;
    const end = start + match[0].length;
    while (hole < known.length && (known[hole]?.end ?? 0) <= start) hole++;
    if ((known[hole]?.start ?? Infinity) < end) continue;
    const sign = { '{{': '{', '}}': '}', '%%': '%', $$: '$' }[match[0]];
    if (sign !== undefined) {
      text.holes.push({ start, end, name: match[0], text: sign });
      continue;
    }
    if (match[0].startsWith('%%')) {
      text.holes.push({ start, end, name: /\((\w+)\)/.exec(match[0])?.[1] ?? 'parameter' });
      continue;
    }
    const key = keyOf(match, style, next);
    if (typeof key === 'number') next = Math.max(next, key + 1);
    const value = fields.value(key);
    text.holes.push({ start, end, name: fields.name(key) ?? (typeof key === 'number' ? `field ${key + 1}` : key), ...(value === null ? {} : { text: value }) });
  }
  text.holes.sort((one, other) => one.start - other.start);
  return text;
}

function keyOf(match: RegExpMatchArray, style: FieldStyle, next: number): number | string {
  if (style === 'dollar') return match[1] ?? match[2] ?? '';
  if (style === 'percent') return match[1] ?? (match[2] === undefined ? next : Number(match[2]) - 1);
  const name = /^[^!:.[]*/.exec(match[1] ?? '')?.[0].trim() ?? '';
  if (name === '') return next;
  return /^\d+$/.test(name) ? Number(name) : name;
}
