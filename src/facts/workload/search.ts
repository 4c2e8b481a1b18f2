import type { Expression, SqlStatement } from '../../model/syntax-tree.js';
import type { SchemaIndex } from '../../sql/schema-index.js';
import { outerQuery } from '../../sql/shape.js';
import { conjuncts, mentionsColumn } from '../../sql/walk.js';
import type { Place } from './extent.js';

/** Patterns, full text, likeness, regular expressions. */
const TEXT = /^(?:i?like|similar|~~?\*?|@@|%>?|<%|regexp|rlike|glob|match)$/;
/** What lies within, contains or overlaps: generalised and inverted indexes serve these. */
const CONTAINED = /^(?:<@|@>|&&|\?|\?\||\?&|@\?)$/;

export function isTextSearch(part: Expression): boolean {
  return part.type === 'operation' && (TEXT.test(part.operator) || (part.operator === 'or' && part.operands.every(isTextSearch)));
}

/**
 * What finds the rows of tables that are read without a key: an index that begins with what is searched (`index`), or reading them all for
 * a text (`reading`). Null where nothing is searched, or nothing tells.
 */
export function searchedBy(statement: SqlStatement, index: SchemaIndex, wide: readonly Place[]): 'index' | 'reading' | null {
  const query = outerQuery(statement);
  if (query === null || query.body.type !== 'select') return null;
  const parts = conjuncts(query.body.where).filter((part) => isTextSearch(part) || (part.type === 'operation' && CONTAINED.test(part.operator)));
  if (parts.some((part) => isIndexed(part, index, wide))) return 'index';
  return parts.some(isTextSearch) ? 'reading' : null;
}

function isIndexed(part: Expression, index: SchemaIndex, wide: readonly Place[]): boolean {
  if (part.type !== 'operation') return false;
  if (part.operator === 'or') return part.operands.every((side) => isIndexed(side, index, wide));
  const columns = part.operands.flatMap((side) => (side.type === 'column' ? [side.parts.at(-1) ?? ''] : []));
  if (columns.some((column) => wide.some(({ table }) => index.leadsAnIndex(table, column)))) return true;
  return part.operands.some((side) => side.type !== 'column' && mentionsColumn(side)) && wide.some(({ table }) => index.hasExpressionIndex(table));
}
