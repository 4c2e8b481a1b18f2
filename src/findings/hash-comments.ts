import { Scanner, Token } from '../sql/lexer.js';

/** Engines in which `#` begins a comment wherever it stands. */
const HASH_ENGINES = /mysql|maria|bigquery/i;

/** What follows `#` where it begins a comment on a line of its own. T-SQL's `#table` and PostgreSQL's `#>` are none. */
const COMMENT_START = /#(?:[ \t!#]|standardsql|legacysql|tidemark-)/iy;

/**
 * The text with the comments of MySQL and BigQuery (`# …`) written as `-- …`, every letter behind the sign where it was. Without a
 * known engine only those that begin a line count: within a line PostgreSQL has operators of that letter. Linear.
 *
 * @param engine the tool's word for the engine, where it is known
 */
export function withHashComments(text: string, engine: string | null = null): string {
  const anywhere = engine !== null && HASH_ENGINES.test(engine);
  if (anywhere ? !text.includes('#') : !/^[ \t]*#/m.test(text)) return text;
  const scanner = new Scanner(text, { dollarQuotes: 'closed' });
  let view = '';
  let copied = 0;
  for (let kind = scanner.next(); kind !== Token.End; kind = scanner.next()) {
    const { start } = scanner;
    if (kind !== Token.Punctuation || text.charAt(start) !== '#' || !(anywhere || (beginsLine(text, start) && beginsComment(text, start)))) continue;
    const end = endOfLine(text, start);
    // A sign alone in its line has no second letter to become a dash.
    view += text.slice(copied, start) + (end - start > 1 ? '--' : ' ');
    copied = Math.min(end, start + 2);
    scanner.position = end;
  }
  return view + text.slice(copied);
}

function beginsComment(text: string, at: number): boolean {
  if (endOfLine(text, at) - at === 1) return true;
  COMMENT_START.lastIndex = at;
  return COMMENT_START.test(text);
}

function beginsLine(text: string, at: number): boolean {
  let before = at - 1;
  while (before >= 0 && (text.charAt(before) === ' ' || text.charAt(before) === '\t')) before -= 1;
  return before < 0 || text.charAt(before) === '\n' || text.charAt(before) === '\r';
}

function endOfLine(text: string, at: number): number {
  const lineFeed = text.indexOf('\n', at);
  const end = lineFeed < 0 ? text.length : lineFeed;
  return text.charAt(end - 1) === '\r' && end - 1 > at ? end - 1 : end;
}
