import type { StoreBoundary } from '../../graph/boundary.js';
import type { DeleteStatement, Expression, UpdateStatement } from '../../model/syntax-tree.js';
import type { RolePurpose } from '../../model/store.js';
import { walkExpression } from '../../sql/walk.js';

/** One UPDATE or DELETE of the statistics. */
export interface SentWrite<S extends UpdateStatement | DeleteStatement = UpdateStatement | DeleteStatement> {
  statement: S;
  /** The table that it changes, `schema.name`. */
  relation: string;
  role: string;
  calls: number;
}

/** Loaders clear and fill again what they keep, and what they do is no correction of a person. */
const CORRECTING: readonly RolePurpose[] = ['application', 'person', 'administration', 'unknown'];

/** What those who correct rows send to a store: without what the server runs for its foreign keys. */
export function correctingWrites({ readRows, roles }: Pick<StoreBoundary, 'readRows' | 'roles'>): SentWrite[] {
  return readRows.flatMap(({ row, read }) => {
    if (!row.toplevel || row.calls === 0 || read === null || !CORRECTING.includes(roles.get(row.role)?.purpose ?? 'unknown')) return [];
    return read.parts.flatMap(({ statement, resolution }): SentWrite[] => {
      if (statement.type !== 'update' && statement.type !== 'delete') return [];
      const [relation] = resolution.writes.keys();
      return relation === undefined ? [] : [{ statement, relation, role: row.role, calls: row.calls }];
    });
  });
}

export function isUpdate(write: SentWrite): write is SentWrite<UpdateStatement> {
  return write.statement.type === 'update';
}

export function isDelete(write: SentWrite): write is SentWrite<DeleteStatement> {
  return write.statement.type === 'delete';
}

/** The columns that an expression refers to, by their last name. */
export function columnsIn(expression: Expression | null): string[] {
  const found = new Set<string>();
  if (expression !== null) {
    walkExpression(expression, {
      expression: (inner) => {
        if (inner.type === 'column') found.add(inner.parts.at(-1) ?? '');
      },
    });
  }
  return [...found];
}

/** A value that comes from outside: a parameter or a constant, a cast of one too. NULL is none. */
export function isGiven(expression: Expression): boolean {
  if (expression.type === 'cast') return isGiven(expression.operand);
  return expression.type === 'parameter' || (expression.type === 'literal' && expression.kind !== 'null');
}
