import type { Diagnostic } from '../../../model/syntax-tree.js';
import { Positions } from './positions.js';

/** `sql parser error: Expected: …, found: x at Line: 3, Column: 14`, as the package words it. */
const LOCATED = /^([\s\S]*?)(?:\s+at Line: (\d+), Column: (\d+))?$/;

/** The refusal of a text as a diagnostic, with an offset where the message has a place. */
export function refusal(message: string, text: string): Diagnostic {
  const [, said = message, line, column] = LOCATED.exec(message) ?? [];
  const located = line !== undefined && column !== undefined;
  return {
    severity: 'error',
    message: said.replace(/^sql parser error:\s*/i, '').trim(),
    offset: located ? new Positions(text).offset(Number(line), Number(column)) : endOfText(said, text),
  };
}

/** Where the parser only says that the text ended, the place is its end. */
function endOfText(message: string, text: string): number | null {
  return /found: EOF\s*$/.test(message) ? text.length : null;
}
