/** A type as engines print it, taken apart: `numeric(12,2)` is `numeric` with `12` and `2`, `timestamp(3) with time zone` has its words joined. */
export interface TypeParts {
  /** In lower case, without arguments. */
  name: string;
  arguments: string[];
}

export function typeParts(type: string): TypeParts {
  const open = type.indexOf('(');
  const close = open < 0 ? -1 : closing(type, open);
  if (open < 0 || close < 0) return { name: words(type), arguments: [] };
  return { name: words(`${type.slice(0, open)} ${type.slice(close + 1)}`), arguments: split(type.slice(open + 1, close)) };
}

/** The number that stands at a place of the arguments, or what holds where none does. */
export function argument(parts: TypeParts, index: number, otherwise: number): number {
  const text = parts.arguments[index]?.trim();
  return text !== undefined && /^-?\d{1,4}$/.test(text) ? Number(text) : otherwise;
}

function words(text: string): string {
  return text.trim().toLowerCase().replace(/\s+/g, ' ');
}

/** Quoted texts, as the names of an enumeration, may hold parentheses and commas. */
function closing(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === "'" || character === '"' || character === '`') at = quoteEnd(text, at);
    else if (character === '(' || character === '<') depth++;
    else if ((character === ')' || character === '>') && --depth === 0) return at;
  }
  return -1;
}

function quoteEnd(text: string, at: number): number {
  const quote = text.charAt(at);
  for (let next = at + 1; next < text.length; next++) {
    if (text.charAt(next) === '\\') next++;
    else if (text.charAt(next) === quote) return next;
  }
  return text.length;
}

function split(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === "'" || character === '"' || character === '`') at = quoteEnd(text, at);
    else if (character === '(' || character === '<') depth++;
    else if (character === ')' || character === '>') depth--;
    else if (character === ',' && depth === 0) {
      parts.push(text.slice(from, at).trim());
      from = at + 1;
    }
  }
  return [...parts, text.slice(from).trim()];
}
