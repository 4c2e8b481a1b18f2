import { StatementFailed } from './failure.js';

/** How a dialect quotes and comments, as far as it takes to see where words and semicolons are. */
export interface Lexis {
  /** Characters that open and close a text or a name. */
  quotes: readonly string[];
  /** Those of them in which a backslash keeps the next character from ending it. */
  backslash: readonly string[];
  /** `"""` and `'''`. */
  tripleQuotes?: true;
  /** `$$ … $$`. */
  dollars?: true;
  /** `r'…'`, in which a backslash means nothing (Databricks, STRING type). */
  rawTexts?: true;
  /** What begins a comment up to the end of the line. */
  lineComments: readonly string[];
}

/** Statements that read and nothing else. EXPLAIN runs nothing unless it analyses. FROM is not among them: Spark lets INSERT follow it. */
const READING: ReadonlySet<string> = new Set(['SELECT', 'WITH', 'VALUES', 'SHOW', 'DESCRIBE', 'DESC', 'EXPLAIN', 'TABLE']);
/**
 * What changes something wherever it stands outside of texts, names and comments: behind WITH, FROM and a pipe, or within a common
 * table expression. `->>` chains statements in Snowflake (Flow operators); WITH … AS PROCEDURE makes one to call.
 */
const CHANGING: readonly (readonly [RegExp, string])[] = [
  [/\b(?:INSERT\s+(?:INTO|OVERWRITE)|DELETE\s+FROM|MERGE\s+INTO)\b/, 'changes rows'],
  [/\bUPDATE\s+(?!SKIP\b)[^\s(),]+(?:\s+(?:AS\s+)?\w+)?\s+SET\b/, 'changes rows'],
  [/(?:^|[(\s])SELECT\b[^()]*\sINTO\s/, 'writes a table'],
  [/->>/, 'is a chain of statements'],
  [/\|>\s*(?:INSERT|EXPORT|CREATE|CALL|DELETE|UPDATE|MERGE)\b/, 'writes at the end of a pipe'],
  [/\bAS\s+PROCEDURE\b/, 'makes a procedure'],
  [/\bSYSTEM\$(?!TYPEOF\b)|\.\s*NEXTVAL\b/, 'calls what acts'],
];
/** What some dialects let stand behind WITH. */
const BEHIND_WITH = /\b(INSERT|UPDATE|DELETE|MERGE|CREATE|CALL)\b/;
const EXPLAINED = /^[\s(]*EXPLAIN\b[^;]*?\b(SELECT|WITH|VALUES|TABLE|SHOW)\b/;

/**
 * These services know no read-only session, so that nothing but one reading statement is ever sent to them.
 * @throws StatementFailed for any other text.
 */
export function guardStatement(store: string, sql: string, lexis: Lexis): void {
  const refuse = (what: string): never => {
    throw new StatementFailed(store, `tidemark sends one reading statement at a time, and this ${what}`, null);
  };
  const words = withoutQuoted(sql, lexis, refuse).toUpperCase();
  const first = /^[\s(]*([A-Z]+)\b/.exec(words)?.[1] ?? '';
  if (!READING.has(first)) refuse(first === '' ? 'is none' : `begins with ${first}`);
  if (words.includes(';')) refuse('has a semicolon');
  if (first === 'EXPLAIN') {
    const explained = EXPLAINED.exec(words)?.[0] ?? refuse('would explain what does not read');
    if (/\bANALY[SZ]E\b/.test(explained)) refuse('would run what it explains');
  }
  const changing = CHANGING.find(([pattern]) => pattern.test(words));
  if (changing) refuse(changing[1]);
  const behind = first === 'WITH' ? BEHIND_WITH.exec(behindParentheses(words)) : null;
  if (behind) refuse(`holds ${behind[1] ?? ''}`);
}

/** The words that follow a closing parenthesis outside all others: behind the last common table expression comes the statement itself. */
function behindParentheses(words: string): string {
  let depth = 0;
  let text = '';
  for (const char of words) {
    if (char === '(') depth++;
    else if (char === ')') depth = Math.max(0, depth - 1);
    else if (depth === 0) text += char;
    if (char === ')' && depth === 0) text += ' ; ';
  }
  return [...text.matchAll(/;\s*([A-Z]+)/g)].map(([, word]) => word).join(' ');
}

/** The text with blanks in place of comments, and a blank pair of quotes in place of each quoted text. Linear. */
function withoutQuoted(sql: string, lexis: Lexis, refuse: (what: string) => never): string {
  let text = '';
  let at = 0;
  while (at < sql.length) {
    const end = regionEnd(sql, at, lexis);
    if (end === null) {
      text += sql[at] ?? '';
      at++;
    } else {
      if (isAmbiguous(sql.slice(at, end))) refuse('has a comment whose end is not sure');
      text += ' ';
      at = end;
    }
  }
  return text;
}

/** Dialects do not agree on comments in comments, on a carriage return alone, and on a backslash at the end of a line. */
function isAmbiguous(region: string): boolean {
  if (region.startsWith('/*')) return region.includes('/*', 2);
  return /^(?:--|#|\/\/)/.test(region) && /\r(?!\n)|\\\r?\n/.test(region);
}

/** Where the comment or quoted text that begins here ends; null where none begins. What is left open reaches to the end. */
function regionEnd(sql: string, at: number, lexis: Lexis): number | null {
  const after = (found: number, length: number): number => (found < 0 ? sql.length : found + length);
  if (sql.startsWith('/*', at)) return after(sql.indexOf('*/', at + 2), 2);
  if (lexis.lineComments.some((mark) => sql.startsWith(mark, at))) return after(sql.indexOf('\n', at), 1);
  if (lexis.dollars === true && sql.startsWith('$$', at)) return after(sql.indexOf('$$', at + 2), 2);
  const quote = sql[at] ?? '';
  if (!lexis.quotes.includes(quote)) return null;
  const triple = quote.repeat(3);
  const close = lexis.tripleQuotes === true && quote !== '`' && sql.startsWith(triple, at) ? triple : quote;
  const isRaw = lexis.rawTexts === true && /(?:^|\W)r$/i.test(sql.slice(Math.max(0, at - 2), at));
  const hasBackslash = !isRaw && lexis.backslash.includes(quote);
  for (let next = at + close.length; next < sql.length; next++) {
    if (hasBackslash && sql[next] === '\\') next++;
    else if (sql.startsWith(close, next)) return next + close.length;
  }
  return sql.length;
}
