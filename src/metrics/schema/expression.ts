import { Scanner, Token } from '../../sql/lexer/scanner.js';
import { sqlIdentifier } from '../../text/sql-name.js';
import { qualified } from './names.js';

/** `((a > 0))` → `a > 0`; the parentheses of `(a) or (b)` stay. */
export function withoutOuterParentheses(expression: string): string {
  let text = expression.trim();
  while (text.startsWith('(') && closes(text)) text = text.slice(1, -1).trim();
  return text;
}

/** Whether the parenthesis that opens the text is closed by its last character. */
function closes(text: string): boolean {
  const scanner = new Scanner(text, { backticks: false });
  let depth = 0;
  for (let kind = scanner.next(); kind !== Token.End; kind = scanner.next()) {
    if (kind !== Token.Punctuation) continue;
    const character = text.charAt(scanner.start);
    if (character === '(') depth++;
    else if (character === ')' && --depth === 0) return scanner.end === text.length;
  }
  return false;
}

/** The CHECK of a domain as that of a column: `VALUE > 0` → `price > 0`. */
export function withValueReplaced(expression: string, column: string): string {
  const scanner = new Scanner(expression, { backticks: false });
  const name = sqlIdentifier(column) === column ? column : qualified(column);
  let written = '';
  let last = 0;
  for (let kind = scanner.next(); kind !== Token.End; kind = scanner.next()) {
    if (kind !== Token.Word || expression.slice(scanner.start, scanner.end).toLowerCase() !== 'value') continue;
    written += expression.slice(last, scanner.start) + name;
    last = scanner.end;
  }
  return written + expression.slice(last);
}
