import { regionAt, regions, splitStatements } from '../../sql/lexer.js';

export interface StatementPlace {
  start: number;
  end: number;
}

/** Lines that steer a session or a client of SQL Server and read nothing; each is blanked before the statements are split. */
const STEERING = [
  /^[ \t]*GO(?:[ \t]+\d{1,6})?[ \t]*;?[ \t\r]*$/gim,
  /^[ \t]*USE[ \t]+(?:\[[^\]\n]{1,200}\]|[\w$]{1,200})[ \t]*;?/gim,
  /^[ \t]*SET[ \t]+(?:NOCOUNT|ANSI_NULLS|ANSI_WARNINGS|ANSI_PADDING|QUOTED_IDENTIFIER|ARITHABORT|FMTONLY|XACT_ABORT)[ \t]+(?:ON|OFF)[ \t]*;?/gim,
  /^[ \t]*SET[ \t]+TRANSACTION[ \t]+ISOLATION[ \t]+LEVEL[ \t]+(?:READ[ \t]+UNCOMMITTED|READ[ \t]+COMMITTED|REPEATABLE[ \t]+READ|SNAPSHOT|SERIALIZABLE)[ \t]*;?/gim,
  /^[ \t]*IF[ \t]+OBJECT_ID[ \t]*\([^()\n]{1,300}\)[ \t]+IS[ \t]+NOT[ \t]+NULL[ \t\r\n]+DROP[ \t]+TABLE[ \t]+#{1,2}\w{1,200}[ \t]*;?/gim,
  /^[ \t]*DROP[ \t]+TABLE[ \t]+(?:IF[ \t]+EXISTS[ \t]+)?#{1,2}\w{1,200}[ \t]*;?/gim,
];
const ENDS_BATCH = /^[ \t]*GO\b/i;
/** A batch whose statements follow one another without semicolons. */
const HAS_TEMPORARY = /\binto\s+#{1,2}\w/i;
const STARTS = /^[ \t]*(SELECT|WITH|INSERT|UPDATE|DELETE|MERGE|EXEC|EXECUTE|CREATE|DECLARE|TRUNCATE)\b/gim;
/** A SELECT behind these goes on with the statement. */
const GOES_ON = /(?:\b(?:UNION|ALL|EXCEPT|INTERSECT|AS|IN|EXISTS)|[(,])\s*$/i;

/**
 * The statements of a native query that read or write, where they stand. T-SQL sets its session, changes the database and
 * builds temporary tables before the query itself: the former is left out, the latter are statements of their own. A text without any of it is one statement, as a whole.
 */
export function nativeStatements(text: string): StatementPlace[] {
  let view = text;
  let isSteered = false;
  const quoted = regions(text);
  const isCode = (at: number): boolean => regionAt(quoted, at)?.kind === 'code';
  for (const pattern of STEERING) {
    view = view.replace(pattern, (found: string, ...rest: unknown[]) => {
      const at = rest.find((value) => typeof value === 'number') ?? 0;
      const first = at + found.length - found.trimStart().length;
      if (!isCode(first)) return found;
      isSteered = true;
      // A batch ends where a semicolon would stand.
      return ENDS_BATCH.test(found) ? `;${' '.repeat(found.length - 1)}` : found.replace(/[^\n]/g, ' ');
    });
  }
  const places = splitStatements(view).map(({ start, end }) => ({ start, end }));
  const found = places.flatMap((place) => (HAS_TEMPORARY.test(view.slice(place.start, place.end)) ? withoutSemicolons(view, place, isCode) : [place]));
  // The comments around a single statement stay with it: tools sign their queries there.
  return found.length <= 1 && !isSteered ? [{ start: 0, end: text.length }] : found;
}

/** Statements that begin with their line, outside of parentheses, after a whole one. */
function withoutSemicolons(view: string, { start, end }: StatementPlace, isCode: (at: number) => boolean): StatementPlace[] {
  const part = view.slice(start, end);
  const starts = [start];
  let depth = 0;
  let counted = start;
  let first = '';
  let selects = 0;
  for (const match of part.matchAll(STARTS)) {
    const [whole, word = ''] = match;
    const at = start + match.index + whole.length - word.length;
    if (!isCode(at)) continue;
    for (; counted < at; counted++) {
      if (!isCode(counted)) continue;
      const character = view.charAt(counted);
      if (character === '(') depth++;
      else if (character === ')') depth--;
    }
    if (depth !== 0) continue;
    const isSelect = word.toUpperCase() === 'SELECT';
    const belongs = isSelect && (GOES_ON.test(view.slice(Math.max(start, at - 60), at)) || (selects === 0 && (first === 'WITH' || first === 'INSERT')));
    if (at > start && !belongs) {
      starts.push(at);
      selects = 0;
    }
    if (at === starts.at(-1)) first = word.toUpperCase();
    if (isSelect) selects++;
  }
  return starts.map((from, index) => ({ start: from, end: trimmedEnd(view, from, starts[index + 1] ?? end) }));
}

function trimmedEnd(text: string, start: number, end: number): number {
  let at = end;
  while (at > start && text.charAt(at - 1).trim() === '') at--;
  return at;
}
