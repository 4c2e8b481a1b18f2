import type { Expression, SqlStatement } from '../../model/syntax-tree.js';
import type { Use } from '../../sql/resolution.js';
import { children, walkStatement } from '../../sql/walk.js';

/** `all`: no index can narrow what is read. `open`: from a fixed day on, or up to now. `bounded`: an index may narrow it. */
export type Extent = 'all' | 'open' | 'bounded';

/**
 * How much of a table a statement reads that compares none of its columns by equality, as far as its indexes can tell.
 *
 * @param leading first columns of the indexes of the table
 */
export function extentOf(statement: SqlStatement, relation: string, uses: readonly Use[], leading: ReadonlySet<string>): Extent {
  const filters = uses.filter(({ column, kind, role }) => kind === 'condition' && role === 'filter' && column.startsWith(`${relation}.`) && leading.has(column.slice(relation.length + 1)));
  if (filters.length === 0) return 'all';
  // Within a view: nobody looks at how it is compared there.
  if (filters.some(({ span }) => span === null)) return 'bounded';
  let extent: Extent = 'all';
  walkStatement(statement, {
    expression: (expression) => {
      if (extent === 'bounded' || !comparesOne(expression, leading)) return;
      const found = extentOfComparison(expression);
      if (found !== 'all') extent = found;
    },
  });
  return extent;
}

/** Only a column that stands by itself can be looked up in an index on it. */
function comparesOne(expression: Expression, leading: ReadonlySet<string>): boolean {
  if (expression.type !== 'operation' && expression.type !== 'subquery') return false;
  if (expression.type === 'operation' && ['and', 'or', 'not'].includes(expression.operator)) return false;
  return children(expression).some((child) => child.type === 'column' && leading.has(child.parts.at(-1) ?? ''));
}

const MIRRORED: Record<string, string> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' };
/** What is tested so is true of most rows: no index is used for it. */
const WIDE = new Set(['<>', 'is_not_null', 'not_in', 'not_like', 'not_ilike', '<> all']);

function extentOfComparison(expression: Expression): Extent {
  if (expression.type !== 'operation') return 'bounded';
  if (WIDE.has(expression.operator)) return 'all';
  const [left, right, more] = expression.operands;
  if (left === undefined || right === undefined || more !== undefined) return 'bounded';
  const operator = left.type === 'column' ? expression.operator : MIRRORED[expression.operator];
  const other = left.type === 'column' ? right : left;
  if (operator === '>' || operator === '>=') return isFixed(other) ? 'open' : 'bounded';
  if (operator === '<' || operator === '<=') return isNow(other) ? 'open' : 'bounded';
  return 'bounded';
}

/** A literal, whatever type it is cast to. */
function isFixed(expression: Expression): boolean {
  return expression.type === 'cast' ? isFixed(expression.operand) : expression.type === 'literal' && expression.kind === 'string';
}

const NOW = new Set(['now', 'current_timestamp', 'current_date', 'localtimestamp', 'clock_timestamp', 'statement_timestamp', 'transaction_timestamp']);

function isNow(expression: Expression): boolean {
  if (expression.type === 'cast') return isNow(expression.operand);
  return expression.type === 'call' && NOW.has(expression.name.at(-1) ?? '');
}
