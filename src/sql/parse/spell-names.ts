import type { ParseOutcome, Projection } from '../../model/syntax-tree.js';
import type { Dialect } from '../dialect.js';
import { walkStatement } from '../walk.js';

const QUOTES = new Set(['"', '`', "'", ']']);

/**
 * Notes how the text spells the names of outputs, where the dialect folds names and would show `total sales` for
 * `AS "Total Sales"`. Changes the tree in place.
 */
export function spellNames(outcome: ParseOutcome, text: string, { folding }: Dialect): ParseOutcome {
  if (folding !== 'insensitive') return outcome;
  for (const { statement } of outcome.statements) {
    walkStatement(statement, {
      query: ({ body }) => {
        if (body.type === 'select') for (const projection of body.projections) spell(projection, text);
      },
    });
  }
  return outcome;
}

function spell(projection: Projection, text: string): void {
  const { alias, expression, span } = projection;
  const name = alias ?? (expression.type === 'column' ? expression.parts.at(-1) : undefined);
  if (name === undefined || name === null) return;
  // An alias in front of its expression (`total: sum(x)`) is not found, and stays folded.
  const end = QUOTES.has(text[span.end - 1] ?? '') ? span.end - 1 : span.end;
  const written = text.slice(Math.max(0, end - name.length), end);
  if (written !== name && written.toLowerCase() === name) projection.spelling = written;
}
