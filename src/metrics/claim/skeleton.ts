import type { Expression, Query, Select, SqlStatement } from '../../model/syntax-tree.js';
import { canonicalStatement } from '../../sql/canonical.js';
import type { DialectId } from '../../sql/dialect.js';
import { conjuncts } from './reduce.js';

/** The common tables of a query before one of them, or all. */
export function tablesUntil(query: Query, until: string | null): { name: string; statement: SqlStatement }[] {
  const end = until === null ? query.ctes.length : query.ctes.findIndex(({ name }) => name === until);
  return query.ctes.slice(0, Math.max(end, 0)).map(({ name, statement }) => ({ name, statement }));
}

/** What a core must be when it is read again, in the spelling of `expected`; null where it is no plain SELECT. */
export function skeletonOf(statement: SqlStatement, dialect: DialectId | undefined): string | null {
  const canonical = canonicalStatement(statement, dialect ?? null);
  if (canonical.type !== 'query_statement' || canonical.query.body.type !== 'select') return null;
  const { query } = canonical;
  const { body } = query;
  if (body.type !== 'select' || body.having !== null || body.distinct !== null || query.limit !== null) return null;
  const tables = query.ctes.map(({ name, statement: inner }) => ({ name, statement: inner }));
  return skeleton({ ctes: tables, projections: body.projections.map(({ expression }) => expression), from: body.from, where: body.where, groupBy: body.groupBy }, new Set());
}

/** What of a query a core keeps. */
export interface Bones {
  ctes: { name: string; statement: SqlStatement }[];
  projections: Expression[];
  from: Select['from'];
  where: Expression | null;
  groupBy: Select['groupBy'];
}

/** The same text for the same tree, positions and the scope left out. */
export function skeleton(bones: Bones, scope: ReadonlySet<Expression>): string {
  return JSON.stringify(bones, (key, value: unknown) => {
    if (key === 'span' || key === 'spelling') return undefined;
    if (key === 'where') return isExpression(value) ? conjuncts(value).filter((condition) => !scope.has(condition)) : [];
    return value;
  });
}

function isExpression(value: unknown): value is Expression {
  return typeof value === 'object' && value !== null && 'type' in value && 'span' in value;
}
