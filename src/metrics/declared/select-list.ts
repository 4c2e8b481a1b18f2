import { Scanner, Token } from '../../sql/lexer.js';

/** Where the outermost SELECT of a statement has its list, in UTF-16 offsets. */
export interface SelectList {
  /** Behind SELECT and DISTINCT. */
  start: number;
  /** Where FROM begins; the end of the text without one. */
  end: number;
  items: { start: number; end: number }[];
  /** Where the outermost ORDER BY begins; null without one. */
  orderBy: number | null;
}

/** Finds the select list of one statement, behind its common tables. Null for a statement in parentheses and for a set operation. */
export function selectListOf(sql: string): SelectList | null {
  const scanner = new Scanner(sql);
  let depth = 0;
  let list: Omit<SelectList, 'orderBy'> | null = null;
  let orderBy: number | null = null;
  let start = -1;
  for (let kind = scanner.next(); kind !== Token.End; kind = scanner.next()) {
    const text = sql.slice(scanner.start, scanner.end);
    if (kind === Token.Punctuation) {
      if ('([{'.includes(text)) depth += 1;
      if (')]}'.includes(text)) depth -= 1;
    }
    if (depth !== 0 || (kind !== Token.Word && text !== ',')) continue;
    const word = text.toLowerCase();
    if (/^(?:union|intersect|except)$/.test(word)) return null;
    if (list === null && word === 'select') {
      list = { start: scanner.end, end: sql.length, items: [] };
      start = scanner.end;
    } else if (list !== null && start !== -1 && (word === ',' || word === 'from')) {
      list.items.push({ start, end: scanner.start });
      start = word === ',' ? scanner.end : -1;
      if (word === 'from') list.end = scanner.start;
    } else if (list !== null && start === -1 && word === 'order') {
      orderBy ??= scanner.start;
    }
  }
  if (list === null) return null;
  if (start !== -1) list.items.push({ start, end: sql.length });
  return { ...list, orderBy };
}
