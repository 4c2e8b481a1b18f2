import type { Expression, Query } from '../../model/syntax-tree.js';
import { conjuncts } from '../../sql/walk.js';

/** More rows than that no screen and no batch takes at once: it is a portion of an export. */
export const PAGE_ROWS_MAX = 5000;

/** What bounds the rows of a query: `page` by a number that a screen or a batch takes, or by one that the text does not tell. */
export type Bound = 'page' | 'portion' | null;

/** The bound of a query by LIMIT and its kin, ROWNUM, or the number of a row that a query within gives it. */
export function boundOf(query: Query): Bound {
  if (query.limit !== null && !(query.limit.type === 'literal' && query.limit.kind === 'null')) return boundBy(query.limit);
  if (query.body.type !== 'select') return null;
  const numbers = rowNumbers(query);
  if (fitsNothing(query)) return 'page';
  for (const part of [...conjuncts(query.body.where), ...conjuncts(query.body.qualify)]) {
    const bound = rowBound(part, numbers);
    if (bound !== null) return bound;
  }
  return null;
}

/** `WHERE 1 = 0`: only the columns are asked for, as tools do of any query. */
export function fitsNothing({ body }: Query): boolean {
  return body.type === 'select' && conjuncts(body.where).some(isFalse);
}

function isFalse(part: Expression): boolean {
  if (part.type === 'literal') return part.kind === 'boolean' && /^f/i.test(part.value ?? '');
  if (part.type !== 'operation' || part.operator !== '=') return false;
  const [left, right] = part.operands;
  return left?.type === 'literal' && right?.type === 'literal' && left.value !== right.value;
}

function boundBy(limit: Expression): Bound {
  const rows = limit.type === 'literal' && limit.kind === 'number' ? Number(limit.value) : null;
  return rows !== null && rows > PAGE_ROWS_MAX ? 'portion' : 'page';
}

/** Oracle's ROWNUM, and the names that queries in FROM give to an unpartitioned row_number(). */
function rowNumbers({ body, ctes }: Query): Set<string> {
  const names = new Set(['rownum']);
  if (body.type !== 'select') return names;
  const inner = body.from.flatMap((item): Query[] => {
    if (item.type === 'derived') return [item.query];
    const table = item.type === 'table' ? ctes.find(({ name }) => name === item.name)?.statement : undefined;
    return table?.type === 'query_statement' ? [table.query] : [];
  });
  for (const query of inner) for (const name of numberedBy(query)) names.add(name);
  return names;
}

/** The outputs of a query that number its rows from 1. */
export function numberedBy({ body }: Query): string[] {
  if (body.type !== 'select') return [];
  return body.projections.flatMap(({ expression, alias }) => {
    if (expression.type === 'column' && expression.parts.at(-1)?.toLowerCase() === 'rownum') return alias === null ? [] : [alias.toLowerCase()];
    const numbers = expression.type === 'call' && expression.name.at(-1) === 'row_number' && expression.over !== null && expression.over.partitionBy.length === 0;
    return numbers && alias !== null ? [alias.toLowerCase()] : [];
  });
}

const AT_MOST = new Set(['<=', '<', '=', 'between']);
const AT_LEAST = new Set(['>=', '>']);

function rowBound(part: Expression, numbers: ReadonlySet<string>): Bound {
  if (part.type !== 'operation') return null;
  const [left, right, upper] = part.operands;
  const isNumber = (side: Expression | undefined): boolean => side?.type === 'column' && numbers.has((side.parts.at(-1) ?? '').toLowerCase());
  if (isNumber(left) && AT_MOST.has(part.operator)) {
    const most = part.operator === 'between' ? upper : right;
    return most ? boundBy(most) : null;
  }
  return isNumber(right) && AT_LEAST.has(part.operator) && left ? boundBy(left) : null;
}
