import type { Diagnostic, FrontEndId, ParsedStatement, ParseOutcome } from '../../model/syntax-tree.js';
import type { Dialect } from '../dialect.js';
import { differences } from './compare-readings.js';
import { definitionByTokens, withoutOutfile, withoutStorage } from './created.js';
import { readCutOff } from './cut-off.js';
import { lexingOf } from './lexing.js';
import type { Measure } from './measure.js';
import { CUT_OFF, failure, wasRead, withoutValues } from './outcome.js';
import { Joined, piecesOf } from './pieces.js';
import { scrub, type Scrubbed, TEXT_LENGTH_MAX } from './scrub.js';

/** Reads a text with one front end. */
export type ReadWith = (frontEnd: FrontEndId, dialect: Dialect, text: string) => Promise<ParseOutcome>;

/**
 * sqlparser-ts 0.62: a chain of 600 to 900 operators overruns the memory of its module, which is broken from then on. Nesting
 * beyond its recursion limit it refuses, but only after it has tried.
 */
const SQLPARSER_OPERATORS_MAX = 400;
const SQLPARSER_NESTING_MAX = 200;

/**
 * Reads a text with the front ends of its dialect: the next one only where the one before could not. Where none can read the
 * whole, its statements are read one by one, and of one that is cut off the relations are kept.
 *
 * In thorough mode the front ends that can read the text are compared: where they understand it differently the first
 * reading is kept with `confidence: 'low'` and a warning that says what differs.
 */
export async function arbitrate(text: string, dialect: Dialect, read: ReadWith, thorough: boolean): Promise<ParseOutcome> {
  // The PostgreSQL parser has a limit of its own.
  if (text.length > TEXT_LENGTH_MAX && dialect.frontEnds.includes('libpg-query')) return read('libpg-query', dialect, text);
  const scrubbed = scrub(text, dialect);
  // One statement with a NUL must not cost the others.
  if (!('lexing' in scrubbed)) return text.includes('\0') ? inPieces(text, dialect, read, thorough, scrubbed) : scrubbed;
  const whole = await readWhole(scrubbed, dialect, read, thorough);
  if (wasRead(whole)) return whole;
  return inPieces(scrubbed.text, dialect, read, thorough, whole, scrubbed);
}

async function readWhole(scrubbed: Scrubbed, dialect: Dialect, read: ReadWith, thorough: boolean): Promise<ParseOutcome> {
  const { measure, text } = scrubbed;
  const failed: ParseOutcome[] = [];
  const readings: ParseOutcome[] = [];
  for (const frontEnd of frontEndsFor(dialect, scrubbed)) {
    const outcome = await read(frontEnd, dialect, frontEnd === 'libpg-query' ? scrubbed.withLists : text);
    (wasRead(outcome) && !saysLess(outcome, readings[0]) ? readings : failed).push(outcome);
    if (readings.length > 0 && !thorough) break;
  }
  const [first, ...others] = readings;
  if (first === undefined) return (await withoutClauses(scrubbed, dialect, read)) ?? unread(failed, scrubbed, dialect);
  const diagnostics = [...first.diagnostics, ...(first.frontEnd === 'libpg-query' ? [] : scrubbed.diagnostics)];
  if (measure.end === 'open') diagnostics.push({ severity: 'warning', message: CUT_OFF, offset: text.length });
  const disagreements = others.flatMap((other) => disagreement(first, other));
  const low = first.confidence === 'low' || disagreements.length > 0 || (thorough && failed.length > 0);
  return { ...first, diagnostics: [...diagnostics, ...disagreements], confidence: low ? 'low' : 'high' };
}

/** A parser that knows no more than the first word of a statement, which another one understood, has not read it. */
function saysLess(outcome: ParseOutcome, first: ParseOutcome | undefined): boolean {
  const isUtility = ({ statement }: ParsedStatement): boolean => statement.type === 'utility';
  return first !== undefined && outcome.statements.every(isUtility) && !first.statements.every(isUtility);
}

