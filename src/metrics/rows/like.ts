/** A pattern of LIKE as its parts: a literal character, any one character, or any characters. */
type Part = string | { any: 'one' | 'many' };

function partsOf(pattern: string): Part[] {
  const parts: Part[] = [];
  let escaped = false;
  for (const character of pattern) {
    if (escaped) {
      parts.push(character);
      escaped = false;
    } else if (character === '\\') {
      escaped = true;
    } else {
      parts.push(character === '%' ? { any: 'many' } : character === '_' ? { any: 'one' } : character);
    }
  }
  return parts;
}

/** `text LIKE pattern` with the default escape character, under a deterministic collation. Linear in text times pattern. */
export function likeMatches(pattern: string, text: string): boolean {
  const parts = partsOf(pattern);
  const characters = [...text];
  let reachable = new Set([0]);
  for (const part of parts) {
    const next = new Set<number>();
    for (const at of reachable) {
      if (typeof part === 'object' && part.any === 'many') {
        for (let end = at; end <= characters.length; end += 1) next.add(end);
        break;
      }
      if (at < characters.length && (typeof part === 'object' || part === characters[at])) next.add(at + 1);
    }
    reachable = next;
  }
  return reachable.has(characters.length);
}

/** The shortest text that a pattern matches. */
export function shortestMatch(pattern: string): string {
  return partsOf(pattern)
    .map((part) => (typeof part === 'string' ? part : part.any === 'one' ? 'x' : ''))
    .join('');
}
