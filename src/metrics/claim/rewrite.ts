import type { Expression, OrderItem } from '../../model/syntax-tree.js';
import { NotReducible } from './not-reducible.js';

type Resolve = (parts: string[]) => Expression;

/**
 * An expression with every column replaced by what it stands for.
 *
 * @throws NotReducible when it looks beyond its own row: into a sub-query or a window.
 */
export function rewrite(expression: Expression, resolve: Resolve): Expression {
  const inner = (child: Expression): Expression => rewrite(child, resolve);
  const optional = (child: Expression | null): Expression | null => (child === null ? null : inner(child));
  const ordered = (items: OrderItem[]): OrderItem[] => items.map((item) => ({ ...item, expression: inner(item.expression) }));
  switch (expression.type) {
    case 'column':
      return resolve(expression.parts);
    case 'star':
    case 'literal':
    case 'parameter':
      return expression;
    case 'cast':
      return { ...expression, operand: inner(expression.operand) };
    case 'operation':
      return { ...expression, operands: expression.operands.map(inner) };
    case 'call':
      if (expression.over !== null) throw new NotReducible('looks at other rows through a window');
      return {
        ...expression,
        arguments: expression.arguments.map(inner),
        filter: optional(expression.filter),
        orderBy: ordered(expression.orderBy),
      };
    case 'case':
      return {
        ...expression,
        operand: optional(expression.operand),
        branches: expression.branches.map(({ when, then }) => ({ when: inner(when), then: inner(then) })),
        otherwise: optional(expression.otherwise),
      };
    case 'subquery':
      throw new NotReducible('has a sub-query in its conditions');
    case 'composite':
      return { ...expression, elements: expression.elements.map(inner) };
    case 'lambda':
      throw new NotReducible('has a lambda in its conditions');
    case 'opaque':
      return { ...expression, parts: expression.parts.map(inner) };
  }
}
