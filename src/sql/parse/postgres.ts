import { hasSqlDetails, loadModule, parseSync } from 'libpg-query';
import type { ParseOutcome, ParsedStatement } from '../../model/syntax-tree.js';
import type { Parse } from './front-end.js';
import { Positions } from './postgres/positions.js';
import { lowerStatement } from './postgres/statement.js';


/** Longer texts are not parsed: beyond it lie generated lists and attacks, and time and memory stop being bounded. */
const TEXT_LENGTH_MAX = 4 * 1024 * 1024;

/**
 * The PostgreSQL front end: the server's own grammar (libpg_query 18), lowered to the one tree. It also accepts what
 * pg_stat_statements writes, `$1` in places where the grammar of the server wants a literal.
 */
export async function createPostgresParser(): Promise<Parse> {
  await loadModule();
  return parse;
}

/** Loads the parser if needed and reads one text. */
export async function parsePostgres(text: string): Promise<ParseOutcome> {
  return (await createPostgresParser())(text);
}

function parse(text: string): ParseOutcome {
  if (text.length > TEXT_LENGTH_MAX) {
    return failure(`the text has ${text.length} characters; more than ${TEXT_LENGTH_MAX} are not parsed`, null);
  }
  if (text.trim() === '') return { statements: [], diagnostics: [], frontEnd: 'libpg-query', confidence: 'high' };
  // The WASM build takes a C string: it would silently parse only what stands before a NUL.
  const nul = text.indexOf('\0');
  if (nul >= 0) return failure('a NUL character stands in the text', nul);
  try {
    return lower(withLegalParameters(text));
  } catch (error) {
    if (error instanceof RangeError) return failure('the expression is nested too deeply to be read', null);
    if (hasSqlDetails(error)) return failure(error.sqlDetails?.message ?? error.message, error.sqlDetails?.cursorPosition ?? null);
    return failure(error instanceof Error ? error.message : String(error), null);
  }
}

/** Two-phase commit, DEALLOCATE and DECLARE: pg_stat_statements writes `$1` where the grammar takes a string or a name only. */
const TRANSACTION_PARAMETER = /^(\s*(?:prepare\s+transaction|(?:commit|rollback)\s+prepared)\s+)\$\d/i;
const NAME_PARAMETER = /^(\s*(?:deallocate(?:\s+prepare)?|declare)\s+)\$(?=\d)/i;

/** The text with these parameters replaced by something legal of the same length, so that positions hold. */
function withLegalParameters(text: string): string {
  return text.replace(TRANSACTION_PARAMETER, "$1''").replace(NAME_PARAMETER, '$1_');
}

function lower(text: string): ParseOutcome {
  const tree = parseSync(text);
  const positions = new Positions(text);
  const statements: ParsedStatement[] = [];
  for (const raw of tree.stmts ?? []) {
    if (!raw.stmt) continue;
    const start = positions.toUtf16(raw.stmt_location ?? 0);
    // A length of zero means "to the end of the text".
    const end = raw.stmt_len ? positions.toUtf16((raw.stmt_location ?? 0) + raw.stmt_len) : text.length;
    statements.push({ statement: lowerStatement(raw.stmt, positions), span: { start, end } });
  }
  return { statements, diagnostics: [], frontEnd: 'libpg-query', confidence: 'high' };
}

function failure(message: string, offset: number | null): ParseOutcome {
  return { statements: [], diagnostics: [{ severity: 'error', message, offset }], frontEnd: null, confidence: 'high' };
}
