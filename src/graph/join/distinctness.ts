import type { Expression, Query, Select, SqlStatement } from '../../model/syntax-tree.js';
import { walkStatement } from '../../sql/walk.js';

/**
 * How much an equal text tells of its sender. `nothing`: it reads no relation, as the signs of life of pools and drivers do
 * (`SELECT 1`, `SELECT now()`); `little`: anybody may have written it (`SELECT count(*) FROM t`, one row by its key).
 */
export type Distinctness = 'nothing' | 'little' | 'enough';

/** Marks of a text's own at which two people hardly write the same by chance. */
const MARKS_MIN = 2;
/** Outputs that a plain look at a table has; more of them in the same order are a mark. */
const PLAIN_OUTPUTS_MAX = 3;

/**
 * @param isKnownFunction whether a function is the database's own and no built-in one: calling it is reading
 */
export function distinctnessOf(statement: SqlStatement, isKnownFunction: (name: readonly string[]) => boolean): Distinctness {
  let tables = 0;
  let functions = 0;
  let selects = 0;
  let marks = 0;
  walkStatement(statement, {
    from: (item) => {
      if (item.type === 'table') tables++;
    },
    expression: (expression) => {
      if (expression.type === 'call' && isKnownFunction(expression.name)) functions++;
      if (expression.type === 'call' && expression.over !== null) marks++;
    },
    query: (query) => {
      selects++;
      marks += marksOf(query);
    },
  });
  if (tables + functions === 0) return 'nothing';
  return marks + (tables + functions - 1) + (selects > 1 ? 1 : 0) >= MARKS_MIN ? 'enough' : 'little';
}

function marksOf({ body, orderBy }: Query): number {
  const order = orderBy.length > 0 ? 1 : 0;
  if (body.type !== 'select') return order + 1;
  return order + conditionMarks(body) + (body.groupBy.length > 0 ? 2 : 0) + (body.having === null ? 0 : 1) + (body.distinct === null ? 0 : 1) + outputMarks(body);
}

/** Rows by equality are what applications ask for, all day. */
function conditionMarks({ where }: Select): number {
  const conditions = where === null ? [] : conjuncts(where);
  return conditions.filter((condition) => !isEquality(condition)).length + (conditions.length > 1 ? 1 : 0);
}

function outputMarks({ projections }: Select): number {
  const computed = projections.filter(({ expression }) => expression.type !== 'column' && expression.type !== 'star').length;
  return Math.max(0, computed - 1) + (projections.length > PLAIN_OUTPUTS_MAX ? 1 : 0);
}

function conjuncts(condition: Expression): Expression[] {
  const found: Expression[] = [];
  const open = [condition];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.type === 'operation' && next.operator === 'and') open.push(...next.operands);
    else found.push(next);
  }
  return found;
}

function isEquality(condition: Expression): boolean {
  if (condition.type !== 'operation' || (condition.operator !== '=' && condition.operator !== 'in')) return false;
  const [left, ...right] = condition.operands;
  return left?.type === 'column' && right.every((value) => value.type === 'literal' || value.type === 'parameter' || value.type === 'cast');
}
