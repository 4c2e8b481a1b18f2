import type { SqlStatement } from '../../model/syntax-tree.js';
import { findPersonalData } from '../../privacy/literal.js';
import { expressionText } from '../../sql/expression-text.js';
import { outerQuery } from '../../sql/shape.js';
import { plainText } from '../../text/plain-text.js';

const LENGTH_MAX = 300;

/** Which rows a statement takes: the WHERE of its outermost SELECT; null where it has none. No literal that names a person is in it. */
export function rowFilterOf(statement: SqlStatement): string | null {
  const body = outerQuery(statement)?.body;
  return body?.type === 'select' && body.where !== null ? shownFilter(expressionText(body.where)) : null;
}

/** A condition as reports may show it. */
export function shownFilter(condition: string): string {
  let shown = '';
  let at = 0;
  for (const { start, end } of findPersonalData(condition)) {
    if (start < at) continue;
    shown += `${condition.slice(at, start)}***`;
    at = end;
  }
  return plainText(shown + condition.slice(at), LENGTH_MAX);
}
