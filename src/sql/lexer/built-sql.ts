import { Scanner, Token } from './scanner.js';

/** What ends EXECUTE with a text that stands there whole. */
const AFTER_CONSTANT = new Set([';', 'into', 'using', 'loop', '']);

/**
 * Whether a PL/pgSQL text has an EXECUTE of anything but one constant string ("Executing Dynamic Commands", PostgreSQL 18).
 * GRANT EXECUTE, EXECUTE FUNCTION of a trigger and names behind a point are other things.
 */
export function executesBuiltSql(text: string): boolean {
  const tokens = significantTokens(text);
  return tokens.some(({ word }, at) => {
    if (word !== 'execute') return false;
    const before = tokens[at - 1]?.word ?? '';
    const next = tokens[at + 1];
    if (before === 'grant' || before === 'revoke' || before === '.' || before === ',') return false;
    if (next === undefined || next.word === 'function' || next.word === 'procedure' || next.word === 'on') return false;
    return !(next.constant && AFTER_CONSTANT.has(tokens[at + 2]?.word ?? ''));
  });
}

interface SignificantToken {
  /** Lower case; empty for what is neither word nor punctuation. */
  word: string;
  constant: boolean;
}

function significantTokens(text: string): SignificantToken[] {
  const scanner = new Scanner(text, { backticks: false });
  const tokens: SignificantToken[] = [];
  for (let kind = scanner.next(); kind !== Token.End; kind = scanner.next()) {
    if (kind === Token.LineComment || kind === Token.BlockComment) continue;
    const isWord = kind === Token.Word || kind === Token.Punctuation;
    tokens.push({ word: isWord ? text.slice(scanner.start, scanner.end).toLowerCase() : '', constant: kind === Token.String || kind === Token.Dollar });
  }
  return tokens;
}
