import type { Expression } from '../../../model/syntax-tree.js';
import { isUnitWord, takesUnit } from '../units.js';
import { literal } from './build.js';
import { type Context, isDialect } from './context.js';
import { isWord, nameParts } from './names.js';
import { list, member, text, variant, when } from './node.js';

/**
 * The unit of `DATEADD(day, …)`, `DATE_TRUNC(paid_at, MONTH)` and their kin, a word where the parser reads a column: BigQuery has
 * it behind the values, the others before them, but for `LAST_DAY` and `TRUNC`. Null for an argument of any other kind.
 */
export function unitOf(name: readonly string[], argument: unknown, position: number, at: Context): Expression | null {
  const [only] = name.length === 1 ? name : [];
  if (only === undefined || !takesUnit(only)) return null;
  const behind = isDialect(at, 'bigquery') || only === 'last_day' || only === 'trunc';
  if (behind ? position === 0 : position !== 0) return null;
  const { tag, content } = variant(when(when(argument, 'Unnamed'), 'Expr'));
  if (tag === 'Identifier') return isUnit(content) ? literal('string', wordOf(content), at.positions.of(content)) : null;
  // WEEK(MONDAY) of BigQuery.
  const [first] = nameParts(member(content, 'name'));
  if (tag !== 'Function' || !isWord(first, 'week')) return null;
  const [day] = list(when(member(content, 'args'), 'List'), 'args').map((inner) => when(when(when(inner, 'Unnamed'), 'Expr'), 'Identifier'));
  return day === undefined ? null : literal('string', `week(${wordOf(day)})`, at.positions.around(content));
}

function wordOf(identifier: unknown): string {
  return (text(member(identifier, 'value')) ?? '').toLowerCase();
}

function isUnit(identifier: unknown): boolean {
  const word = wordOf(identifier);
  return isWord(identifier, word) && isUnitWord(word);
}
