import { hasSqlDetails, loadModule, parseSync } from 'libpg-query';
import type { ParseOutcome, ParsedStatement } from '../../model/syntax-tree.js';
import { POSTGRES } from '../dialect.js';
import { readCutOff } from './cut-off.js';
import { type WithParameters, withParameters } from './driver-placeholders.js';
import type { Parse } from './front-end.js';
import { lexingOf } from './lexing.js';
import { measure } from './measure.js';
import { failure, wasRead, withoutValues } from './outcome.js';
import { Joined, piecesOf } from './pieces.js';
import { Positions } from './postgres/positions.js';
import { lowerStatement } from './postgres/statement.js';
import { plainSpaces, tooLong } from './scrub.js';

/** Longer texts are not parsed: beyond it lie generated lists and attacks, and time and memory stop being bounded. */
const TEXT_LENGTH_MAX = 4 * 1024 * 1024;

/**
 * The PostgreSQL front end: the server's own grammar (libpg_query 18), lowered to the one tree. It also accepts what
 * pg_stat_statements writes, `$1` in places where the grammar of the server wants a literal.
 *
 * Of several statements those that can be read are; of one that is cut off the relations are kept.
 */
export async function createPostgresParser(): Promise<Parse> {
  await loadModule();
  return parse;
}

/** Loads the parser if needed and reads one text. */
export async function parsePostgres(text: string): Promise<ParseOutcome> {
  return (await createPostgresParser())(text);
}

const LEXING = lexingOf('postgres');
const AT_NAME = /[\s(,=<>+*/|-]@[\p{L}_]/u;

function parse(text: string): ParseOutcome {
  if (text.length > TEXT_LENGTH_MAX) return tooLong(text, TEXT_LENGTH_MAX);
  const whole = readStrictly(text);
  // To the server `@name` is an absolute value; nobody writes that without a space, and every client of .NET its parameters so.
  if (wasRead(whole)) return withCutWarning((AT_NAME.test(text) ? withDriverPlaceholders(text) : null) ?? whole, text);
  // To the server such a space is part of a name, so that they are only tried where it cannot read the text otherwise.
  const spaced = plainSpaces(text, LEXING);
  const again = spaced === text ? whole : readStrictly(spaced);
  if (wasRead(again)) return again;
  const sent = withDriverPlaceholders(spaced);
  if (sent !== null) return sent;
  const pieces = piecesOf(spaced, LEXING.options);
  if (pieces.length < 2) return again;
  const joined = new Joined();
  for (const piece of pieces) if (!joined.add(readStrictly(spaced.slice(piece.start, piece.end)), piece)) break;
  return joined.outcome();
}

/** Reads the text as the server would: all of it or nothing. */
function readStrictly(text: string, pathsReplaced = 0): ParseOutcome {
  if (text.trim() === '') return { statements: [], diagnostics: [], frontEnd: 'libpg-query', confidence: 'high' };
  // The WASM build takes a C string: it would silently parse only what stands before a NUL.
  const nul = text.indexOf('\0');
  if (nul >= 0) return failure('a NUL character stands in the text', nul);
  try {
    return lower(withLegalParameters(text));
  } catch (error) {
    if (error instanceof RangeError) return failure('the expression is nested too deeply to be read', deepest(text));
    const message = hasSqlDetails(error) ? (error.sqlDetails?.message ?? error.message) : error instanceof Error ? error.message : String(error);
    if (/^unterminated | at end of input$/.test(message)) return readCutOff(text, POSTGRES, LEXING);
    const offset = hasSqlDetails(error) ? codePointOffset(text, error.sqlDetails?.cursorPosition ?? 0) : start(text);
    const legal = message.includes('JSON_TABLE path') && pathsReplaced < JSON_TABLES_MAX ? withLegalPath(text, offset) : text;
    return legal === text ? failure(withoutValues(message), offset) : readStrictly(legal, pathsReplaced + 1);
  }
}

/** The text with the placeholders of a driver for parameters, spans in the text as it is. Null where it cannot be read so either. */
function withDriverPlaceholders(text: string): ParseOutcome | null {
  const from = withParameters(text, LEXING);
  if (from === null) return null;
  try {
    return lower(withLegalParameters(from.text), { ...from, written: text });
  } catch {
    // What stands in the text as it is written has been said.
    return null;
  }
}

/** Each takes a reading of its own; no person writes as many. */
const JSON_TABLES_MAX = 50;

/** pg_stat_statements writes `$1` for the path of JSON_TABLE, where the grammar wants a string. */
function withLegalPath(text: string, offset: number): string {
  const parameter = /^\$\d+/.exec(text.slice(offset, offset + 12))?.[0];
  return parameter === undefined ? text : `${text.slice(0, offset)}${"''".padEnd(parameter.length)}${text.slice(offset + parameter.length)}`;
}

/** The parser counts code points. */
function codePointOffset(text: string, codePoints: number): number {
  let offset = 0;
  for (let count = 0; count < codePoints && offset < text.length; count++) offset += (text.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1;
  return offset;
}

function deepest(text: string): number {
  const { nesting, chain } = measure(text, LEXING.options);
  return nesting.depth > chain.operators ? nesting.offset : chain.offset;
}

function start(text: string): number {
  return text.length - text.trimStart().length;
}

/**
 * `track_activity_query_size` and its like cut texts at one byte less than a power of two, 1,024 by default. A text of
 * exactly such a size may be whole by chance, and may read well with half a name at its end.
 */
function withCutWarning(outcome: ParseOutcome, text: string): ParseOutcome {
  if (text.length < 512 || text.endsWith(';')) return outcome;
  const size_bytes = Buffer.byteLength(text);
  if (size_bytes < 1023 || (size_bytes & (size_bytes + 1)) !== 0) return outcome;
  const message = `the text has ${size_bytes} bytes, at which servers cut: its end may be missing`;
  return { ...outcome, diagnostics: [...outcome.diagnostics, { severity: 'warning', message, offset: text.length }] };
}

/** Two-phase commit, DEALLOCATE and DECLARE: pg_stat_statements writes `$1` where the grammar takes a string or a name only. */
const TRANSACTION_PARAMETER = /^(\s*(?:prepare\s+transaction|(?:commit|rollback)\s+prepared)\s+)\$\d/i;
const NAME_PARAMETER = /^(\s*(?:deallocate(?:\s+prepare)?|declare)\s+)\$(?=\d)/i;

/** The text with these parameters replaced by something legal of the same length, so that positions hold. */
function withLegalParameters(text: string): string {
  return text.replace(TRANSACTION_PARAMETER, "$1''").replace(NAME_PARAMETER, '$1_');
}

function lower(text: string, from: (Pick<WithParameters, 'original'> & { written: string }) | null = null): ParseOutcome {
  const tree = parseSync(text);
  const positions = new Positions(text, from);
  const statements: ParsedStatement[] = [];
  for (const raw of tree.stmts ?? []) {
    if (!raw.stmt) continue;
    const start = positions.toUtf16(raw.stmt_location ?? 0);
    // A length of zero means "to the end of the text".
    const end = raw.stmt_len ? positions.toUtf16((raw.stmt_location ?? 0) + raw.stmt_len) : (from?.written ?? text).length;
    statements.push({ statement: lowerStatement(raw.stmt, positions), span: { start, end } });
  }
  return { statements, diagnostics: [], frontEnd: 'libpg-query', confidence: 'high' };
}
