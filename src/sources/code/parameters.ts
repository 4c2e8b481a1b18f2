import { regions } from '../../sql/lexer.js';
import type { Hole } from '../../template/holes.js';

/** 1 `:name` 2 `%(name)s` 3 `%s` 4 `%%` 5 `?` 6 `@name` 7 `{name}` of JupySQL and `${name}`. The names are bounded so that an open brace stays cheap. */
const PARAMETER = /:([A-Za-z_]\w{0,100})|%\((\w{1,100})\)s|(%s)\b|(%%)|(\?)|@([A-Za-z_]\w{0,100})|\$?\{([A-Za-z_][\w.]{0,100})\}/g;

const EXPECTS_OPERAND = new Set([
  'and', 'or', 'not', 'where', 'having', 'on', 'when', 'then', 'else', 'between', 'like', 'ilike', 'in', 'any', 'all', 'select', 'by', 'limit', 'offset', 'values', 'set', 'returning',
  'interval', 'date', 'timestamp', 'similar', 'to', 'from', 'distinct', 'case', 'is', 'join', 'into', 'update', 'table', 'as', 'using', 'contains',
]);

/**
 * The parameters that a driver binds in a statement, as holes: `%s`, `%(x)s`, `:x`, `?`, `@x`, beside the holes that the program
 * has already. Strings and comments are left alone, casts, slices and the operators of JSON too.
 */
export function driverParameters(text: string, holes: readonly Hole[]): Hole[] {
  const shown = masked(text, holes);
  const areas = regions(shown).filter(({ kind }) => kind === 'code');
  const found: Hole[] = [];
  let count = 0;
  for (const { start, end } of areas) {
    for (const match of shown.slice(start, end).matchAll(PARAMETER)) {
      const at = start + match.index;
      const [whole, colon, named, positional, percent, question, sign, braces] = match;
      if (percent !== undefined) {
        found.push({ start: at, end: at + 2, name: '%%', text: '%' });
        continue;
      }
      if (colon !== undefined && /[:\w\])[]/.test(shown.charAt(at - 1))) continue;
      if ((positional ?? question) !== undefined && !isOperand(shown, at, whole.length)) continue;
      if (sign !== undefined && (/[@\w<"'\])]/.test(shown.charAt(at - 1)) || shown.charAt(at - 1) === '\\')) continue;
      if (/[{]/.test(shown.charAt(at - 1)) && braces !== undefined) continue;
      found.push({ start: at, end: at + whole.length, name: colon ?? named ?? sign ?? braces ?? `parameter ${++count}` });
    }
  }
  return found;
}

function masked(text: string, holes: readonly Hole[]): string {
  let shown = '';
  let at = 0;
  for (const { start, end } of holes) {
    if (start < at) continue;
    shown += text.slice(at, start) + 'x'.repeat(end - start);
    at = end;
  }
  // What Jinja writes is no parameter, and its quotes open no string.
  return (shown + text.slice(at)).replace(/\{\{[^{}]{0,500}\}\}|\{%[^{}]{0,500}%\}/g, (found) => 'x'.repeat(found.length));
}

/** `?` and `%s` are parameters where an operand is due, operators where one stands before. */
function isOperand(text: string, start: number, length: number): boolean {
  if (length === 1 && /[|&?]/.test(text.charAt(start + 1))) return false;
  const before = text.slice(Math.max(0, start - 60), start).trimEnd();
  if (/[@#~]$/.test(before)) return false;
  const word = /([A-Za-z_]\w*)$/.exec(before)?.[1]?.toLowerCase();
  if (word !== undefined) return EXPECTS_OPERAND.has(word);
  return before === '' || /[(,=<>+\-*/|[.]$/.test(before);
}
