import { Scanner, Token } from '../lexer.js';
import type { Lexing } from './lexing.js';

export interface LexedToken {
  kind: 'word' | 'quoted' | 'punctuation' | 'other';
  /** Lower case for words; without quotes for quoted names. */
  text: string;
  written: string;
  start: number;
  end: number;
}

/** The tokens of a text but its comments, as the dialect's lexer sees them. */
export function tokensOf(text: string, { options, view }: Lexing): LexedToken[] {
  const scanner = new Scanner(view(text), options);
  const tokens: LexedToken[] = [];
  for (let kind = scanner.next(); kind !== Token.End; kind = scanner.next()) {
    if (kind === Token.LineComment || kind === Token.BlockComment) continue;
    const { start, end } = scanner;
    const written = text.slice(start, end);
    if (kind === Token.Word) tokens.push({ kind: 'word', text: written.toLowerCase(), written, start, end });
    else if ((kind === Token.Identifier || kind === Token.Backtick) && scanner.closed) {
      const quote = written.slice(-1);
      const name = written.slice(written.indexOf(quote) + 1, -1).replaceAll(quote + quote, quote);
      tokens.push({ kind: 'quoted', text: name, written: name, start, end });
    } else tokens.push({ kind: kind === Token.Punctuation ? 'punctuation' : 'other', text: written, written, start, end });
  }
  return tokens;
}
