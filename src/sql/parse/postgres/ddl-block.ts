import type { DoStmt } from '@pgsql/types';
import { Scanner, splitStatements, Token } from '../../lexer.js';
import { text } from './nodes.js';

/** A statement in a block, and where it begins in the block's text. */
export interface BlockStatement {
  sql: string;
  offset: number;
}

/** Words by which a statement of PL/pgSQL decides, repeats, or works with what is found at run time. */
const LOGIC = /^(?:if|elsif|else|loop|while|for|foreach|case|declare|perform|raise|return|exit|continue|open|fetch|close|call|assert|get|<<)$/;

/**
 * The statements of a DO block that only runs one statement after another, or EXECUTEs constant texts; an EXCEPTION that does nothing
 * may follow, as in `EXCEPTION WHEN duplicate_object THEN NULL`. Null for every other block: what it does is decided when it runs.
 */
export function blockStatements({ args }: DoStmt): { statements: BlockStatement[]; isTolerant: boolean } | null {
  const options = new Map((args ?? []).flatMap((node) => ('DefElem' in node ? [[node.DefElem.defname ?? '', node.DefElem.arg] as const] : [])));
  const language = text(options.get('language')) || 'plpgsql';
  const body = text(options.get('as'));
  if (language.toLowerCase() !== 'plpgsql') return null;
  const inner = /^\s*begin\b([\s\S]*?)\bend\s*;?\s*$/i.exec(withoutComments(body));
  if (!inner) return null;
  const [main = '', ...handlers] = (inner[1] ?? '').split(/\bexception\b(?=\s+when\b)/i);
  if (handlers.length > 1 || handlers.some((handler) => !/^(?:\s*when\s+[\w\s]+\s+then\s+null\s*;)+\s*$/i.test(handler))) return null;
  const from = body.search(/\bbegin\b/i) + 'begin'.length;
  const statements: BlockStatement[] = [];
  for (const { start, end } of splitStatements(main, { backticks: false })) {
    const sql = main.slice(start, end);
    const first = /^[a-z<]+/i.exec(sql)?.[0].toLowerCase() ?? '';
    if (first === '' || LOGIC.test(first) || /:=/.test(sql)) return null;
    const written = first === 'execute' ? constantText(sql) : sql;
    if (written === null) return null;
    statements.push({ sql: written, offset: from + start });
  }
  return { statements, isTolerant: handlers.length > 0 };
}

/** Comments as blanks, so that offsets stay. */
function withoutComments(body: string): string {
  const scanner = new Scanner(body, { backticks: false });
  let result = '';
  let last = 0;
  for (let kind = scanner.next(); kind !== Token.End; kind = scanner.next()) {
    if (kind !== Token.LineComment && kind !== Token.BlockComment) continue;
    result += body.slice(last, scanner.start) + body.slice(scanner.start, scanner.end).replace(/[^\n]/g, ' ');
    last = scanner.end;
  }
  return result + body.slice(last);
}

/** The text of `EXECUTE '…'`; null where anything else is executed. */
function constantText(sql: string): string | null {
  const scanner = new Scanner(sql, { backticks: false });
  scanner.next();
  const kind = scanner.next();
  const token = sql.slice(scanner.start, scanner.end);
  if (scanner.next() !== Token.End) return null;
  if (kind === Token.String && token.startsWith("'")) return token.slice(1, -1).replaceAll("''", "'");
  if (kind !== Token.Dollar) return null;
  const tag = token.indexOf('$', 1) + 1;
  return token.slice(tag, -tag);
}
