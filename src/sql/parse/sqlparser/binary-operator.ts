import { type Context, isDialect } from './context.js';
import { text, variant } from './node.js';
import { BINARY } from './operators.js';

/** The operator of the one tree; MySQL's `||` and `&&` are connectives. */
export function binaryOperator(node: unknown, at: Context): string {
  const { tag, content } = variant(node);
  if (tag === 'Spaceship' && isDialect(at, 'mysql', 'databricks', 'spark', 'hive')) return 'is_not_distinct';
  if (isDialect(at, 'mysql')) {
    if (tag === 'StringConcat') return 'or';
    if (tag === 'PGOverlap') return 'and';
  }
  if (tag === 'Custom') return text(content)?.toLowerCase() ?? 'custom';
  return BINARY[tag] ?? tag.toLowerCase();
}
