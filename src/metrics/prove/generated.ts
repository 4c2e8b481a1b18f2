import type { Expression } from '../../model/syntax-tree.js';
import { mapExpression } from '../../sql/map-tree.js';
import { mapBlock, nullableAliases, type Session } from './block.js';
import { column } from './expression.js';
import type { Rule } from './joins.js';
import { spelled } from './spelling.js';
import { isInteger, typeOf } from './type.js';

/** A generated column is what it is generated from. Where its row may be missing it stays, for the expression need not be NULL then. */
export const generatedValues: Rule = (block, session) => {
  const outside = nullableAliases(block.tree);
  const sources = block.sources.filter(({ alias, table }) => table !== null && table.generated.size > 0 && !outside.has(alias));
  if (sources.length === 0) return null;
  const values = new Map(sources.flatMap(({ alias, table }) => [...(table?.generated ?? [])].map(([name, expression]): [string, Expression] => {
    const own = mapExpression(expression, { keepsQueries: true, expression: (inner) => (inner.type === 'column' ? column(`${alias}.${inner.parts.at(-1) ?? ''}`) : inner) });
    return [`${alias}.${name}`, stored(spelled(own, session), table?.byName.get(name)?.type ?? 'unknown', session)];
  })));
  let changed = false;
  const mapped = mapBlock({ ...block, sources: [] }, (expression) => {
    if (![...session.columns(expression)].some((name) => values.has(name))) return expression;
    changed = true;
    return spelled(session.replace(expression, (name) => values.get(name) ?? null), session);
  });
  return changed ? { ...mapped, sources: block.sources } : null;
};

/** As the column holds it: rounded where its type is narrower. */
function stored(expression: Expression, type: string, session: Session): Expression {
  const [, scale] = /^numeric\(\d+,(\d+)\)$/.exec(type) ?? [];
  const digits = scaleOf(expression, session);
  if (scale !== undefined && digits !== null && digits <= Number(scale)) return expression;
  const own = typeOf(expression, session)?.type;
  if (own !== undefined && (own === type || (isInteger(own) && isInteger(type)))) return expression;
  if (own === 'text' && /^(?:text|character varying.*)$/.test(type)) return expression;
  return { type: 'cast', operand: expression, target: type, span: expression.span };
}

/** How many digits after the point an exact number has at most; null where that is open. */
function scaleOf(expression: Expression, session: Session): number | null {
  const all = (parts: readonly Expression[]): number[] | null => {
    const scales = parts.map((part) => scaleOf(part, session));
    return scales.some((scale) => scale === null) ? null : scales.flatMap((scale) => scale ?? []);
  };
  if (expression.type === 'literal' && expression.kind === 'number') return /^\d+(?:\.(\d+))?$/.exec(expression.value ?? '')?.[1]?.length ?? 0;
  if (expression.type === 'column' || expression.type === 'cast') {
    const type = typeOf(expression, session)?.type;
    if (isInteger(type)) return 0;
    const [, scale] = /^numeric\(\d+(?:,(\d+))?\)$/.exec(type ?? '') ?? [];
    return type?.startsWith('numeric(') === true ? Number(scale ?? 0) : null;
  }
  if (expression.type !== 'operation') return null;
  const scales = all(expression.operands);
  if (scales === null) return null;
  if (expression.operator === '*') return scales.reduce((sum, scale) => sum + scale, 0);
  return ['+', '-', 'coalesce'].includes(expression.operator) ? Math.max(...scales) : null;
}
