import type { ParseOutcome } from '../../model/syntax-tree.js';

/** What is said of a text that ends in the middle of a statement, as exporters and activity views cut them. */
export const CUT_OFF = 'the text ends in the middle of a statement';

/** A text that could not be read, and why. */
export function failure(message: string, offset: number | null): ParseOutcome {
  return { statements: [], diagnostics: [{ severity: 'error', message, offset }], frontEnd: null, confidence: 'high' };
}

/** Whether a front end read the whole text. */
export function wasRead({ frontEnd, diagnostics }: ParseOutcome): boolean {
  return frontEnd !== null && diagnostics.every(({ severity }) => severity !== 'error');
}

/** What parsers say of the place, which is in the diagnostic; in a message it would be that of a piece of the text. */
const PLACE = /^(?:sql parser error: )?(?:(?:Parse|Tokenization) error at line \d+, column \d+: )?| at Line: \d+, Column: \d+(?=\.?$)/g;
const MESSAGE_LENGTH_MAX = 200;

/**
 * A parser's message without what it quotes of the statement's values, and fit for a terminal: a literal may be personal data
 * or a password.
 */
export function withoutValues(message: string): string {
  return oneLine(
    message
      .replace(PLACE, '')
      .replace(/(unterminated [^"]*?) at or near "[^]*$/i, '$1')
      .replace(/ at or near "(?:'|\$\w*\$|[A-Za-z]&?'|[.\d]|"")[^]*"/, ' at a literal')
      .replace(/ near \[[^]*\]$/, '')
      .replace(/'(?:[^'\\]|''|\\.)*'/g, (quoted) => (/^'[^\w\s']{1,2}'$/.test(quoted) ? quoted : "'…'"))
      .replace(/\b(found|got):? (?:[A-Za-z]*'|"|[.\d$])[^]*?(?= \(|$)/g, '$1 a literal'),
  );
}

/** A message without control characters and marks of direction, which must not reach a terminal, and of bounded length. */
export function oneLine(message: string): string {
  const line = message.replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu, '�');
  return line.length > MESSAGE_LENGTH_MAX ? `${line.slice(0, MESSAGE_LENGTH_MAX)}…` : line;
}
