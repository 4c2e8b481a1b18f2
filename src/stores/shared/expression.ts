/** `((a > 0) AND (b > 0))` → `(a > 0) AND (b > 0)`, in expressions that a server prints: without comments and dollar quotes. */
export function withoutOuterParentheses(text: string): string {
  let inner = text.trim();
  while (inner.startsWith('(') && closingParenthesis(inner, 0) === inner.length - 1) inner = inner.slice(1, -1).trim();
  return inner;
}

/** Where the parenthesis at `at` closes, skipping quoted text; -1 where it does not. */
export function closingParenthesis(text: string, at: number): number {
  let depth = 0;
  for (let next = at; next < text.length; next++) {
    const character = text.charAt(next);
    if (character === '"' || character === "'") {
      const end = text.indexOf(character, next + 1);
      if (end < 0) return -1;
      next = end;
    } else if (character === '(') {
      depth++;
    } else if (character === ')' && --depth === 0) {
      return next;
    }
  }
  return -1;
}
