import type { Call, SqlStatement } from '../../model/syntax-tree.js';
import { mapStatement } from '../../sql/map-tree.js';
import { hasDistance } from './window.js';

/** Frames with distances as they are written: the tree tells `rows from preceding`, and not by how many. */
export function withFrames(statement: SqlStatement, text: string): SqlStatement {
  return mapStatement(statement, {
    expression: (expression) => {
      if (expression.type !== 'call' || expression.over === null || expression.over.reference !== null || !hasDistance(expression.over.frame)) return expression;
      const written = frameAfter(text, expression);
      return written === null ? expression : { ...expression, over: { ...expression.over, frame: written } };
    },
  });
}

/** `rows between 6 preceding and current row` of the OVER clause that follows a call; null where it is not found for certain. */
function frameAfter(text: string, { span, name }: Call): string | null {
  if (text.slice(span.start, span.end).toLowerCase().replaceAll('"', '') !== name.join('.')) return null;
  const after = text.slice(span.end, span.end + 4000);
  let place = endOfParentheses(after, 0);
  const filter = /^\s*filter\s*(?=\()/i.exec(after.slice(place));
  if (filter !== null) place = endOfParentheses(after, place + filter[0].length);
  const over = /^\s*over\s*(?=\()/i.exec(after.slice(place));
  if (place === 0 || over === null) return null;
  const start = place + over[0].length;
  const window = after.slice(start + 1, endOfParentheses(after, start) - 1);
  const [, frame] = /\b((?:rows|range|groups)\s+(?:between\s+)?(?:\d+|unbounded|current|interval\s+'[^']*').*)$/is.exec(window) ?? [];
  return frame === undefined || /--|\/\*|\(/.test(frame) ? null : `= ${frame.toLowerCase().replaceAll(/\s+/g, ' ').trim()}`;
}

/** Behind the parenthesis that closes the one at or after a place; 0 where there is none. */
function endOfParentheses(text: string, from: number): number {
  let depth = 0;
  let quote = '';
  for (let place = from; place < text.length; place += 1) {
    const character = text[place] ?? '';
    if (quote !== '') {
      if (character === quote) quote = '';
    } else if (character === "'" || character === '"') {
      quote = character;
    } else if (character === '(') {
      depth += 1;
    } else if (character === ')') {
      depth -= 1;
      if (depth === 0) return place + 1;
    } else if (depth === 0 && !/\s/.test(character)) {
      return 0;
    }
  }
  return 0;
}
