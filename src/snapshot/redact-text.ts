import { findPersonalData, locatePersonalData, type LiteralSpan } from '../privacy/literal.js';
import { Scanner, Token, credentials, type TokenKind } from '../sql/lexer.js';
import type { Pseudonyms } from './pseudonym.js';

/** A part of a text and what stands there instead, of the same length. */
export interface Replacement {
  start: number;
  text: string;
}

/** Where the literals and comments of a definition hold personal data or secrets, and their stand-ins. */
export function replacementsInSql(sql: string, pseudonyms: Pseudonyms): Replacement[] {
  const scanner = new Scanner(sql, { dollarQuotes: 'closed' });
  const found: Replacement[] = [];
  for (let kind = scanner.next(); kind !== Token.End; kind = scanner.next()) {
    const inner = innerOf(sql, scanner, kind);
    if (!inner) continue;
    const text = sql.slice(inner.start, inner.end);
    for (const span of kind === Token.String || kind === Token.Number ? locatePersonalData(text) : findPersonalData(text)) {
      found.push(replacement(text, span, inner.start, kind, pseudonyms));
    }
  }
  // What stands before an @ with a host behind it looks like an address of a person: the host stays.
  const secrets = credentials(sql);
  const others = secrets.length === 0 ? found : found.filter(({ start, text }) => !secrets.some((secret) => secret.start < start + text.length && start < secret.end));
  return [...others, ...secrets.map(({ start, end }) => ({ start, text: pseudonyms.marker('password', sql.slice(start, end)) }))];
}

function replacement(text: string, span: LiteralSpan, offset: number, kind: TokenKind, pseudonyms: Pseudonyms): Replacement {
  const value = text.slice(span.start, span.end);
  const standIn = kind === Token.Number ? pseudonyms.number(span.kind, value) : pseudonyms.marker(span.kind, value);
  return { start: offset + span.start, text: standIn };
}

/** What is between the marks of a literal or comment. Names count too: some dialects quote texts as others quote names. */
function innerOf(sql: string, token: { start: number; end: number; closed: boolean }, kind: TokenKind): { start: number; end: number } | null {
  const { start, closed } = token;
  const end = closed ? token.end - 1 : token.end;
  switch (kind) {
    case Token.String:
      return { start: sql.indexOf("'", start) + 1, end };
    case Token.Identifier:
    case Token.Backtick:
      return { start: start + 1, end };
    case Token.Number:
      return { start, end: token.end };
    case Token.Dollar: {
      const tag = sql.indexOf('$', start + 1) + 1 - start;
      return { start: start + tag, end: closed ? token.end - tag : token.end };
    }
    case Token.LineComment:
      return { start: start + 2, end: token.end };
    case Token.BlockComment:
      return { start: start + 2, end: closed ? token.end - 2 : token.end };
    default:
      return null;
  }
}

export function applyReplacements(text: string, replacements: readonly Replacement[]): string {
  if (replacements.length === 0) return text;
  const units = text.split('');
  for (const { start, text: standIn } of replacements) {
    for (let at = 0; at < standIn.length; at++) units[start + at] = standIn.charAt(at);
  }
  return units.join('');
}

/** A definition (a view, a CHECK, a policy) with stand-ins for personal data in its literals. */
export function redactSql(sql: string, pseudonyms: Pseudonyms): string {
  return applyReplacements(sql, replacementsInSql(sql, pseudonyms));
}

/** Prose (a comment, a description, a label) with stand-ins for personal data. */
export function redactProse(text: string, pseudonyms: Pseudonyms): string {
  const replacements = findPersonalData(text).map(({ kind, start, end }) => ({
    start,
    text: pseudonyms.marker(kind, text.slice(start, end)),
  }));
  return applyReplacements(text, replacements);
}