/** What no parser reads may have clauses that say nothing of rows: it is read without them, or a table by its columns alone. */
async function withoutClauses({ text, lexing, ...scrubbed }: Scrubbed, dialect: Dialect, read: ReadWith): Promise<ParseOutcome | null> {
  const plain = withoutStorage(text, lexing) ?? withoutOutfile(text, lexing);
  if (plain !== null) {
    for (const frontEnd of frontEndsFor(dialect, { ...scrubbed, text, lexing })) {
      const outcome = await read(frontEnd, dialect, plain);
      if (wasRead(outcome)) return { ...outcome, diagnostics: [...outcome.diagnostics, ...scrubbed.diagnostics] };
    }
  }
  return definitionByTokens(text, dialect, lexing);
}

function frontEndsFor(dialect: Dialect, { measure }: Scrubbed): readonly FrontEndId[] {
  const heavy = measure.chain.operators > SQLPARSER_OPERATORS_MAX || measure.nesting.depth > SQLPARSER_NESTING_MAX;
  return heavy ? dialect.frontEnds.filter((frontEnd) => frontEnd !== 'sqlparser-ts') : dialect.frontEnds;
}

/** A parser that kept itself from descending says so in words of its own. */
const TOO_DEEP = /E_GUARD|recursion limit|nested too deeply/i;

/** No parser gives up over less: then it was something else that went on for too long. */
const NESTING_TOLD_MIN = 20;

function tooComplex({ chain, nesting }: Measure): ParseOutcome {
  const follow = 'than the parsers of this dialect follow';
  if (chain.operators > SQLPARSER_OPERATORS_MAX) return failure(`an expression of ${chain.operators} operators is longer ${follow}`, chain.offset);
  return failure(nesting.depth >= NESTING_TOLD_MIN ? `the text is nested ${nesting.depth} levels deep, deeper ${follow}` : `an expression is longer ${follow}`, nesting.offset);
}

/** One reason, of the parser that is asked first where it gives a position. */
function unread(failed: readonly ParseOutcome[], scrubbed: Scrubbed, dialect: Dialect): ParseOutcome {
  const { text, measure, lexing } = scrubbed;
  const reasons = failed
    .flatMap(({ diagnostics }) => diagnostics.filter(({ severity }) => severity === 'error').slice(0, 1))
    .map(({ message, offset }) => ({ message, offset: AT_THE_END.test(message) ? text.length : offset }));
  if (reasons.some(({ message }) => TOO_DEEP.test(message))) return tooComplex(measure);
  // The end of the text is open, and a reader complained there.
  if (measure.end !== 'whole' && reasons.some(({ offset }) => (offset ?? 0) >= measure.lastToken)) return readCutOff(text, dialect, lexing);
  const reason = reasons.find(({ offset }) => offset !== null) ?? reasons[0];
  const start = text.length - text.trimStart().length;
  if (reason === undefined) return failure('no parser reads this dialect', start);
  return failure(OURS.test(reason.message) ? reason.message : withoutValues(reason.message), Math.min(reason.offset ?? start, text.length));
}

/** What the pool says of a parser holds nothing of the text. */
const OURS = /^(?:\S+ (?:gave up|could not be loaded): |the thread of the parsers )/;
const AT_THE_END = /\bEOF\b|\bend of input\b|\bunterminated\b/i;

async function inPieces(text: string, dialect: Dialect, read: ReadWith, thorough: boolean, unreadWhole: ParseOutcome, scrubbed?: Scrubbed): Promise<ParseOutcome> {
  const lexing = scrubbed?.lexing ?? lexingOf(dialect.id);
  const pieces = piecesOf(lexing.view(text), lexing.options);
  if (pieces.length < 2) return withDiagnostics(unreadWhole, scrubbed?.diagnostics ?? []);
  const joined = new Joined();
  for (const piece of pieces) {
    if (!joined.add(await arbitrate(text.slice(piece.start, piece.end), dialect, read, thorough), piece)) break;
  }
  return withDiagnostics(joined.outcome(), scrubbed?.diagnostics ?? []);
}

function withDiagnostics(outcome: ParseOutcome, more: readonly Diagnostic[]): ParseOutcome {
  return more.length === 0 ? outcome : { ...outcome, diagnostics: [...outcome.diagnostics, ...more] };
}

function disagreement(first: ParseOutcome, other: ParseOutcome): Diagnostic[] {
  return differences(first, other).map(({ what, here, there }) => ({
    severity: 'warning',
    message: `${first.frontEnd} and ${other.frontEnd} disagree on ${what}: ${here} | ${there}`,
    offset: first.statements[0]?.span.start ?? 0,
  }));
}
