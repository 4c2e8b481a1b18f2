import type { Diagnostic, ParseOutcome, ParsedStatement, Span } from '../../model/syntax-tree.js';
import { type LexOptions, Scanner, splitStatements, Token } from '../lexer.js';

/** After so many statements of one text that cannot be read the rest is not tried: it is no script. */
const UNREAD_MAX = 100;

/** The statements of a text, as a lexer sees them. Behind a bracket that nobody closes every semicolon ends one. */
export function piecesOf(text: string, options: LexOptions): Span[] {
  const pieces = splitStatements(text, options).map(({ start, end }) => ({ start, end }));
  return pieces.flatMap((piece) => atSemicolons(text, piece, options));
}

function atSemicolons(text: string, piece: Span, options: LexOptions): Span[] {
  const scanner = new Scanner(text.slice(0, piece.end), options);
  scanner.position = piece.start;
  const semicolons: number[] = [];
  let depth = 0;
  let atomic = false;
  for (let kind = scanner.next(); kind !== Token.End; kind = scanner.next()) {
    if (kind === Token.Word) atomic ||= /^atomic$/i.test(text.slice(scanner.start, scanner.end));
    if (kind !== Token.Punctuation) continue;
    const character = text.charAt(scanner.start);
    if (character === '(') depth++;
    else if (character === ')') depth--;
    else if (character === ';') semicolons.push(scanner.start);
  }
  if (semicolons.length === 0 || atomic || depth <= 0) return [piece];
  const starts = [piece.start, ...semicolons.map((at) => at + 1)];
  return starts
    .map((start, index) => trimmed(text, { start, end: semicolons[index] ?? piece.end }))
    .filter(({ start, end }) => end > start);
}

function trimmed(text: string, { start, end }: Span): Span {
  const inside = text.slice(start, end);
  const from = start + inside.length - inside.trimStart().length;
  return { start: from, end: Math.max(from, start + inside.trimEnd().length) };
}

/** What was read of the pieces so far. */
export class Joined {
  readonly #statements: ParsedStatement[] = [];
  readonly #diagnostics: Diagnostic[] = [];
  #frontEnd: ParseOutcome['frontEnd'] = null;
  #confidence: ParseOutcome['confidence'] = 'high';
  #unread = 0;

  /** Takes what was read of a piece. Returns false when no more are wanted. */
  add(outcome: ParseOutcome, { start, end }: Span): boolean {
    for (const { statement, span } of outcome.statements) {
      shiftSpans(statement, start);
      this.#statements.push({ statement, span: { start: span.start + start, end: span.end + start } });
    }
    for (const { offset, ...diagnostic } of outcome.diagnostics) this.#diagnostics.push({ ...diagnostic, offset: (offset ?? 0) + start });
    this.#frontEnd ??= outcome.frontEnd;
    if (outcome.confidence === 'low') this.#confidence = 'low';
    if (outcome.statements.length > 0 || outcome.diagnostics.length === 0 || ++this.#unread < UNREAD_MAX) return true;
    this.#diagnostics.push({ severity: 'error', message: `${UNREAD_MAX} statements of the text could not be read; the rest was not tried`, offset: end });
    return false;
  }

  outcome(): ParseOutcome {
    return { statements: this.#statements, diagnostics: this.#diagnostics, frontEnd: this.#frontEnd, confidence: this.#confidence };
  }
}

/** Moves every span in a tree. Keeps its own stack, since trees may be deeper than that of the thread. */
function shiftSpans(root: object, by: number): void {
  if (by === 0) return;
  const open: object[] = [root];
  // One span may belong to several nodes.
  const shifted = new Set<object>();
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (isSpan(node)) {
      if (shifted.has(node)) continue;
      shifted.add(node);
      node.start += by;
      node.end += by;
      continue;
    }
    for (const value of Object.values(node)) if (typeof value === 'object' && value !== null) open.push(value);
  }
}

function isSpan(node: object): node is Span {
  return 'start' in node && 'end' in node && typeof node.start === 'number' && typeof node.end === 'number';
}
