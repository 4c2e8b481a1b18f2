import { createHash } from 'node:crypto';
import type { CollectedQuery } from '../model/query.js';
import { Scanner, Token, type TokenKind } from '../sql/lexer.js';
import { nameMarkers } from '../text/marker.js';
import { withHashComments } from './hash-comments.js';

export const DIGEST_LENGTH = 12;

/**
 * 12 hexadecimal digits over what a statement says, so that it is known again wherever it is moved: comments, white space, the case
 * of words that nothing quotes, and last semicolons are left aside, as formatters change them. Literals count, since another
 * literal is another statement; what collection put in place of personal data counts by its kind, as it is keyed anew each time.
 * Templates (`{{…}}`, `{%…%}`, `${…}`) are letters like others, their blanks and `{#…#}` aside. A query that its tool builds, whose
 * `raw` is empty, is known by its first variant. Empty for an empty text.
 *
 * A lexer serves all dialects: where it misreads one (a string that ends in `\'`), formatting counts for the rest of that text, and
 * the statement is still equal to itself. Linear, and never throws.
 *
 * @param engine the tool's word for the engine, where it is known
 */
export function statementDigest(query: Pick<CollectedQuery, 'raw' | 'variants'>, engine: string | null = null): string {
  const text = query.raw === '' ? (query.variants[0]?.sql ?? '') : query.raw;
  const hash = createHash('sha256');
  let said = '';
  let isEmpty = true;
  for (const word of wordsOf(withHashComments(nameMarkers(text.replaceAll('\r\n', '\n')), engine))) {
    isEmpty = false;
    said += `${word}\n`;
    if (said.length < CHUNK_LENGTH) continue;
    hash.update(said);
    said = '';
  }
  return isEmpty ? '' : hash.update(said).digest('hex').slice(0, DIGEST_LENGTH);
}

const CHUNK_LENGTH = 65_536;

/** How templates end, by how they begin. */
const TEMPLATES: ReadonlyMap<string, string> = new Map([['{{', '}}'], ['{%', '%}'], ['{#', '#}'], ['${', '}']]);

function* wordsOf(text: string): Generator<string> {
  // Of a template that is not closed the braces are punctuation; a `$name$` that is not closed belongs to a tool.
  const scanner = new Scanner(text, { dollarQuotes: 'closed' });
  const neverClosed = new Set<string>();
  let semicolons = 0;
  for (let kind = scanner.next(); kind !== Token.End; kind = scanner.next()) {
    if (kind === Token.LineComment || kind === Token.BlockComment) continue;
    const { start } = scanner;
    const opening = text.slice(start, start + 2);
    const closing = kind === Token.Punctuation ? TEMPLATES.get(opening) : undefined;
    const end = closing === undefined || neverClosed.has(closing) ? -1 : text.indexOf(closing, start + 2);
    let word: string;
    if (closing !== undefined && end >= 0) {
      scanner.position = end + closing.length;
      if (opening === '{#') continue;
      word = withoutBlanks(text.slice(start, scanner.position));
    } else {
      if (closing !== undefined) neverClosed.add(closing);
      word = folded(text.slice(start, scanner.end), kind);
    }
    if (word === ';') {
      semicolons += 1;
      continue;
    }
    for (; semicolons > 0; semicolons -= 1) yield ';';
    yield word;
  }
}

/** Collection puts another number of so many digits, that begins with 9, in place of one of a payment card; it is keyed anew each time. */
const CARD_NUMBER = /^9\d{12,}$/;

function folded(word: string, kind: TokenKind): string {
  if (kind === Token.Number && CARD_NUMBER.test(word)) return `9 of ${word.length}`;
  if (kind === Token.Word || kind === Token.Number) return word.toLowerCase();
  // `E'…'`, `U&"…"`: the letter before the quote has no case.
  if (kind === Token.String || kind === Token.Identifier) return word.replace(/^[A-Za-z]&?/, (prefix) => prefix.toLowerCase());
  return word;
}

/** Of a template, blanks outside of its strings. */
function withoutBlanks(template: string): string {
  return template.replace(/"[^"]*"|'[^']*'|\s+/g, (found) => (/^\s/.test(found) ? '' : found));
}
